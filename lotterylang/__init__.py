"""LotteryLang: reasoning programs for small local models.

    import lotterylang as lot
    answer = lot.load("program.lot").run(question="…")
    print(answer.value, answer.why())

Names are loaded at their first use, so that `import lotterylang` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lotterylang.shell.library import Answer, Program, load, loads
    from lotterylang.syntax.diagnostics import LotError

__all__ = ["Answer", "LotError", "Program", "load", "loads"]


def __getattr__(name: str) -> Any:
    if name == "LotError":
        from lotterylang.syntax.diagnostics import LotError

        return LotError
    if name in __all__:
        from lotterylang.shell import library

        return getattr(library, name)
    raise AttributeError(f"module 'lotterylang' has no attribute {name!r}")
