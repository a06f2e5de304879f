"""The printer's forms for blocks, patterns and statements. Next door: `printer.py` has the rest."""

from __future__ import annotations

from collections.abc import Sequence

from lotterylang.syntax import print_rules as ranks
from lotterylang.syntax import tree
from lotterylang.syntax.layout import BREAK, LINE, Doc, Group, Nest, cat, join
from lotterylang.syntax.print_expressions import args, constant, numeral
from lotterylang.syntax.print_rules import Docs, Form, optional, series
from lotterylang.syntax.print_texts import literal


def lines(nodes: Sequence[tree.Node], docs: Sequence[Doc]) -> Doc:
    """Set statements one a line; those after a label are indented below it."""
    found: list[Doc] = []
    labelled = False
    for node, doc in zip(nodes, docs, strict=True):
        is_label = isinstance(node, tree.Label)
        labelled = labelled or is_label
        line = cat(BREAK, doc)
        found.append(Nest(line) if labelled and not is_label else line)
    return cat("{", Nest(cat(*found)), BREAK, "}")


def binder(names: tree.Binder) -> str:
    """Write the name, or the names in brackets, that a value is bound to."""
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def limits(nodes: tuple[tree.Limit, ...], docs: Docs) -> Doc:
    """Write limits after one another."""
    return series(docs.all(nodes))


def arms(nodes: tuple[tree.Arm, ...], docs: Docs) -> Doc:
    """Write the arms of a match, one a line."""
    return cat("{", Nest(cat(*(cat(BREAK, docs(node)) for node in nodes))), BREAK, "}")


def _block(node: tree.Block, docs: Docs) -> Doc:
    """Write a block; whoever holds it groups it, so that all blocks of an `if` break or none."""
    if not node.statements:
        return "{}"
    if len(node.statements) == 1 and not isinstance(node.statements[0], tree.Label):
        return cat("{", Nest(cat(LINE, docs(node.statements[0]))), LINE, "}")
    return lines(node.statements, docs.all(node.statements))


def _if(node: tree.If, docs: Docs) -> Doc:
    branches = [cat("if ", docs.at(ranks.OR, condition), " ", docs(block)) for condition, block in node.branches]
    otherwise = docs(node.otherwise) if node.otherwise else None
    return Group(cat(join(" else ", branches), optional(" else ", otherwise)))


def _match(node: tree.Match, docs: Docs) -> Doc:
    return cat("match ", docs.at(ranks.SIMPLE, node.subject), " ", arms(node.arms, docs))


def _arm(node: tree.Arm, docs: Docs) -> Doc:
    guard = docs.at(ranks.OR, node.guard) if node.guard else None
    return cat(docs(node.pattern), optional(" if ", guard), " => ", Group(docs(node.body)))


def _each(node: tree.Each, docs: Docs) -> Doc:
    return cat(f"{binder(node.binder)} in ", docs.at(ranks.SIMPLE, node.source))


def _for(node: tree.For, docs: Docs) -> Doc:
    heads = [*docs.all(node.each), *(["in order"] if node.in_order else [])]
    condition = docs.at(ranks.OR, node.condition) if node.condition else None
    return Group(cat("for ", series(heads), optional(" if ", condition), " ", docs(node.body)))


def _fold(node: tree.Fold, docs: Docs) -> Doc:
    written = docs(node.type) if node.type else None
    until = docs.at(ranks.OR, node.until) if node.until else None
    start = cat(f"fold {binder(node.binder)}", optional(": ", written), " = ", docs(node.start))
    return Group(cat(start, " for ", docs(node.each), optional(" until ", until), " ", docs(node.body)))


def _limit(node: tree.Limit, docs: Docs) -> Doc:
    return cat(f"{node.name} ", docs.at(ranks.SUM, node.value))


def _within(node: tree.Within, docs: Docs) -> Doc:
    return Group(cat("within ", limits(node.limits, docs), " ", docs(node.body)))


def _retry(node: tree.Retry, docs: Docs) -> Doc:
    return Group(cat("retry ", docs.at(ranks.SUM, node.count), optional(" as ", node.name), " ", docs(node.body)))


def _catch(node: tree.Catch, docs: Docs) -> Doc:
    kinds = f" {' | '.join(node.kinds)}" if node.kinds else ""
    return cat(f"catch{kinds}", optional(" as ", node.name), " ", docs(node.body))


def _try(node: tree.Try, docs: Docs) -> Doc:
    return Group(join(" ", ["try", docs(node.body), *docs.all(node.catches)]))


def _try_in(node: tree.TryIn, docs: Docs) -> Doc:
    return Group(join(" ", ["try", docs(node.each), docs(node.body), *docs.all(node.catches)]))


def _case_pattern(node: tree.CasePattern, docs: Docs) -> Doc:
    return node.name if node.enum is None else f"{node.enum}.{node.name}"


def _call_pattern(node: tree.CallPattern, docs: Docs) -> Doc:
    return f"{node.name}({', '.join(node.params)})"


def _type_pattern(node: tree.TypePattern, docs: Docs) -> Doc:
    return cat(node.type, optional(" as ", node.name))


def _constant_pattern(node: tree.ConstantPattern, docs: Docs) -> Doc:
    if isinstance(node.value, str):
        return literal(node.value)
    return constant(node.value) if node.value is None or isinstance(node.value, bool) else numeral(node.value)


def _tuple_pattern(node: tree.TuplePattern, docs: Docs) -> Doc:
    return ranks.listed("(", docs.all(node.items), ")")


def _either_pattern(node: tree.EitherPattern, docs: Docs) -> Doc:
    return series(docs.all(node.options), " |")


def _let(node: tree.Let, docs: Docs) -> Doc:
    written = docs(node.type) if node.type else None
    return cat(f"let {binder(node.binder)}", optional(": ", written), " = ", docs(node.value))


def _place(node: tree.Place, docs: Docs) -> Doc:
    return node.name if node.key is None else cat(node.name, ranks.listed("[", [docs(node.key)], "]"))


def _read(node: tree.Read, docs: Docs) -> Doc:
    default = docs(node.default) if node.default else None
    return cat("READ ", docs(node.place), f" -> {binder(node.binder)}", optional(" else ", default))


def _write(node: tree.Write, docs: Docs) -> Doc:
    return cat("WRITE ", docs(node.value), " -> ", docs(node.place), " if empty" if node.if_empty else "")


def _copy(node: tree.Copy, docs: Docs) -> Doc:
    return cat("COPY ", docs(node.source), " -> ", docs(node.target))


def _mov(node: tree.Mov, docs: Docs) -> Doc:
    return cat("MOV ", docs(node.source), " -> ", docs(node.target))


def _jump(node: tree.Jump, docs: Docs) -> Doc:
    condition = docs.at(ranks.OR, node.condition) if node.condition else None
    return cat(f"JUMP {node.label}", optional(" if ", condition))


def _label(node: tree.Label, docs: Docs) -> Doc:
    return f"{node.name}:"


def _ensure(node: tree.Ensure, docs: Docs) -> Doc:
    why = docs(node.why) if node.why else None
    return cat("ensure ", docs.at(ranks.OR, node.condition), optional(" else ", why))


def _fail(node: tree.Fail, docs: Docs) -> Doc:
    best = docs.at(ranks.OR, node.best) if node.best else None
    return cat("fail ", docs.at(ranks.OR, node.why), optional(" with ", best))


def _return(node: tree.Return, docs: Docs) -> Doc:
    return "return" if node.value is None else cat("return ", docs(node.value))


def _memory(node: tree.Memory, docs: Docs) -> Doc:
    start = docs(node.start) if node.start else None
    kept = None if node.kept is None else cat(node.kept, args(node.kept_args, docs))
    return cat(f"memory {node.name}: ", docs(node.type), optional(" = ", start), optional(" kept in ", kept))


FORMS: dict[type[tree.Node], Form] = {
    tree.Block: _block,
    tree.If: _if,
    tree.Match: _match,
    tree.Arm: _arm,
    tree.Each: _each,
    tree.For: _for,
    tree.Fold: _fold,
    tree.Limit: _limit,
    tree.Within: _within,
    tree.Retry: _retry,
    tree.Catch: _catch,
    tree.Try: _try,
    tree.TryIn: _try_in,
    tree.CasePattern: _case_pattern,
    tree.CallPattern: _call_pattern,
    tree.TypePattern: _type_pattern,
    tree.ConstantPattern: _constant_pattern,
    tree.TuplePattern: _tuple_pattern,
    tree.EitherPattern: _either_pattern,
    tree.Let: _let,
    tree.Place: _place,
    tree.Read: _read,
    tree.Write: _write,
    tree.Copy: _copy,
    tree.Mov: _mov,
    tree.Jump: _jump,
    tree.Label: _label,
    tree.Ensure: _ensure,
    tree.Fail: _fail,
    tree.Return: _return,
    tree.Memory: _memory,
}
