"""Who touches the world: the capitals that a function performs, through whatever it calls.

Inference leaves a *trace* of every function: its own capitals, its calls, and what functions those calls pass on. Here
traces become effect sets. A function that takes functions has one set for each way it is called. JUMP performs nothing.

Enters: traces. Leaves: effect sets. Next door: `judge.py` writes the traces, `checker.py` asks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from lotterylang.syntax.source import Span

EffectSet = frozenset[str]
NONE: EffectSet = frozenset()
OWN = " of one call of "
"""In the name of what is done to a memory inside a function: no caller of that function sees it."""


def on_own(effect: str, function: str) -> str:
    """Name what an instruction does to a memory inside a function."""
    return f"{effect}{OWN}{function}"


@dataclass(frozen=True, slots=True)
class Touch:
    """A capital."""

    effect: str
    span: Span


@dataclass(frozen=True, slots=True)
class Named:
    """A function of the program, passed on by its name."""

    function: str


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter that is a function."""

    name: str


@dataclass(slots=True)
class Trace:
    """What a piece of code does, in order."""

    atoms: list[Atom] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Calling:
    """A call, and the functions it passes by the callee's parameters."""

    callee: Named | Param
    passed: Mapping[str, Passed]
    span: Span


Passed = Named | Param | Trace
"""A function that stands as an argument; a lambda is its trace."""
Atom = Touch | Calling | Trace
"""A trace inside a trace is code that runs in its place."""

Given = tuple[EffectSet, ...]
"""The effects of the functions that a call passes, in the order of the callee's parameters."""
Key = tuple[str, Given]

MOST_WAYS = 64
"""Ways of calling one function that are told apart; past that all its function parameters have all their effects."""


@dataclass(frozen=True, slots=True)
class Taker:
    """A function's trace, its parameters that are functions, and what stands for those that are left out."""

    trace: Trace
    params: tuple[str, ...]
    defaults: Mapping[str, Named]


class Effects:
    """The effect sets of all functions of a program, for every way it calls them."""

    def __init__(self, takers: Mapping[str, Taker]) -> None:
        self.takers = takers
        self._found: dict[Key, EffectSet] = {}
        self._ways: dict[str, list[Given]] = {name: [] for name in takers}
        self._callers: dict[Key, set[Key]] = {}
        self._waiting: deque[Key] = deque()
        self._asking: Key | None = None
        for name in takers:
            self._look_up(name, {})
        while self._waiting:
            self._solve()
            for name in takers:
                self._look_up(name, {})

    def of(self, trace: Trace, function: str | None) -> EffectSet:
        """Give the effects of a piece of code inside a function (None: inside none), over all ways it is called."""
        found = NONE
        for given in self._ways[function] if function is not None else [()]:
            found |= self._of(trace, function, given)
        return found

    def of_function(self, name: str) -> EffectSet:
        """Give the effects of a function over all ways it is called."""
        return NONE.union(*(self._found[name, given] for given in self._ways[name]))

    def ask_more(self, trace: Trace, function: str | None = None) -> None:
        """Take in the calls of code that is in no function's trace: constants, examples, code that must be pure."""
        self.of(trace, function)
        while self._waiting:
            self._solve()
            self.of(trace, function)

    def _solve(self) -> None:
        while self._waiting:
            key = self._waiting.popleft()
            self._asking = key
            own = OWN + key[0]
            found = frozenset(e for e in self._of(self.takers[key[0]].trace, key[0], key[1]) if not e.endswith(own))
            self._asking = None
            if found != self._found[key]:
                self._found[key] = found
                self._waiting.extend(self._callers.get(key, ()))

    def _of(self, trace: Trace, function: str | None, given: Given) -> EffectSet:
        found: set[str] = set()
        for atom in trace.atoms:
            if isinstance(atom, Touch):
                found.add(atom.effect)
            elif isinstance(atom, Trace):
                found |= self._of(atom, function, given)
            elif isinstance(atom.callee, Param):
                found |= self._passed(atom.callee, function, given)
            else:
                passed = {name: self._passed(value, function, given) for name, value in atom.passed.items()}
                found |= self._look_up(atom.callee.function, passed)
                found.update(each for effects in passed.values() for each in effects if OWN in each)
        return frozenset(found)

    def _passed(self, passed: Passed, function: str | None, given: Given) -> EffectSet:
        if isinstance(passed, Trace):
            return self._of(passed, function, given)
        if isinstance(passed, Named):
            return self._look_up(passed.function, {})
        params = self.takers[function].params if function is not None else ()
        return dict(zip(params, given, strict=True)).get(passed.name, NONE)

    def _look_up(self, name: str, passed: Mapping[str, EffectSet]) -> EffectSet:
        """Give what is known so far of a way of calling a function; whoever asks is asked again when it grows."""
        if name not in self.takers:
            return NONE
        key = (name, self._way(name, passed))
        if key not in self._found:
            self._found[key] = NONE
            self._ways[name].append(key[1])
            self._waiting.append(key)
        if self._asking is not None:
            self._callers.setdefault(key, set()).add(self._asking)
        return self._found[key]

    def _way(self, name: str, passed: Mapping[str, EffectSet]) -> Given:
        taker = self.takers[name]
        way = []
        for param in taker.params:
            default = taker.defaults.get(param)
            if param in passed:
                way.append(passed[param])
            else:
                way.append(NONE if default is None or default.function == name else self._look_up(default.function, {}))
        if tuple(way) not in self._ways[name] and len(self._ways[name]) >= MOST_WAYS:
            everything = NONE.union(*way, *(effects for known in self._ways[name] for effects in known))
            return (everything,) * len(way)
        return tuple(way)

    def culprit(self, trace: Trace, function: str | None) -> tuple[Span, str]:
        """Find the first place in a piece of code that touches something, and say how."""
        for atom in trace.atoms:
            if isinstance(atom, Touch):
                return atom.span, "this is"
            if isinstance(atom, Trace):
                if self.of(atom, function):
                    return self.culprit(atom, function)
            elif self.of(Trace([atom]), function):
                callee = atom.callee
                return atom.span, f"`{callee.function if isinstance(callee, Named) else callee.name}` performs"
        raise ValueError("the code touches nothing")
