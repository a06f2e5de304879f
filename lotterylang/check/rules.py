"""Logic: a declaration in, the types of its facts and relations out, and what is wrong with its rules, at its place.

The rules are raw text of clingo: values cross only as typed facts in and typed relations out. Next door:
`syntax/logic/faults.py` reads them; `outside.py` judges DEDUCE.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lotterylang.check import types
from lotterylang.check.program import LogicDeclaration
from lotterylang.check.types import UNKNOWN, Field, List, Record, Type
from lotterylang.check.written import WrittenTypes
from lotterylang.syntax import tree
from lotterylang.syntax.logic.faults import faults, underived
from lotterylang.syntax.logic.safety import Kind, Refused
from lotterylang.syntax.source import Span

TERMS = (types.Text, types.Literal, types.Int, types.Bool, types.Enum, types.Unknown)
"""What may stand in a fact or a relation."""

PROGRAM = "std.logic.program"
"""What reads rules that are a text of the run."""

_CODES: dict[Kind, str] = {
    "forbidden": "LOT-E0426",
    "unreadable": "LOT-E0431",
    "unbound": "LOT-E0432",
    "unknown": "LOT-E0433",
}
_WORD = re.compile(r"[#@&]?\s*\w+|.", re.DOTALL)


def logic_of(node: tree.Logic, written: WrittenTypes) -> LogicDeclaration:
    """Read a declaration. Errors: LOT-E0425 for a type that can't cross, LOT-E0426 and LOT-E0431 to 0434 for rules."""
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
    if node.program is None:
        _judge_rules(node, params, relations, written)
    else:
        _judge_program(node, node.program, params, written)
    program = None if node.program is None else node.program.rules
    return LogicDeclaration(node.name, tuple(params), tuple(relations.items()), node.body, node, program)


def row_of(kind: Type) -> tuple[Type, ...]:
    """Give the types of the parts of one fact, from the type of all of them."""
    item = kind.item if isinstance(kind, List) else kind
    return item.items if isinstance(item, types.Tuple) else (item,)


def deduction_of(logic: LogicDeclaration, mode: str | None) -> types.Deduction:
    """Give what DEDUCE gives: with `models N` the `Sat` has a list of answer sets, else the relations of one.

    `Unknown` has, of `best` and `models`, what was found by then.
    """
    answer = Record(None, tuple(Field(name, rows_of(parts)) for name, parts in logic.relations))
    models, why = Field("models", List(answer)), Field("why", types.TEXT)
    sat = (models,) if mode == "models" else answer.fields
    by_then = {"models": (models,), "best": (Field("best", types.Maybe(answer)),)}.get(mode or "", ())
    facts = ((p.name, p.type if isinstance(p.type, List) else List(p.type)) for p in logic.facts)
    core = Record(None, tuple(Field(name, kind) for name, kind in facts))
    outcomes = Record("Sat", sat), Record("Unsat", (Field("core", core),)), Record("Unknown", (why, *by_then))
    return types.Deduction(logic.name, *outcomes, mode if by_then else None)


def rows_of(parts: tuple[Type, ...]) -> Type:
    """Give the type of what a relation has, from the types of its parts."""
    return List(parts[0] if len(parts) == 1 else types.Tuple(parts))


def _refuse_type(kind: Type, at: tree.Node, written: WrittenTypes, help: str) -> None:
    message = f"`{kind}` can't cross into logic"
    written.report.add("LOT-E0425", at.span, message, "no term of logic", help=help)


def _judge_program(
    node: tree.Logic, program: tree.LogicProgram, params: Sequence[Field], written: WrittenTypes
) -> None:
    """See that rules of the run come from a text. Errors: LOT-E0434."""
    rules = next((param for param in params if param.name == program.rules), None)
    message, label, help = "", "", f"write `{PROGRAM}(rules)`, or rules in braces"
    if program.provider != PROGRAM:
        message, label = f"there is no `{program.provider}`", "reads no rules"
    elif rules is None:
        message, label = f"`{node.name}` has no parameter `{program.rules}`", "no parameter"
        help = f"add it: `{node.name}({program.rules}: text, …)`"
    elif not isinstance(rules.type, types.Text | types.Unknown):
        message, label = f"rules are a text, `{program.rules}` is `{rules.type}`", "no text"
        help = f"write `{program.rules}: text`"
    if message:
        written.report.add("LOT-E0434", program.span, message, label, help=help)


def _judge_rules(
    node: tree.Logic, params: Sequence[Field], relations: Mapping[str, tuple[Type, ...]], written: WrittenTypes
) -> None:
    facts = {p.name: None if p.type == UNKNOWN else len(row_of(p.type)) for p in params}
    rules, found = faults(node.body, facts)
    for fault in found:
        place, label = _place(node, fault), f"in the rules of `{node.name}`"
        written.report.add(_CODES[fault.kind], place, fault.message, label, help=fault.help or None)
    if rules is None:
        return
    lacking = underived(rules, ((name, len(parts)) for name, parts in relations.items()), facts)
    for relation in node.relations:
        wrong = lacking.get((relation.name, len(relation.items)))
        if wrong is not None:
            written.report.add("LOT-E0426", relation.span, wrong[0], "never derived", help=wrong[1])


def _place(node: tree.Logic, fault: Refused) -> Span:
    """Give the place of a fault in the source: of the word that stands there."""
    lines = node.body.split("\n")
    inside = sum(len(line) + 1 for line in lines[: fault.line - 1]) + fault.column - 1 if fault.line else 0
    start = node.span.end - 1 - len(node.body) + min(inside, len(node.body))
    word = _WORD.match(node.span.source.text, start)
    return Span(node.span.source, start, word.end() if word is not None else start)
