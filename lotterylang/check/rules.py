"""Logic: a declaration in, the types of its facts and relations out, and what its rules may not do.

The rules are raw text of clingo: values cross only as typed facts in and typed relations out, and nothing in the text
may open files, run code or call out. Next door: `outside.py` judges DEDUCE.
"""

from __future__ import annotations

import re

from lotterylang.check import types
from lotterylang.check.program import LogicDeclaration
from lotterylang.check.types import UNKNOWN, Field, List, Record, Type
from lotterylang.check.written import WrittenTypes
from lotterylang.syntax import tree

TERMS = (types.Text, types.Literal, types.Int, types.Bool, types.Enum, types.Unknown)
"""What may stand in a fact or a relation."""

_COMMENT = re.compile(r"%\*.*?\*%|%[^\n]*", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_FORBIDDEN = re.compile(r"#include|#script|#external|#program|@[A-Za-z_]\w*")


def logic_of(node: tree.Logic, written: WrittenTypes) -> LogicDeclaration:
    """Read a declaration. Errors: LOT-E0425 for a type that can't cross, LOT-E0426 for what rules may not do."""
    params = []
    for param in node.params:
        kind = written.of(param.type.type)
        if any(not isinstance(part, TERMS) for part in row_of(kind)):
            _refuse_type(kind, param.type, written, "a fact is a text, int, bool or case, a tuple of them, or a list")
            kind = UNKNOWN
        params.append(Field(param.name, kind, written.condition(param.type)))
    relations: dict[str, tuple[Type, ...]] = {}
    for relation in node.relations:
        items = tuple(written.of(item) for item in relation.items)
        for item, kind in zip(relation.items, items, strict=True):
            written.refuse_refined(item)
            if not isinstance(kind, TERMS):
                _refuse_type(kind, item, written, "a relation is of texts, ints, bools and cases")
        if relation.name in relations:
            message = f"`{relation.name}` is declared twice"
            written.report.add("LOT-E0201", relation.span, message, "again here", help="rename one")
        relations[relation.name] = items
    _read_rules(node, relations, written)
    return LogicDeclaration(node.name, tuple(params), tuple(relations.items()), node.body, node)


def row_of(kind: Type) -> tuple[Type, ...]:
    """Give the types of the parts of one fact, from the type of all of them."""
    item = kind.item if isinstance(kind, List) else kind
    return item.items if isinstance(item, types.Tuple) else (item,)


def deduction_of(logic: LogicDeclaration, mode: str | None) -> types.Deduction:
    """Give what DEDUCE gives: with `models N` the `Sat` has a list of answer sets, else the relations of one."""
    answer = Record(None, tuple(Field(name, _rows(parts)) for name, parts in logic.relations))
    sat = (Field("models", List(answer)),) if mode == "models" else answer.fields
    facts = ((p.name, p.type if isinstance(p.type, List) else List(p.type)) for p in logic.params)
    core = Record(None, tuple(Field(name, kind) for name, kind in facts))
    why = Record("Unknown", (Field("why", types.TEXT),))
    return types.Deduction(logic.name, Record("Sat", sat), Record("Unsat", (Field("core", core),)), why)


def _rows(parts: tuple[Type, ...]) -> Type:
    return List(parts[0] if len(parts) == 1 else types.Tuple(parts))


def _refuse_type(kind: Type, at: tree.Node, written: WrittenTypes, help: str) -> None:
    message = f"`{kind}` can't cross into logic"
    written.report.add("LOT-E0425", at.span, message, "no term of logic", help=help)


def _read_rules(node: tree.Logic, relations: dict[str, tuple[Type, ...]], written: WrittenTypes) -> None:
    text = _QUOTED.sub('""', _COMMENT.sub(" ", node.body))
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        message = f"the rules of `{node.name}` hold `{forbidden.group()}`"
        help = "rules derive relations from facts; they open no files and run no code"
        written.report.add("LOT-E0426", node.span, message, "not allowed in rules", help=help)
    for relation in node.relations:
        if not re.search(rf"(?<![\w]){re.escape(relation.name)}\s*\(", text):
            message = f"no rule of `{node.name}` speaks of `{relation.name}`"
            help = f"write a rule with `{relation.name}(…)` at its head, or leave the relation out"
            written.report.add("LOT-E0426", relation.span, message, "never derived", help=help)
