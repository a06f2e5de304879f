"""What the tools of `std.tools` give, and what they refuse."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lotterylang.world.tools.leaves import Files, Folders
from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.standard import dates, files, statistics, texts, tictactoe
from lotterylang.world.tools.standard.calculator import calculate
from lotterylang.world.tools.standard.sql import sql


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1/3 * 3", Fraction(1)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("2 + 3 * 4", Fraction(14)),
        ("2 - 3 - 4", Fraction(-5)),
        ("12 / 3 / 2", Fraction(2)),
        ("2^3^2", Fraction(512)),
        ("-2^2", Fraction(-4)),
        ("2^-1", Fraction(1, 2)),
        ("(-1)^1000000001", Fraction(-1)),
        ("(-1)^-2", Fraction(1)),
        ("1^(10^500)", Fraction(1)),
        ("0^0", Fraction(1)),
        ("0^5", Fraction(0)),
        ("7 // 2", Fraction(3)),
        ("-7 // 2", Fraction(-4)),
        ("-7 % 3", Fraction(2)),
        ("1.5e3", Fraction(1500)),
        ("6 × 7 ÷ 2 − 1", Fraction(20)),
        ("sqrt(9/4)", Fraction(3, 2)),
        ("sqrt(2, 4)", Fraction(14142, 10000)),
        ("round(2.5)", Fraction(3)),
        ("round(-2.5)", Fraction(-3)),
        ("round(7/3, 2)", Fraction(233, 100)),
        ("floor(-1/2) + ceil(1/2)", Fraction(0)),
        ("gcd(12, 18) + lcm(4, 6)", Fraction(18)),
        ("max(1, 2, min(9, 3))", Fraction(3)),
        ("abs(-1/2)", Fraction(1, 2)),
        ("factorial(20)", Fraction(2432902008176640000)),
    ],
)
def test_the_calculator_is_exact(expression: str, value: Fraction) -> None:
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1 +", "at its end"),
        ("", "at its end"),
        ("2 3", "at `3`"),
        ("1/0", "division by zero"),
        ("1 % 0", "division by zero"),
        ("0^-1", "division by zero"),
        ("sqrt(2)", "to how many places"),
        ("sqrt(-1)", "negative"),
        ("2^0.5", "whole exponent"),
        ("gcd(1/2, 3)", "whole numbers"),
        ("x + 1", "`x` is no number"),
        ("sin(1)", "no function `sin`"),
        ("round(1, 2, 3)", "takes 1 to 2 values"),
        ("10^2100", "2,000 digits"),
        ("1_000", "can't be read"),
        ("١", "can't be read"),
    ],
)
def test_the_calculator_says_what_is_wrong(expression: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        calculate(expression)
    assert refused.value.kind == "ToolFailed"


CALLS: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = [
    (dates.days_between, ("2024-02-28", "2024-03-01"), 2),
    (dates.add_days, ("2026-01-01", -1), "2025-12-31"),
    (dates.add_months, ("2026-01-31", 1), "2026-02-28"),
    (dates.add_months, ("2026-01-31", -2), "2025-11-30"),
    (dates.weekday, ("2026-11-22",), "Sunday"),
    (texts.count_of, ("R", "strawberry"), 3),
    (texts.count_words, (" one  two\nthree ",), 3),
    (texts.reverse, ("abc",), "cba"),
    (texts.replace, ("aaa", "a", "bb"), "bbbbbb"),
    (texts.split, ("a, b,c", ","), ["a", "b", "c"]),
    (texts.sort_lines, ("b\nA\na",), "A\na\nb"),
    (statistics.total, ([],), Fraction(0)),
    (statistics.mean, ([Fraction(1), Fraction(2)],), Fraction(3, 2)),
    (statistics.median, ([Fraction(3), Fraction(1), Fraction(2), Fraction(9)],), Fraction(5, 2)),
    (
        statistics.deviation,
        ([Fraction(2), Fraction(4), Fraction(4), Fraction(4), Fraction(5), Fraction(5), Fraction(7), Fraction(9)],),
        Fraction(2138090, 1000000),
    ),
    (statistics.quantile, ([Fraction(1), Fraction(2), Fraction(3)], Fraction(1, 4)), Fraction(3, 2)),
    (
        statistics.correlation,
        ([Fraction(1), Fraction(2), Fraction(3)], [Fraction(6), Fraction(4), Fraction(2)]),
        Fraction(-1),
    ),
]


@pytest.mark.parametrize(("function", "arguments", "value"), CALLS)
def test_pure_tools(function: Callable[..., Any], arguments: tuple[Any, ...], value: Any) -> None:
    assert function(*arguments) == value


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (dates.weekday, ("2026-02-30",)),
        (dates.weekday, ("20260201",)),
        (dates.add_days, ("2026-01-01", 10**9)),
        (dates.add_days, ("2026-01-01", 10**30)),
        (dates.add_months, ("9999-12-01", 1)),
        (texts.count_of, ("", "abc")),
        (texts.replace, ("a" * 1000, "a", "b" * 2000)),
        (statistics.mean, ([],)),
        (statistics.deviation, ([Fraction(1)],)),
        (statistics.quantile, ([Fraction(1)], Fraction(2))),
        (statistics.correlation, ([Fraction(1), Fraction(2)], [Fraction(1)])),
        (statistics.correlation, ([Fraction(1), Fraction(1)], [Fraction(1), Fraction(2)])),
        (statistics.total, ([Fraction(1, n) for n in range(1, 9000)],)),
    ],
)
def test_pure_tools_refuse(function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    with pytest.raises(Refused):
        function(*arguments)


def test_files_are_written_whole_and_read_again(tmp_path: Path) -> None:
    (tmp_path / "out" / "inner").mkdir(parents=True)
    folders = Folders.of(("out",), tmp_path)
    assert files.write_file("out/a.txt", "größer\n", folders) is True
    assert files.write_file(str(tmp_path / "out" / "a.txt"), "b", folders) is False
    assert files.read_file("./out//a.txt", folders) == "b"
    assert files.list_files("out", folders) == ["a.txt", "inner/"]
    assert files.list_files("out/inner", folders) == []


@pytest.mark.parametrize(
    ("path", "kind"), [("out/none.txt", "NotFound"), ("out/none/x", "NotFound"), ("out/bytes", "ToolFailed")]
)
def test_files_that_are_not_there_or_no_text(tmp_path: Path, path: str, kind: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused) as refused:
        files.read_file(path, Folders.of(("out",), tmp_path))
    assert refused.value.kind == kind


@pytest.mark.parametrize("path", ["out/none/x", "out/gone/none/x"])
def test_a_folder_that_is_not_there_is_said_to_be_what_is_missing(tmp_path: Path, path: str) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match=r"there is no folder that `out/.*` could lie in") as refused:
        files.write_file(path, "text", Folders.of(("out",), tmp_path))
    assert refused.value.kind == "NotFound"
    with pytest.raises(Refused, match=r"there is no `out/none\.txt`"):
        files.read_file("out/none.txt", Folders.of(("out",), tmp_path))


def test_sql_gives_rows(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a b?.db")) as file, file:
        file.execute("CREATE TABLE sales (item TEXT, price REAL, sold INT)")
        file.executemany("INSERT INTO sales VALUES (?, ?, ?)", [("tea", 2.5, 3), ("milk", None, 1)])
    granted = Files.of(("a b?.db",), tmp_path)
    assert sql("SELECT * FROM sales ORDER BY item", granted)[0] == {"item": "milk", "price": None, "sold": 1}
    query = "WITH s AS (SELECT sum(price * sold) AS total FROM sales) SELECT round(total, 1) AS total FROM s"
    assert sql(query, granted) == [{"total": 7.5}]


@pytest.mark.parametrize(
    ("query", "kind", "said"),
    [
        ("SELECT none FROM sales", "ToolFailed", "no such"),
        ("SELEC 1", "ToolFailed", "syntax"),
        ("SELECT 1 AS a, 2 AS a", "ToolFailed", "the same name"),
        ("SELECT x'00' AS a", "ToolFailed", "bytes"),
    ],
)
def test_sql_says_what_is_wrong(tmp_path: Path, query: str, kind: str, said: str) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as file, file:
        file.execute("CREATE TABLE t (x)")
    with pytest.raises(Refused, match=said) as refused:
        sql(query, Files.of(("a.db",), tmp_path))
    assert refused.value.kind == kind


def test_sql_of_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    for name, kind in (("a.db", "ToolFailed"), ("b.db", "NotFound")):
        with pytest.raises(Refused) as refused:
            sql("SELECT * FROM sqlite_master", Files.of((name,), tmp_path))
        assert refused.value.kind == kind


def test_nobody_wins_at_tictactoe() -> None:
    """Every game that can be played against the tool."""
    ends = set()

    def play(squares: str) -> None:
        for square in range(1, 10):
            if squares[square - 1] == ".":
                game = tictactoe.Game(squares)
                board = tictactoe.tictactoe_play(square, game)
                if board.outcome is tictactoe.Outcome.playing:
                    play(game.squares)
                else:
                    ends.add(board.outcome)

    play(tictactoe.EMPTY)
    assert ends == {tictactoe.Outcome.drawn, tictactoe.Outcome.lost}
