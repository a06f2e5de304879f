"""Inference: the type of every expression, and everything else that is known of it before the run.

Enters: the declared names of a program, and one function, constant or example after another. Leaves: `types`, `pending`
holes, traces. The parts, each on top of the one before: `references`, `values`, `operators`, `arguments`, `records`,
`calls`, `statements`, `blocks`, `attempts`, `matches`, `jumps`, `prompts`, `instructions`, `divide`, `examples`,
`functions`, `properties`.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.declared import Declared
from lotterylang.check.properties import Properties
from lotterylang.check.relations import fits
from lotterylang.check.report import Report
from lotterylang.check.types import UNKNOWN, Type, known
from lotterylang.check.values import fields_of
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree

_METHODS: dict[type, str] = {
    tree.Name: "_name",
    tree.TypeValue: "_type_value",
    tree.Number: "_number",
    tree.Constant: "_constant",
    tree.Text: "_text",
    tree.List: "_list",
    tree.Map: "_map",
    tree.Tuple: "_tuple",
    tree.Call: "_call",
    tree.Item: "_item",
    tree.Attribute: "_attribute",
    tree.Negative: "_negative",
    tree.Arithmetic: "_arithmetic",
    tree.Range: "_range",
    tree.Comparison: "_comparison",
    tree.Not: "_not",
    tree.And: "_and",
    tree.Or: "_or",
    tree.Ask: "_ask",
    tree.Choose: "_choose",
    tree.Score: "_score",
    tree.Find: "_find",
    tree.CallTool: "_call_tool",
    tree.Deduce: "_deduce",
    tree.Derived: "_derived",
    tree.If: "_if",
    tree.Match: "_match",
    tree.For: "_for",
    tree.Fold: "_fold",
    tree.Within: "_within",
    tree.Try: "_try",
    tree.TryIn: "_try_in",
    tree.Retry: "_retry",
    tree.Divide: "_divide",
    tree.Endorse: "_endorse",
}
_NOTED = (tree.For, tree.Fold, tree.Try, tree.TryIn, tree.Retry)
"""What stands in effect paths if it touches anything."""


class Inference(Properties):
    """Judges the code of one program."""

    def __init__(self, declared: Declared, report: Report) -> None:
        super().__init__(declared, report)
        self.pending = []

    def expr(self, node: tree.Expr, want: Type | None = None) -> Type:
        """Judge an expression by the method of its class."""
        method = _METHODS[type(node)]
        if isinstance(node, _NOTED):
            with self.traced() as trace:
                found: Type = getattr(self, method)(node, want)
            self.touching.append((node, trace, self.frame.function))
        else:
            found = getattr(self, method)(node, want)
        if want is not None and not fits(found, want):
            found = self.mismatch(node, found, want)
        self.types[id(node)] = found
        return found

    def mismatch(self, node: tree.Expr, have: Type, want: Type) -> Type:
        """Say that a type does not fit, and what to write."""
        if isinstance(have, types.Maybe) and fits(have.item, want):
            return self.perhaps_none(node, have)
        message = f"`{have}` stands where `{want}` is needed"
        help = _conversion(node, have, want)
        return self.report.add("LOT-E0301", node.span, message, f"this is `{have}`", help=help)


def _conversion(node: tree.Expr, have: Type, want: Type) -> str | None:
    """Say what to write so that the type fits."""
    name, wanted = _shown(node), known(want)
    reached = [field for field, kind in fields_of(have).items() if fits(kind, want)]
    if reached and want != UNKNOWN:
        return f"write `.{reached[0]}`"
    match have, wanted:
        case types.Int() | types.Number(), types.Text() if isinstance(node, tree.Number):
            return f'write `"{name}"`'
        case types.Text() | types.Literal(), types.Int() | types.Number() if isinstance(node, tree.Text):
            return f"give a value of type `{wanted}`"
        case types.Int() | types.Number() | types.Bool() | types.Enum(), types.Text():
            return f'write `"${{{name}}}"`'
        case types.Text() | types.Literal(), types.Int() | types.Number():
            return f"write `{wanted}({name})`, which may be none"
        case types.Number(), types.Int():
            return f"write `round({name})` or `floor({name})`"
        case types.List(item), types.Text() if fits(item, want):
            return f'write `join({name}, ", ")`'
        case types.Text() | types.Literal(), types.Enum() if wanted.cases:
            written = constant_text(node)
            case = written if written in dict(wanted.cases) else wanted.cases[0][0]
            return f"write a case: `{wanted}.{case}`"
        case types.Text() | types.Literal(), types.Literal():
            return "write " + " or ".join(f'`"{option}"`' for option in wanted.options[:6])
        case types.Number() | types.Int() | types.Text(), types.Bool():
            return f"compare it: `{name} == …`"
        case _, types.List(item) if fits(have, item):
            return f"write `[{name}]`"
        case types.Nothing(), _:
            return "give a value, or make the type optional: `T?`"
    return f"give a value of type `{want}`"


def _shown(node: tree.Expr) -> str:
    """Give the source of an expression where it is short enough to stand in another; else a name for it."""
    text = node.span.text
    return text if len(text) <= 24 and not set(text) & set('"\n{}') else "x"
