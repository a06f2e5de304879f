"""Bodies that run several times or on their own: `for`, `fold`, DIVIDE, `try`, `retry`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lotterylang.run.failures import described, fitting
from lotterylang.run.values import Failure
from lotterylang.syntax import tree
from lotterylang.testing.reference import state
from lotterylang.testing.reference.operators import bind, listed
from lotterylang.testing.reference.state import Budget, Function, Memory, Names, Place
from lotterylang.testing.reference.statements import Statements

AGAIN = ("Rejected", "ToolFailed", "NotFound", "Empty")
Run = Callable[[], Any]


class Loops(Statements):
    """Loops, branches and attempts."""

    def _bodies(self, node: Any, word: str) -> Callable[[int], Place]:
        """Give where each body of a loop or of attempts stands: only what touches something is seen in paths."""
        outer = self.place
        if not self.program.marks(node):
            return lambda position: outer
        occurrence = outer.next(word)
        return lambda position: outer.body(word, occurrence, position)

    # in order

    def _for(self, node: tree.For, names: Names) -> tuple[Any, ...]:
        if any(self.program.effects.get(id(each)) for each in node.each[1:]):
            return self._nested(node, node.each, names)
        each = list(self._chosen(node, node.each, names))
        place = self._bodies(node, "for")
        if self.program.joined.get(id(node)):
            runs: list[Run] = [partial(self.block, node.body, inner) for inner in each]
            budgets = [self.budget.all_left() for _ in each]
            return tuple(self._side_by_side(runs, [place(i) for i in range(len(each))], budgets))
        found = []
        for position, inner in enumerate(each):
            with self.under(place(position)):
                found.append(self.block(node.body, inner))
        return tuple(found)

    def _chosen(self, node: tree.For, sources: tuple[tree.Each, ...], names: Names) -> list[Names]:
        """List what the names of a `for` stand for in each of its bodies."""
        if not sources:
            return [names] if node.condition is None or self.eval(node.condition, names) else []
        found = []
        for item in listed(self.eval(sources[0].source, names)):
            inner = dict(names)
            bind(sources[0].binder, item, inner)
            found += self._chosen(node, sources[1:], inner)
        return found

    def _nested(self, node: tree.For, sources: tuple[tree.Each, ...], names: Names) -> tuple[Any, ...]:
        """Run one `for` in another: a later source touches something, so it runs in a body of the one before."""
        is_last = not any(self.program.effects.get(id(each)) for each in sources[1:])
        items = self._chosen(node, sources, names) if is_last else listed(self.eval(sources[0].source, names))
        place, found = self._bodies(node, "for"), []
        for position, item in enumerate(items):
            with self.under(place(position)):
                if is_last:
                    found.append(self.block(node.body, item))
                    continue
                inner = dict(names)
                bind(sources[0].binder, item, inner)
                found += self._nested(node, sources[1:], inner)
        return tuple(found)

    def _fold(self, node: tree.Fold, names: Names) -> Any:
        value = self.eval(node.start, names)
        items = listed(self.eval(node.each.source, names))
        place, condition = self._bodies(node, "fold"), self.program.conditions.get(id(node))
        what = f"the state `{', '.join(node.binder)}`"
        self.promise(condition, "it", value, what, names)
        for position, item in enumerate(items):
            inner = dict(names)
            bind(node.binder, value, inner)
            if node.until is not None and self.eval(node.until, inner):
                break
            bind(node.each.binder, item, inner)
            with self.under(place(position)):
                value = self.block(node.body, inner)
                self.promise(condition, "it", value, what, names)
        return value

    # branches

    def _side_by_side(self, runs: list[Run], places: list[Place], budgets: list[Budget]) -> list[Any]:
        """Run branches, each on a memory of its own: all must pass. Errors: the failure of the lowest position."""
        ended = []
        for run, place, budget in zip(runs, places, budgets, strict=True):
            ended.append(self._branch(run, place, budget, state.branched(self.memory)))
            if isinstance(ended[-1][0], Failure):
                break
        for (value, _), budget in zip(ended, budgets, strict=False):
            self.budget.charge(budget)
            if isinstance(value, Failure):
                raise value
        state.join(self.memory, [memory for _, memory in ended])
        return [value for value, _ in ended]

    def _branch(self, run: Run, place: Place, budget: Budget, memory: Memory) -> tuple[Any, Memory]:
        """Run a branch; give its value, which may be a failure, and the memory that it leaves."""
        outer = self.budget, self.memory
        self.budget, self.memory = budget, memory
        try:
            with self.under(place):
                value = run()
            return value, self.memory
        except Failure as failure:
            return failure, self.memory
        finally:
            self.budget, self.memory = outer

    def _divide(self, node: tree.Divide, names: Names) -> Any:
        parts = self.eval(node.parts, names)
        function = self.eval(tree.Name(node.span, node.solver), names)
        unique = [part for at, part in enumerate(parts) if part not in parts[:at]]
        outer, occurrence = self.place, self.place.next("divide")
        places = [outer.body("divide", occurrence, parts.index(part)) for part in unique]
        budgets = [self.budget.share(len(unique)) for _ in unique]
        runs: list[Run] = [partial(self._solved, node, function, part, names) for part in unique]
        if node.mode == "any":
            return self._any(runs, places, budgets)
        if node.mode == "all":
            found = self._side_by_side(runs, places, budgets)
        else:
            found = []
            for part, place, budget in zip(unique, places, budgets, strict=True):
                run = partial(self._solved, node, function, part, names, tuple(found))
                value, self.memory = self._branch(run, place, budget, self.memory)
                found.append(value)
                if isinstance(value, Failure):
                    break
            for value, budget in zip(found, budgets, strict=False):
                self.budget.charge(budget)
                if isinstance(value, Failure):
                    raise value
        return tuple(found[unique.index(part)] for part in parts)

    def _solved(self, node: tree.Divide, function: Function, part: Any, names: Names, earlier: Any = None) -> Any:
        if node.solver in names:
            return function.call(part)
        _, *others = self.program.functions[node.solver].node.params
        takes_earlier = bool(others) and others[0].default is None
        rest = [self.eval(param.default, {}) for param in others[takes_earlier:]]
        return function.call(part, *([earlier] if takes_earlier else []), *rest)

    def _any(self, runs: list[Run], places: list[Place], budgets: list[Budget]) -> Any:
        """Give the answer of the lowest position that passes; what later ones would spend is not known here."""
        failures = []
        for run, place, budget in zip(runs, places, budgets, strict=True):
            value, memory = self._branch(run, place, budget, state.branched(self.memory))
            if not isinstance(value, Failure):
                for spent in budgets:
                    self.budget.charge(spent)
                state.join(self.memory, [memory])
                return value
            failures.append(value)
        if not failures:
            raise Failure("Empty", "DIVIDE any of no parts")
        for spent in budgets:
            self.budget.charge(spent)
        best = next((failure.best for failure in failures if failure.best is not None), None)
        message = f"none of {len(failures)} parts passed; the first failed {failures[0]}"
        found = Failure("Rejected", message, best)
        found.passed = list(failures[0].passed)
        raise found

    # attempts

    def _attempt(self, run: Run, place: Place) -> Any:
        """Run a body; if it fails, the failure is its value, and what it wrote is undone."""
        outer = self.budget, state.copied(self.memory)
        try:
            with self.under(place):
                return run()
        except Failure as failure:
            self.budget, self.memory = outer
            return failure

    def _try(self, node: tree.Try, names: Names) -> Any:
        place = self.place.enter("try") if self.program.marks(node) else self.place
        value = self._attempt(partial(self.block, node.body, names), place)
        return self._caught(node, value, names) if isinstance(value, Failure) else value

    def _tryin(self, node: tree.TryIn, names: Names) -> Any:
        items = listed(self.eval(node.each.source, names))
        place = self._bodies(node, "try") if items else None
        value: Any = Failure("Empty", "`try` has nothing to try")
        for position, item in enumerate(items):
            inner = dict(names)
            bind(node.each.binder, item, inner)
            assert place is not None
            value = self._attempt(partial(self.block, node.body, inner), place(position))
            if not isinstance(value, Failure):
                return value
        self.note(value)
        return self._caught(node, value, names)

    def _retry(self, node: tree.Retry, names: Names) -> Any:
        count = self.eval(node.count, names)
        if count < 1:
            raise Failure("Undefined", f"`retry {count}` never runs")
        place, feedback, value = self._bodies(node, "retry"), "", None
        for position in range(count):
            inner = {**names, node.name: feedback} if node.name is not None else names
            value = self._attempt(partial(self.block, node.body, inner), place(position))
            if not isinstance(value, Failure):
                return value
            if value.kind not in AGAIN:
                break
            feedback = value.message
        assert isinstance(value, Failure)
        raise value

    def _caught(self, node: tree.Try | tree.TryIn, failure: Failure, names: Names) -> Any:
        """Give what the first `catch` that names the failure makes of it. Errors: the failure, if none does."""
        for catch in node.catches:
            if catch.kinds and failure.kind not in catch.kinds:
                continue
            inner = dict(names)
            if catch.name is not None:
                inner[catch.name] = described(failure, fitting(self.program.caught[id(catch)]))
            place = self.place.enter("catch") if self.program.marks(node) else self.place
            with self.under(place):
                return self.block(catch.body, inner)
        raise failure
