"""`std.tools.python`: what programs print, what they may not, and that no call knows of another."""

from __future__ import annotations

import pytest

from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.standard import python as sandbox
from lotterylang.world.tools.standard.python import python


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("books = 4 * 9\nprint(books - 5)", "31\n"),
        ("6 * 7", "42"),
        ("print('a')\n3", "a\n"),
        ("x = 1", ""),
        ("import math\nmath.gcd(12, 18)", "6"),
        ("def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(15)", "610"),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    print('caught')", "caught\n"),
        ("import time\ntime.sleep(1000)\n'awake'", "awake"),
    ],
)
def test_a_program_gives_what_it_prints(code: str, printed: str) -> None:
    assert python(code) == printed


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print(1/0)", "line 1: ZeroDivisionError: division by zero"),
        ("x = 1\nprint(x", "EOF"),
        ("a\n", "line 1: NameError"),
        ("raise TimeoutError('not really')", "line 1: TimeoutError: not really"),
        ("1" * (sandbox.LONGEST + 1), "at most 20,000 characters"),
    ],
)
def test_what_went_wrong_is_said_as_python_says_it(code: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        python(code)
    assert refused.value.kind == "ToolFailed"
    assert said in refused.value.message


def test_no_call_knows_of_another() -> None:
    python("known = 1")
    with pytest.raises(Refused, match="NameError"):
        python("known")


def test_dice_fall_alike() -> None:
    code = "import random\nrandom.random()"
    assert python(code) == python(code)


def test_a_late_program_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LIMIT_S", 0.2)
    with pytest.raises(Refused) as refused:
        python("while True:\n    pass")
    assert refused.value.kind == "Timeout"
