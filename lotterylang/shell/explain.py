"""`lot explain`: what a code means, a program that is refused with it, and how to mend it.

The tables of codes are those of the rooms: `syntax/codes.py`, `check/codes.py`, and `codes.py` here for the rest. The
programs are in `explanations.txt`; what is said of one is asked of the checker each time, so it is what a person sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from lotterylang.check import check
from lotterylang.check import codes as of_check
from lotterylang.shell import codes as of_shell
from lotterylang.syntax import codes as of_syntax
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.syntax.parser import source_of

MEANINGS: Mapping[str, str] = {
    **of_syntax.CODES,
    **of_check.CODES,
    **{code: meaning for code, (meaning, _) in of_shell.CODES.items()},
}
"""Every code that can be given, and what it means."""

WITHOUT_PROGRAM: Mapping[str, str] = {
    **{code: mend for code, (_, mend) in of_shell.CODES.items()},
    "LOT-E0103": "Name the inner parts by `let`, or make functions of them.",
    "LOT-E0106": "Check the path and its permissions: `lot check FILE` needs a file it can read.",
    "LOT-E0107": "Save the file as UTF-8.",
    "LOT-E0108": "Remove the character: an editor shows it as `^@` or `\\0`.",
    "LOT-E0109": "Keep data in files of its own, and give it as an argument: `key=@file`.",
    "LOT-E0222": "Move what both files need into a third one, and let both import that.",
    "LOT-E0225": "Use a function that the module shares; if the module is yours, take the `_` away.",
    "LOT-E0901": "The help line says what to write for now; docs/spec/gaps.md lists all that is missing.",
    "LOT-E0330": "Name the inner parts by `let`, or make functions of them.",
}
"""How to mend what no program of a few lines can show."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code, its meaning, and either a program with what is said of it, or how to mend it."""

    code: str
    meaning: str
    program: str | None
    said: str | None
    mend: str

    def as_lines(self) -> list[str]:
        """Write it for a person."""
        lines = [f"{self.code}: {self.meaning}"]
        if self.program is not None and self.said is not None:
            lines += ["", "This is refused:", "", *(f"    {line}".rstrip() for line in self.program.split("\n")), ""]
            return lines + [f"    {line}".rstrip() for line in self.said.split("\n")]
        return [*lines, "", f"To mend it: {self.mend}"]


def programs() -> dict[str, str]:
    """Read the program of each code that has one."""
    text = (Path(__file__).parent / "explanations.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^=== (LOT-E\d{4})\n(.*?)\n(?====|\Z)", text, re.DOTALL | re.MULTILINE))


def explained(word: str) -> Explanation:
    """Explain a code, written as `LOT-E0203`, `E0203` or `203`. Errors: LOT-E0629 for one that there is not."""
    digits = re.sub(r"\D", "", word)
    code = f"LOT-E{digits.zfill(4)}"
    if code not in MEANINGS or not digits:
        close = get_close_matches(code, MEANINGS, n=1)
        hint = "`lot explain` alone lists all" + (f"; a close one is `{close[0]}`" if close and digits else "")
        raise error("LOT-E0629", f"there is no code `{word}`", help=hint)
    program = programs().get(code)
    if program is None:
        return Explanation(code, MEANINGS[code], None, None, WITHOUT_PROGRAM[code])
    said, mend = _said(code, program)
    return Explanation(code, MEANINGS[code], program, said, mend)


def _said(code: str, program: str) -> tuple[str, str]:
    """Ask the checker what it says of a program with this code, and what it offers."""
    try:
        check(source_of("example.lot", program))
    except LotError as problem:
        found = next((d for d in problem.diagnostics if d.code == code), problem.diagnostics[0])
        return str(LotError(found)), found.help or ""
    raise ValueError(f"the program of {code} is not refused")
