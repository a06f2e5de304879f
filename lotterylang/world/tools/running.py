"""Running a tool's function once: its arguments read, its result written, whatever it raises made a failure.

Next door: `door.py` runs here what always ends, `working.py` all else in a worker process.
"""

from __future__ import annotations

from lotterylang.run.effects import Data
from lotterylang.world.tools.definition import Definition, State
from lotterylang.world.tools.leaves import Leave
from lotterylang.world.tools.refusal import Refused, shortened


def run(
    definition: Definition,
    arguments: tuple[tuple[str, Data], ...],
    leave: Leave | None,
    kept: dict[type[State], State],
) -> Data:
    """Run a tool and give its result as data. Errors: Refused, of any kind; nothing else but interrupts."""
    read = definition.signature.read(arguments)
    try:
        value = definition.function(**read, **definition.given(leave, kept))
        return definition.signature.write(value)
    except Refused:
        raise
    except FileNotFoundError as problem:
        raise Refused("NotFound", _told(definition, problem)) from None
    except PermissionError as problem:
        raise Refused("Denied", _told(definition, problem)) from None
    except TimeoutError as problem:
        raise Refused("Timeout", _told(definition, problem), passing=True) from None
    except MemoryError:
        raise Refused("ToolFailed", f"`{definition.source}` needs more memory than it may have") from None
    except (Exception, SystemExit) as problem:
        raise Refused("ToolFailed", _told(definition, problem)) from None


def start(definition: Definition, leave: Leave | None, kept: dict[type[State], State]) -> None:
    """Start what a tool stands on, where it does not run yet. Errors: Refused."""
    if definition.starts is not None:
        definition.starts(**definition.given(leave, kept))


def _told(definition: Definition, problem: BaseException) -> str:
    said = shortened(str(problem), 300)
    return f"`{definition.source}`: {type(problem).__name__}{f': {said}' if said else ''}"
