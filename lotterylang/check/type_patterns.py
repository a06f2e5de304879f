"""Inference of the patterns that name a type: `Hit as h` of an optional or of what several tools give, `Sat as s`.

A type's name matches the values that fit it; one with a `where` of its own judges it, so it is not sure to match.
Next door: `matches.py` has the other patterns, `patterns.py` judges the arms as a whole.
"""

from __future__ import annotations

from typing import Any

from lotterylang.check import types
from lotterylang.check.attempts import Attempts
from lotterylang.check.patterns import OfType
from lotterylang.check.relations import fits, joined
from lotterylang.check.types import UNKNOWN, Type, known
from lotterylang.syntax import tree
from lotterylang.syntax.tree.blocks import Pattern

OUTCOMES = ("Sat", "Unsat", "Unknown")


class TypePatterns(Attempts):
    """Patterns that name a type."""

    def _type_pattern(self, node: tree.TypePattern, kind: Type) -> bool:
        """Judge `Hit as h` against the subject's type, and bind the name. Tells whether it is sound."""
        if isinstance(known(kind), types.Deduction):
            return self._outcome_pattern(node, known(kind))
        if node.type in OUTCOMES and node.type not in self.declared.written.types:
            if node.name is not None:
                self.bind(node.name, UNKNOWN, node.span)
            is_unknown = isinstance(kind, types.Unknown | types.Never)
            return is_unknown or self.does_not_fit(node, kind, "what DEDUCE gives")
        wanted = known(self._type_named(node, kind))
        if node.name is not None:
            self.bind(node.name, wanted, node.span)
        if isinstance(wanted, types.Unknown):
            return False
        self.note(node, wanted)
        is_possible = any(fits(part, wanted) or fits(wanted, part) for part in _alternatives(kind))
        return is_possible or self.does_not_fit(node, kind, f"this is `{wanted}`")

    def _outcome_pattern(self, node: tree.TypePattern, kind: Type) -> bool:
        found = kind.outcomes.get(node.type) if isinstance(kind, types.Deduction) else None
        if node.name is not None:
            self.bind(node.name, found or UNKNOWN, node.span)
        if found is None:
            help = "write `Sat`, `Unsat` or `Unknown`"
            message = f"DEDUCE never gives `{node.type}`"
            self.report.add("LOT-E0329", node.span, message, "no outcome", help=help)
        return found is not None

    def _type_named(self, node: tree.TypePattern, kind: Type) -> Type:
        """Give the type that a pattern names; of a generic record, the one among what the subject may be."""
        declaration = self.declared.written.nodes.get(node.type)
        if node.type != "Choice" and not getattr(declaration, "variables", ()):
            return self.written(tree.TypeName(node.span, node.type))
        found = [part for part in _alternatives(kind) if str(part).startswith(f"{node.type}<")]
        if not found:
            if not isinstance(kind, types.Unknown | types.Never):
                self.does_not_fit(node, kind, f"this is `{node.type}<…>`")
            return UNKNOWN
        return joined(found) or types.Either(tuple(found))

    def resolved(self, node: Pattern) -> Any:
        """Give a pattern with the types that it names, for `patterns.py`."""
        match node:
            case tree.TypePattern():
                is_judged = self.declared.written.conditions.get(node.type) is not None
                return OfType(node.type, self.types.get(id(node), UNKNOWN), is_judged)
            case tree.TuplePattern():
                return tree.TuplePattern(node.span, tuple(map(self.resolved, node.items)))
            case tree.EitherPattern():
                return tree.EitherPattern(node.span, tuple(map(self.resolved, node.options)))
        return node

    def does_not_fit(self, node: Pattern, kind: Type, label: str) -> bool:
        """Say that no value of a type ever matches. Errors: LOT-E0329."""
        help = "write `_` for any value"
        inner = known(kind)
        if isinstance(inner, types.Enum) and inner.cases:
            help = f"write a case: `{inner.cases[0][0]}`"
        elif isinstance(inner, types.Literal):
            help = "write " + " or ".join(f'`"{option}"`' for option in inner.options[:6])
        message = f"no `{kind}` is ever `{node.span.text}`"
        self.report.add("LOT-E0329", node.span, message, label, help=help)
        return False


def _alternatives(kind: Type) -> tuple[Type, ...]:
    """List what a value of a type may be, none aside."""
    inner = known(kind)
    return inner.kinds if isinstance(inner, types.Either) else (inner,)
