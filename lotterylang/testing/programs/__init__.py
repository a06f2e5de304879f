"""Draws programs that the checker accepts, and says what the world answers them.

A program is drawn as text, top down: what is in view, its types, what may be touched and spent are known at each place.
Names are new, lists and numbers small, and every loop ends. Trees of any form, well-typed or not, are drawn elsewhere.

Enters: nothing. Leaves: texts of programs with a function `main` that takes nothing; replies. Next door: `reference/`
and the machine run them side by side.
"""

from lotterylang.testing.programs.declarations import programs
from lotterylang.testing.programs.world import World

__all__ = ["World", "programs"]
