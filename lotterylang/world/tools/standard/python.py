"""`python`: a program of Python in a sandbox (Monty), without files, network, modules of the host, or a yesterday.

Each call has a process of its own, which is ended after it. Time, memory, depth and output are limited; the clock is
the host's, dice always fall alike. Monty knows a part of Python: nothing of the host, and `import` of a few modules.
Next door: `definition.py`; the worker that this runs in is the second wall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.refusal import Refused, shortened

if TYPE_CHECKING:
    from pydantic_monty import Frame, MontyError, ResourceLimits

LIMIT_S = 3.0
"""How long a program may run."""

MOST_MEMORY = 64 * 2**20
"""Bytes that a program may hold."""

MOST_OUTPUT = 100_000
"""Bytes that a program may print; each print costs some more than its text."""

DEEPEST = 200
"""Calls inside of calls."""

LONGEST = 20_000
"""Characters of a program."""


@tool(acts=False, limit_s=LIMIT_S + 2)
def python(code: str) -> str:
    """Run a program of Python in a sandbox; give what it prints, or the value of its last line if it prints nothing."""
    from pydantic_monty import CollectString, Monty, MontyCrashedError, MontyError

    if len(code) > LONGEST:
        raise Refused("ToolFailed", f"a program has at most {LONGEST:,} characters")
    printed = CollectString(max_bytes=MOST_OUTPUT)
    limits: ResourceLimits = {
        "max_feed_duration_secs": LIMIT_S,
        "max_memory": MOST_MEMORY,
        "max_recursion_depth": DEEPEST,
    }
    try:
        with (
            Monty(min_processes=1, max_processes=1, request_timeout=LIMIT_S + 1) as pool,
            pool.checkout(limits=limits, os_policy={"sleep": "zero", "random_start": {"seed": 0}}) as session,
        ):
            value = session.feed_run(code, print_callback=printed)
    except MontyCrashedError:
        raise Refused("ToolFailed", "the program ended its process, or needed too long to be ended") from None
    except MontyError as problem:
        raise _refused(problem) from None
    return printed.output or ("" if value is None else str(value))


def _refused(problem: MontyError) -> Refused:
    """Say what went wrong as Python would, with the line."""
    if isinstance(problem.exception(), TimeoutError) and "feed time limit" in str(problem):
        return Refused("Timeout", f"the program did not end within {LIMIT_S:g} s, and was ended")
    frames: list[Frame] = getattr(problem, "traceback", list)()
    place = f"line {frames[-1].line}: " if frames else ""
    return Refused("ToolFailed", f"{place}{shortened(str(problem), 300)}")
