"""The printer's forms for values, operators and instructions. Next door: `printer.py` has the rest."""

from __future__ import annotations

from fractions import Fraction

from lotterylang.syntax import print_rules as ranks
from lotterylang.syntax import tree
from lotterylang.syntax.layout import LINE, Doc, Group, Nest, cat
from lotterylang.syntax.print_rules import Docs, Form, braced, listed, optional, rank


def numeral(value: int | Fraction) -> str:
    """Write an exact number; one with a point keeps it, for it has another type."""
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= 10_000 else str(value)
    places = 1
    while 10**places % value.denominator and places < 10_000:
        places += 1
    digits = str(abs(value.numerator) * 10**places // value.denominator).zfill(places + 1)
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def constant(value: bool | None) -> str:
    """Write `true`, `false` or `none`."""
    return "none" if value is None else str(value).lower()


def args(nodes: tuple[tree.Node, ...], docs: Docs) -> Doc:
    """Write arguments in brackets."""
    return listed("(", docs.all(nodes), ")")


def args_if_any(nodes: tuple[tree.Node, ...], docs: Docs) -> Doc:
    """Write arguments in brackets, or nothing where empty brackets mean the same."""
    return args(nodes, docs) if nodes else ""


def _name(node: tree.Name | tree.TypeValue, docs: Docs) -> Doc:
    return node.name


def _number(node: tree.Number, docs: Docs) -> Doc:
    return numeral(node.value)


def _constant(node: tree.Constant, docs: Docs) -> Doc:
    return constant(node.value)


def _list(node: tree.List, docs: Docs) -> Doc:
    return listed("[", docs.all(node.items), "]")


def _map(node: tree.Map, docs: Docs) -> Doc:
    pairs = [cat(docs.at(ranks.OR, key), ": ", docs(value)) for key, value in node.pairs]
    return braced(pairs) if pairs else "{:}"


def _tuple(node: tree.Tuple, docs: Docs) -> Doc:
    return args(node.items, docs)


def _spread(node: tree.Spread, docs: Docs) -> Doc:
    return cat("..", docs(node.value))


def _named_arg(node: tree.NamedArg, docs: Docs) -> Doc:
    return cat(f"{node.name} = ", docs(node.value))


def _lambda(node: tree.Lambda, docs: Docs) -> Doc:
    return cat(f"{node.param} => ", Group(docs(node.body)))


def _call(node: tree.Call, docs: Docs) -> Doc:
    return cat(docs.at(ranks.POSTFIX, node.function), args(node.args, docs))


def _item(node: tree.Item, docs: Docs) -> Doc:
    return cat(docs.at(ranks.POSTFIX, node.target), listed("[", [docs(node.index)], "]"))


def _attribute(node: tree.Attribute, docs: Docs) -> Doc:
    return cat(docs.at(ranks.POSTFIX, node.target), f".{node.name}")


def _negative(node: tree.Negative, docs: Docs) -> Doc:
    return cat("-", docs.at(ranks.SIGN, node.value))


def _operators(least: int, first: tree.Node, rest: tuple[tuple[str, tree.Expr], ...], docs: Docs) -> Doc:
    """Write operands with operators between; a line may break after an operator, where no statement ends."""
    further = [cat(f" {sign}", LINE, docs.at(least, operand)) for sign, operand in rest]
    return Group(cat(docs.at(least, first), Nest(cat(*further))))


def _arithmetic(node: tree.Arithmetic, docs: Docs) -> Doc:
    return _operators(rank(node) + 1, node.first, node.rest, docs)


def _comparison(node: tree.Comparison, docs: Docs) -> Doc:
    return _operators(ranks.RANGE, node.first, node.rest, docs)


def _and(node: tree.And, docs: Docs) -> Doc:
    return _operators(ranks.NOT, node.items[0], tuple(("and", item) for item in node.items[1:]), docs)


def _or(node: tree.Or, docs: Docs) -> Doc:
    return _operators(ranks.AND, node.items[0], tuple(("or", item) for item in node.items[1:]), docs)


def _range(node: tree.Range, docs: Docs) -> Doc:
    return cat(docs.at(ranks.SUM, node.low), "..<" if node.open else "..", docs.at(ranks.SUM, node.high))


def _not(node: tree.Not, docs: Docs) -> Doc:
    return cat("not ", docs.at(ranks.NOT, node.value))


def _on_model(node: tree.OnModel, docs: Docs) -> Doc:
    return cat(node.name, args_if_any(node.args, docs))


def _model(model: tree.OnModel | None, docs: Docs) -> Doc:
    return "" if model is None else cat(docs(model), " ")


def _ask(node: tree.Ask, docs: Docs) -> Doc:
    return cat("ASK ", _model(node.model, docs), docs(node.prompt))


def _choose(node: tree.Choose, docs: Docs) -> Doc:
    by: Doc | None = docs(node.by) if node.by else None
    if isinstance(node.by, tree.Lambda):
        by = cat(f"{node.by.param} => ", docs.at(ranks.OR, node.by.body))
    against = docs(node.against) if node.against else None
    options = cat(" from ", docs.at(ranks.OR, node.options), optional(" by ", by), optional(" against ", against))
    return cat("CHOOSE ", _model(node.model, docs), docs(node.prompt), options)


def _against(node: tree.Against, docs: Docs) -> Doc:
    return cat(f"{node.slot} in ", docs.at(ranks.OR, node.values))


def _score(node: tree.Score, docs: Docs) -> Doc:
    return cat("SCORE ", _model(node.model, docs), docs(node.text), " under ", docs(node.prompt))


def _find(node: tree.Find, docs: Docs) -> Doc:
    where = docs.at(ranks.OR, node.where) if node.where else None
    source = cat(docs.at(ranks.SUM, node.count), " in ", docs.at(ranks.POSTFIX, node.index))
    return cat("FIND ", source, " for ", docs.at(ranks.OR, node.query), optional(" where ", where))


def _call_tool(node: tree.CallTool, docs: Docs) -> Doc:
    return cat("CALL ", docs.at(ranks.POSTFIX, node.call))


def _deduce(node: tree.Deduce, docs: Docs) -> Doc:
    mode = "".join(f"{word} " for word in (node.mode, node.models) if word is not None)
    return cat(f"DEDUCE {mode}{node.logic}", args(node.args, docs))


def _derived(node: tree.Derived, docs: Docs) -> Doc:
    return cat(docs(node.deduce), "" if node.relation is None else f".{node.relation}")


def _divide(node: tree.Divide, docs: Docs) -> Doc:
    return cat(f"DIVIDE {node.mode} ", docs.at(ranks.OR, node.parts), f" with {node.solver}")


def _endorse(node: tree.Endorse, docs: Docs) -> Doc:
    return cat("endorse ", docs.at(ranks.OR, node.value), " as ", docs(node.type))


FORMS: dict[type[tree.Node], Form] = {
    tree.Name: _name,
    tree.TypeValue: _name,
    tree.Number: _number,
    tree.Constant: _constant,
    tree.List: _list,
    tree.Map: _map,
    tree.Tuple: _tuple,
    tree.Spread: _spread,
    tree.NamedArg: _named_arg,
    tree.Lambda: _lambda,
    tree.Call: _call,
    tree.Item: _item,
    tree.Attribute: _attribute,
    tree.Negative: _negative,
    tree.Arithmetic: _arithmetic,
    tree.Comparison: _comparison,
    tree.Range: _range,
    tree.And: _and,
    tree.Or: _or,
    tree.Not: _not,
    tree.OnModel: _on_model,
    tree.Ask: _ask,
    tree.Choose: _choose,
    tree.Against: _against,
    tree.Score: _score,
    tree.Find: _find,
    tree.CallTool: _call_tool,
    tree.Deduce: _deduce,
    tree.Derived: _derived,
    tree.Divide: _divide,
    tree.Endorse: _endorse,
}
