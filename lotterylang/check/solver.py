"""Solvers as plain functions: Algorithm 1 as a desugaring, tree to tree, before anything is judged.

Enters: a module. Leaves: the same with functions in the place of its solvers; the expressions of the clauses stand in
them as written, so diagnostics point at the clauses. `lot expand` prints them. Next door: `solver_text.py` has the
functions as text with places for the clauses; `docs/spec/solver.md` says what they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from lotterylang.check.modules import name_span
from lotterylang.check.names import head_of
from lotterylang.check.report import Report
from lotterylang.check.solver_text import Plan, text_of
from lotterylang.check.walk import below
from lotterylang.syntax import tree
from lotterylang.syntax.parser import parse, source_of
from lotterylang.syntax.source import Span

SWITCHES: Mapping[str, tuple[str, ...]] = {
    "external": ("external",),
    "divide": ("divide", "combine"),
    "verify": ("verify",),
    "select": ("trials", "select"),
    "memory": ("recall", "store"),
}
"""What a solver may be told to do without, and the clauses that this leaves out; of `requests` the list is empty."""


def expanded(module: tree.Module, report: Report, without: frozenset[str] = frozenset()) -> tree.Module:
    """Give a module with functions for its solvers. Errors: LOT-E0520 for clauses that do not make a solver."""
    if not any(isinstance(node, tree.Solver) for node in module.declarations):
        return module
    taken = {name for node in below(module.declarations) for name in _names(node)}
    found: list[Any] = []
    for node in module.declarations:
        if isinstance(node, tree.Solver):
            found += functions_of(node, module, report, taken, without)
        else:
            found.append(node)
    return tree.Module(module.source, tuple(found))


def alone(node: tree.Solver, module: tree.Module) -> tuple[tree.Fn, ...]:
    """Give the functions of one solver of a module without errors."""
    taken = {name for part in below(module.declarations) for name in _names(part)}
    return tuple(functions_of(node, module, Report(), taken))


def _less(node: tree.Solver, without: frozenset[str]) -> tree.Solver:
    gone = {word for switch in without for word in SWITCHES.get(switch, ())}
    left = [_asking_less(clause, without) if clause.word == "requests" else clause for clause in node.clauses]
    return replace(node, clauses=tuple(clause for clause in left if clause.word not in gone))


def _asking_less(clause: tree.Clause, without: frozenset[str]) -> tree.Clause:
    """Give `requests` without its store, or as a list that is empty and of the same type: `answers` is spoken of."""
    if "memory" in without:
        clause = replace(clause, place=None)
    if "external" not in without or clause.value is None:
        return clause
    span = clause.value.span
    never = (tree.Constant(span, False), tree.Block(span, (clause.value,)))
    return replace(clause, value=tree.If(span, (never,), tree.Block(span, (tree.List(span, ()),))))


def _names(node: Any) -> Iterator[str]:
    for name in ("name", "param", "binder", "solver"):
        value = getattr(node, name, None)
        yield from (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def functions_of(
    node: tree.Solver, module: tree.Module, report: Report, taken: set[str], without: frozenset[str] = frozenset()
) -> list[tree.Fn]:
    """Give the functions of one solver, the one with its name last."""
    clauses = _clauses(node, report)
    if clauses is None:  # said already; its callers find a function that takes and gives what is declared
        nothing = tree.Fail(node.span, tree.Text(node.span, ()))
        return [tree.Fn(node.span, node.name, (), node.params, node.result, tree.Block(node.span, (nothing,)))]
    node = _less(node, without)
    clauses = {clause.word: clause for clause in node.clauses}
    fresh = _Fresh(taken)
    plan = Plan(
        params=tuple(param.name for param in node.params) or ("question",),
        clauses=frozenset(clauses),
        mode=clauses["divide"].mode if "divide" in clauses else None,
        has_when="divide" in clauses and clauses["divide"].when is not None,
        until_passed="trials" in clauses and clauses["trials"].until_passed,
        shows_feedback=any(_mentions(clause, "feedback") for clause in node.clauses),
        stores_answers="requests" in clauses and clauses["requests"].place is not None,
        may_lack_trials="trials" in clauses and not _is_positive(clauses["trials"].value),
        has_rest=not ("external" in clauses and _covers(clauses["external"], module)),
        name=fresh,
    )
    template = parse(source_of("a solver", text_of(plan)))
    names = {f"solver_{part}": fresh(f"{node.name}_{part}") for part in ("combined", "trial", "part")}
    filling = _Filling(node, clauses, names, head_of(node.span))
    functions = [filling.filled(fn) for fn in template.declarations]
    return [*functions[:-1], replace(functions[-1], name=node.name, params=node.params, result=node.result)]


@dataclass(slots=True)
class _Fresh:
    """Gives names that nothing in the module has, the same one for the same wish."""

    taken: set[str]
    given: dict[str, str] = field(default_factory=dict)

    def __call__(self, wish: str) -> str:
        if wish not in self.given:
            count, name = 1, wish
            while name in self.taken:
                count += 1
                name = f"{wish}_{count}"
            self.given[wish] = name
        return self.given[wish]


def _clauses(node: tree.Solver, report: Report) -> dict[str, tree.Clause] | None:
    """Give the clauses by their words; None where they make no solver. Errors: LOT-E0520."""
    found: dict[str, tree.Clause] = {}
    problems = list(_lacks(node, {clause.word: clause for clause in node.clauses}))
    for clause in node.clauses:
        if clause.word in found:
            others = ((_word(found[clause.word]), "first"),)
            message = f"`{clause.word}` stands twice in `{node.name}`"
            report.add("LOT-E0520", _word(clause), message, "again here", help="keep one", others=others)
        found.setdefault(clause.word, clause)
    for message, help, place in problems:
        span = _word(place) if place is not None else name_span(node)
        report.add("LOT-E0520", span, message, "in this solver", help=help)
    return None if problems else found


def _lacks(node: tree.Solver, found: Mapping[str, tree.Clause]) -> Iterator[tuple[str, str, tree.Clause | None]]:
    """List what makes clauses no solver: what is wrong, what to do, and where if not at the solver's name."""
    divide, requests = found.get("divide"), found.get("requests")
    if not node.params:
        yield f"`{node.name}` takes no question", f"write `solver {node.name}(question: text) -> …`", None
    if "direct" not in found:
        yield (
            f"`{node.name}` has no `direct`",
            "add `direct` and an expression: what answers an undivided question",
            None,
        )
    if divide is not None and divide.mode != "any" and "combine" not in found:
        yield f"`divide {divide.mode}` has no `combine`", "add `combine` and an expression of `parts`", divide
    if "combine" in found and (divide is None or divide.mode == "any"):
        help = "remove it" if divide is None else "remove it: the part that passes is the answer"
        yield "nothing is there to combine", help, found["combine"]
    if requests is not None and "external" in found:
        yield "`requests` stands in the place of `external`", "keep one of the two", requests
    elif requests is not None and requests.place is None and not _mentions(found.get("direct"), "answers"):
        yield "nothing shows what the requests are answered", "use `answers` in `direct`", requests
    if "select" in found and "trials" not in found:
        yield "`select` has one candidate only", "add `trials` and a number, or remove it", found["select"]
    for param in node.params[1:] if divide is not None else ():
        if what := _no_value(param.type.type):
            help = f"write the {what} in the clauses, or divide in a function of your own"
            yield f"`divide` can't hand the {what} `{param.name}` to its parts", help, divide


def _no_value(kind: tree.Type) -> str | None:
    """Say what a parameter of this type is given, if that is no value: a part is given values."""
    if isinstance(kind, tree.TypeFn):
        return "function"
    return kind.name if isinstance(kind, tree.TypeName) and kind.name in ("model", "index") else None


def _word(clause: tree.Clause) -> Span:
    return Span(clause.span.source, clause.span.start, clause.span.start + len(clause.word))


def _mentions(node: Any, name: str) -> bool:
    return node is not None and any(
        isinstance(part, tree.Name | tree.Place) and part.name == name for part in below(node)
    )


def _is_positive(node: Any) -> bool:
    return isinstance(node, tree.Constant) and isinstance(node.value, int | Fraction) and node.value >= 1


def _covers(clause: tree.Clause, module: tree.Module) -> bool:
    """Tell whether the arms of `external` leave nothing over: all cases of an enum, both truths, or `_`."""
    named: set[str] = set()
    for arm in clause.arms:
        for part in below(arm.pattern) if arm.guard is None else ():
            if isinstance(part, tree.CasePattern):
                named.add(part.name)
            elif isinstance(part, tree.ConstantPattern):
                named.add(str(part.value))
    enums = [{case.name for case in node.cases} for node in module.declarations if isinstance(node, tree.Enum)]
    return "_" in named or any(cases <= named for cases in [*enums, {"True", "False"}])


@dataclass(frozen=True, slots=True)
class _Filling:
    """Puts a solver's clauses, types and names into the functions made from text."""

    node: tree.Solver
    clauses: Mapping[str, tree.Clause]
    names: Mapping[str, str]
    span: Span

    def filled(self, node: Any) -> Any:
        """Give a node of the text with what belongs there."""
        if isinstance(node, tuple):
            return tuple(part for item in node for part in self._spliced(item))
        if not isinstance(node, tree.Node):
            return self.names.get(node, node) if isinstance(node, str) else node
        own = self._own(node)
        if own is not None:
            return own
        requests = self.clauses["requests"].value.span if "requests" in self.clauses else self.span  # type: ignore[union-attr]
        if isinstance(node, tree.For) and self.span != requests and _mentions(node, "clause_requests"):
            return replace(self, span=requests).filled(node)
        values = {name: self.filled(getattr(node, name)) for name in node.__dataclass_fields__ if name != "span"}
        if isinstance(node, tree.Divide):
            return tree.Divide(self.clauses["divide"].value.span, **values)  # type: ignore[union-attr]
        is_around = isinstance(node, tree.Call) and len(node.args) == 1 and node.args != values["args"]
        return type(node)(values["args"][0].span if is_around else self.span, **values)

    def _spliced(self, item: Any) -> tuple[Any, ...]:
        if isinstance(item, tree.Limit) and item.name == "clause_limits":
            return self.clauses["budget"].limits
        if isinstance(item, tree.Arm) and getattr(item.pattern, "name", "") == "clause_arms":
            return self.clauses["external"].arms
        return (self.filled(item),)

    def _own(self, node: tree.Node) -> Any:
        """Give what of the solver a node of the text stands for, if it does."""
        match node:
            case tree.Name(_, name) if name.startswith("clause_"):
                word, _, part = name.removeprefix("clause_").partition("_")
                return getattr(self.clauses[word], part or "value")
            case tree.Place(_, name, _) if name.startswith("clause_"):
                return self.clauses[name.removeprefix("clause_")].place
            case tree.TypeName(_, "Result9", _):
                return self.node.result.type
            case tree.TypeName(_, name, _) if name.startswith("Param9"):
                return self.node.params[ord(name[-1]) - ord("A")].type.type
        return None
