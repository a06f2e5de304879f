"""`--without memory,tools`: the abilities that a run does without, to see what each one is worth.

Enters: the option's words. Leaves: the set of them. Next door: `check/solver.py` and `run/absent.py` do without.
"""

from __future__ import annotations

from collections.abc import Sequence

from lotterylang.check.solver import SWITCHES
from lotterylang.run.absent import ABILITIES
from lotterylang.syntax.diagnostics import error

WORDS = (*SWITCHES, *ABILITIES)
"""All that a run may be told to do without."""


def abilities(words: Sequence[str]) -> frozenset[str]:
    """Give the abilities that are named, one a word or several with commas between. Errors: LOT-E0623."""
    found = frozenset(part.strip() for word in words for part in word.split(","))
    for word in sorted(found - set(WORDS)):
        known = ", ".join(f"`{each}`" for each in WORDS)
        raise error("LOT-E0623", f"a run can't do without `{word}`", help=f"it can do without {known}")
    return found
