"""Tree to text: the one canonical way to write a program.

Enters: a `tree.Module` or `tree.Expr`. Leaves: text that reads back as an equal tree, in lines of at most 100 columns
where there is a sensible place to break them; printing what was printed changes nothing. Comments are no part of the
tree: `canonical.py` keeps them. Next door: `layout.py` breaks the lines; `print_expressions.py`, `print_blocks.py`,
`print_texts.py` and `print_tests.py` have a form for each class of node, of the class's name; those of declarations and
types are here.
"""

from __future__ import annotations

from lotterylang.syntax import print_blocks, print_expressions, print_tests, print_texts, tree
from lotterylang.syntax.layout import BREAK, Break, Doc, Flat, Group, Nest, cat, join, layout
from lotterylang.syntax.print_blocks import arms, limits
from lotterylang.syntax.print_expressions import args_if_any
from lotterylang.syntax.print_rules import OR, SIMPLE, SUM, Docs, Form, braced, bracketed, listed, optional, series
from lotterylang.syntax.print_texts import literal

_TOGETHER = (
    (tree.Model, tree.Index, tree.Memory, tree.Tool),
    (tree.RecordDeclaration, tree.AliasDeclaration, tree.Enum),
    *((kind,) for kind in (tree.Import, tree.Uses, tree.Let)),
)
"""Declarations of one line that stand below one another without an empty line."""


def print_module(module: tree.Module) -> str:
    """Write a whole file. Cost: linear in its size."""
    written = [(node, _print(node)) for node in module.declarations]
    found = ""
    for number, (node, text) in enumerate(written):
        is_apart = number > 0 and not stand_together(*written[number - 1], node, text)
        found += ("\n" if is_apart else "") + text + "\n"
    return found


def stand_together(above: tree.Node, above_text: str, node: tree.Node, text: str) -> bool:
    """Tell whether two declarations stand below one another without an empty line."""
    kind = _kind(node, text)
    return kind is not None and kind == _kind(above, above_text)


def _kind(node: tree.Node, text: str) -> int | None:
    return None if "\n" in text else next((i for i, kinds in enumerate(_TOGETHER) if isinstance(node, kinds)), None)


def print_expression(expr: tree.Expr) -> str:
    """Write one expression."""
    return _print(expr)


def _print(root: tree.Node) -> str:
    docs = Docs()
    for node in tree.walk(root):
        form = FORMS.get(type(node))
        if form is not None:
            docs.put(node, form(node, docs))
    return layout(docs(root))


def _variables(names: tuple[str, ...]) -> str:
    return f"<{', '.join(names)}>" if names else ""


def _import(node: tree.Import, docs: Docs) -> Doc:
    what = node.path if node.file is None else literal(node.file)
    return cat(f"import {what}", optional(" as ", node.name))


def _uses(node: tree.Uses, docs: Docs) -> Doc:
    return cat(f"uses {'pure ' if node.is_pure else ''}tool {node.tool}", args_if_any(node.args, docs))


def _model(node: tree.Model, docs: Docs) -> Doc:
    return cat(f"model {node.name} = ", docs(node.value))


def _index(node: tree.Index, docs: Docs) -> Doc:
    return cat(f"index {node.name} = ", docs(node.value))


def _params(nodes: tuple[tree.Param, ...], docs: Docs) -> Doc:
    return listed("(", docs.all(nodes), ")")


def _param(node: tree.Param, docs: Docs) -> Doc:
    default = docs(node.default) if node.default else None
    return cat(f"{node.name}: ", docs(node.type), optional(" = ", default))


def _tool(node: tree.Tool, docs: Docs) -> Doc:
    return cat(
        f"tool {node.name}",
        _params(node.params, docs),
        " -> ",
        _result(node.params, node.result, docs),
        " = ",
        docs(node.value),
    )


def _record_declaration(node: tree.RecordDeclaration, docs: Docs) -> Doc:
    return cat(f"type {node.name}{_variables(node.variables)} ", braced(docs.all(node.fields)))


def _alias_declaration(node: tree.AliasDeclaration, docs: Docs) -> Doc:
    return cat(f"type {node.name}{_variables(node.variables)} = ", docs(node.type))


def _field(node: tree.Field, docs: Docs) -> Doc:
    return cat(f"{node.name}: ", docs(node.type))


def _enum(node: tree.Enum, docs: Docs) -> Doc:
    return cat(f"enum {node.name} ", braced(docs.all(node.cases)))


def _case(node: tree.Case, docs: Docs) -> Doc:
    return cat(node.name, optional(" = ", None if node.written is None else literal(node.written)))


def _logic(node: tree.Logic, docs: Docs) -> Doc:
    """Write clingo's text as it was: its line ends may stand in its strings."""
    body = cat("{", join(Break(indented=False), node.body.split("\n")), "}")
    relations = series(docs.all(node.relations))
    rules = body if node.program is None else docs(node.program)
    return cat(f"logic {node.name}", _params(node.params, docs), " -> ", relations, " ", rules)


def _logic_program(node: tree.LogicProgram, docs: Docs) -> Doc:
    return cat(f"= {node.provider}({node.rules})")


def _relation(node: tree.Relation, docs: Docs) -> Doc:
    return cat(node.name, listed("(", docs.all(node.items), ")"))


def _fn(node: tree.Fn, docs: Docs) -> Doc:
    head = cat(f"fn {node.name}{_variables(node.variables)}", _params(node.params, docs))
    return Group(
        cat(
            head,
            optional(" -> ", _result(node.params, node.result, docs) if node.result else None),
            " ",
            docs(node.body),
        )
    )


def _result(params: tuple[tree.Param, ...], result: tree.Node, docs: Docs) -> Doc:
    """Write the type of a result: it stays on its line where the parameters before it can break."""
    return Flat(docs(result)) if params else docs(result)


def _solver(node: tree.Solver, docs: Docs) -> Doc:
    head = cat(f"solver {node.name}", _params(node.params, docs), " -> ", _result(node.params, node.result, docs), " {")
    return cat(head, Nest(cat(*(cat(BREAK, docs(clause)) for clause in node.clauses))), BREAK, "}")


def _clause(node: tree.Clause, docs: Docs) -> Doc:
    place = docs(node.place) if node.place else None
    least = {"external": SIMPLE, "trials": SUM}.get(node.word, 0)
    value = docs.at(least, node.value) if node.value else None
    when = docs(node.when) if node.when else None
    return cat(
        node.word,
        cat(" ", limits(node.limits, docs)) if node.limits else "",
        optional(" ", node.mode),
        optional(" ", place) if value is None else "",
        optional(" ", value),
        optional(" -> ", place) if value is not None else "",
        cat(" ", arms(node.arms, docs)) if node.arms else "",
        optional(" when ", when),
        " until passed" if node.until_passed else "",
    )


def _refined(node: tree.Refined, docs: Docs) -> Doc:
    return cat(docs(node.type), optional(" where ", docs.at(OR, node.where) if node.where else None))


def _named(node: tree.Node, docs: Docs) -> Doc:
    """Write a type where `?` may follow: a union or an optional one needs brackets."""
    doc = docs(node)
    return bracketed(doc) if isinstance(node, (tree.TypeMaybe, tree.TypeUnion)) else doc


def _type_name(node: tree.TypeName, docs: Docs) -> Doc:
    return cat(node.name, listed("<", docs.all(node.arguments), ">") if node.arguments else "")


def _type_literal(node: tree.TypeLiteral, docs: Docs) -> Doc:
    return literal(node.value)


def _type_tuple(node: tree.TypeTuple, docs: Docs) -> Doc:
    return listed("(", docs.all(node.items), ")")


def _type_fn(node: tree.TypeFn, docs: Docs) -> Doc:
    return cat("fn", listed("(", docs.all(node.params), ")"), " -> ", _named(node.result, docs))


def _type_maybe(node: tree.TypeMaybe, docs: Docs) -> Doc:
    return cat(_named(node.item, docs), "?")


def _type_union(node: tree.TypeUnion, docs: Docs) -> Doc:
    options = [bracketed(docs(o)) if isinstance(o, tree.TypeUnion) else docs(o) for o in node.options]
    return series(options, " |")


FORMS: dict[type[tree.Node], Form] = {
    tree.Import: _import,
    tree.Uses: _uses,
    tree.Model: _model,
    tree.Index: _index,
    tree.Tool: _tool,
    tree.Param: _param,
    tree.RecordDeclaration: _record_declaration,
    tree.AliasDeclaration: _alias_declaration,
    tree.Field: _field,
    tree.Enum: _enum,
    tree.Case: _case,
    tree.Logic: _logic,
    tree.LogicProgram: _logic_program,
    tree.Relation: _relation,
    tree.Fn: _fn,
    tree.Solver: _solver,
    tree.Clause: _clause,
    tree.Refined: _refined,
    tree.TypeName: _type_name,
    tree.TypeLiteral: _type_literal,
    tree.TypeTuple: _type_tuple,
    tree.TypeFn: _type_fn,
    tree.TypeMaybe: _type_maybe,
    tree.TypeUnion: _type_union,
    **print_expressions.FORMS,
    **print_texts.FORMS,
    **print_blocks.FORMS,
    **print_tests.FORMS,
}
"""A form for each class of node but `Piece` and `RoleLine`, which only their text can write."""
