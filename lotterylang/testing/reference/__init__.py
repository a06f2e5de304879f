"""The language once more, written apart from the machine: a plain walk over the checked tree, as obvious as possible.

No instructions, no slots, no scheduler: bodies that run side by side run one after another on copies of the memory,
which is what they must look like. Where machine and reference differ, one of them or the specification is wrong.

Enters: a checked program, a function and its arguments, and who answers. Leaves: an `Ended`. Next door: `run/` does the
same by instructions; what it has as pure functions of data (the prelude, renderings, shapes of holes, replies as
values, hashes) serves here too, and has tests of its own. Two limits of the machine are not modelled: `steps`, whose
number is no part of the language, and calls nested so deep that Python's own stack ends first.
"""

from lotterylang.testing.reference.evaluator import Ended, Evaluator
from lotterylang.testing.reference.world import Reply

__all__ = ["Ended", "Evaluator", "Reply"]
