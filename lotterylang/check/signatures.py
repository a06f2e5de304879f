"""The signatures of `std.tools`: what each tool of the library takes and gives, as a program would declare it.

The functions are a room of the world, which the checker may not open; a test holds this table against them. Next door:
`standard.py` says what each does outside, `listed.py` declares those that an index lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from lotterylang.check.modules import TypeDeclaration
from lotterylang.check.report import Report
from lotterylang.check.types import Tool
from lotterylang.check.written import WrittenTypes
from lotterylang.syntax import tree
from lotterylang.syntax.parser import parse, source_of

SIGNATURES = """
enum Outcome { playing, won, lost, drawn }
type Board { squares: text, outcome: Outcome }
type Output { code: int, out: text, err: text }
type Page { status: int, kind: text, text: text, url: text }
tool calculate(expression: text) -> number = std.tools.calculate
tool now() -> text = std.tools.now
tool today() -> text = std.tools.today
tool days_between(first: text, last: text) -> int = std.tools.days_between
tool add_days(day: text, days: int) -> text = std.tools.add_days
tool add_months(day: text, months: int) -> text = std.tools.add_months
tool weekday(day: text) -> text = std.tools.weekday
tool same(text: text) -> text = std.tools.same
tool length(text: text) -> int = std.tools.length
tool count_words(text: text) -> int = std.tools.count_words
tool count_of(part: text, text: text) -> int = std.tools.count_of
tool upper(text: text) -> text = std.tools.upper
tool lower(text: text) -> text = std.tools.lower
tool reverse(text: text) -> text = std.tools.reverse
tool replace(text: text, old: text, new: text) -> text = std.tools.replace
tool split(text: text, at: text) -> list<text> = std.tools.split
tool sort_lines(text: text) -> text = std.tools.sort_lines
tool total(numbers: list<number>) -> number = std.tools.total
tool mean(numbers: list<number>) -> number = std.tools.mean
tool median(numbers: list<number>) -> number = std.tools.median
tool deviation(numbers: list<number>) -> number = std.tools.deviation
tool quantile(numbers: list<number>, part: number) -> number = std.tools.quantile
tool correlation(first: list<number>, second: list<number>) -> number = std.tools.correlation
tool python(code: text) -> text = std.tools.python
tool read_file(path: text) -> text = std.tools.read_file
tool list_files(folder: text) -> list<text> = std.tools.list_files
tool write_file(path: text, content: text) -> bool = std.tools.write_file
tool sql(query: text) -> list<map<text, Value>> = std.tools.sql
tool run(words: list<text>) -> Output = std.tools.run
tool http(url: text) -> Page = std.tools.http
tool wikipedia(title: text) -> text = std.tools.wikipedia
tool tictactoe_start() -> Board = std.tools.tictactoe_start
tool tictactoe_play(square: int) -> Board = std.tools.tictactoe_play
tool search(query: text) -> list<Hit> = std.tools.search
"""
"""`Value` is any: a column of SQLite holds what it holds."""


@cache
def declarations() -> Mapping[str, tree.Tool]:
    """Give each tool of the library as a declaration of its own name."""
    nodes = parse(source_of("std.tools", SIGNATURES)).declarations
    return {node.name: node for node in nodes if isinstance(node, tree.Tool)}


@cache
def types() -> Mapping[str, Tool]:
    """Give the type of each tool of the library; what may be anything is unknown, which fits everywhere."""
    nodes = parse(source_of("std.tools", SIGNATURES)).declarations
    known: dict[str, TypeDeclaration] = {
        node.name: node for node in nodes if isinstance(node, tree.RecordDeclaration | tree.Enum)
    }
    return WrittenTypes(known, Report(), {"Value"}, declarations()).tools
