"""What a run starts from: the constants of a program, and what its memory holds.

Enters: a lowered program, and what is given for its stores. Nothing here needs the world. Next door: `runner.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lotterylang.run import lower
from lotterylang.run.budget import DEFAULT_LIMITS, Budget
from lotterylang.run.lower.unit import Unit
from lotterylang.run.machine import Code, Done, Machine, slots_for
from lotterylang.run.memory import Memory
from lotterylang.run.paths import Path
from lotterylang.run.values import Failure, Value
from lotterylang.syntax.diagnostics import LotError, error


def compute_constants(unit: Unit) -> None:
    """Compute what top-level `let` and the stores' start values name. Errors: LOT-E0603 where one fails."""
    for name, code in lower.constants(unit):
        unit.constants[name] = computed(name, code)
    for name, declaration in unit.program.memories.items():
        if declaration.start is not None:
            held = unit.constants[lower.start_of(name)]
            try:
                judge(unit, name, held if declaration.kind == "map" else {None: held})
            except Failure as failure:
                raise _fails(name, failure) from None


def computed(name: str, code: Code) -> Value:
    """Run a code that is pure, so that no world is needed. Errors: LOT-E0603 where it fails."""
    try:
        return _result(code)
    except Failure as failure:
        raise _fails(name, failure) from None


def initial(unit: Unit, given: Mapping[str, Mapping[Value, Value]]) -> Memory:
    """Give the memory that a run starts with: what the stores declare, or what is given for them.

    Errors: Failure Rejected for a place that is given what its type does not promise.
    """
    memory = Memory()
    for name, declaration in unit.program.memories.items():
        held = dict(given.get(name, {}))
        judge(unit, name, held)
        if declaration.kind == "map" and name not in given and declaration.start is not None:
            held = unit.constants[lower.start_of(name)]
        memory[name] = {key: (value, None, declaration.node) for key, value in held.items()}
    return memory


def judge(unit: Unit, name: str, held: Mapping[Value, Value]) -> None:
    """Judge what a store is to hold. Errors: Failure Rejected."""
    code = lower.stored(unit, name) if held else None
    if code is not None:
        for key, value in held.items():
            _result(code, (key, value))


def _result(code: Code, args: tuple[Value, ...] = ()) -> Value:
    machine = Machine(Memory(), Budget(DEFAULT_LIMITS))
    machine.enter(code, slots_for(lower.Function(code), args), Path(code.name))
    done = machine.resume()
    assert isinstance(done, Done)
    return done.value


def _fails(name: str, failure: Failure) -> LotError:
    return error("LOT-E0603", f"`{name}` fails: {failure}", help="it is computed before the run")
