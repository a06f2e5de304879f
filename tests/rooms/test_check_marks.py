"""Marks of strangers' words, beside what `tests/spec/endorse/` shows: no node is forgotten, no nest takes for ever."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from lotterylang.check import check
from lotterylang.check.marks.function import Follower
from lotterylang.check.marks.values import BY_PARTS
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of
from lotterylang.syntax.tree import blocks, expressions, instructions, types
from lotterylang.syntax.tree.node import Node

_INSIDE_OTHERS = {
    *(blocks.CasePattern, blocks.CallPattern, blocks.TypePattern, blocks.ConstantPattern, blocks.TuplePattern),
    *(blocks.EitherPattern, blocks.Arm, blocks.Catch),
}
"""What `match` and `try` look into themselves."""

ACTING = """
index wiki = hnsw("wiki.jsonl")
uses tool write_file("out/")
tool save(path: text, content: text = "") -> bool = std.tools.write_file
type Small = int where it < 9
"""

NESTS = {
    "for": ("for i{n} in 1..len(page) {{", "}}"),
    "fold": ("fold s{n} = len(page) for i{n} in 1..2 {{", "}}"),
    "retry": ("retry 2 as told{n} {{", "}}"),
    "try": ("try {{ len(page) }} catch {{", "}}"),
    "try in": ("try x{n} in [1, 2] {{", "}}"),
    "within": ("within steps len(page) {{", "}}"),
    "let": ("if len(page) > 1 {{", "}} else {{ 0 }}"),
    "match": ("match len(page) {{\n1 => 2\n_ => {{", "}}\n}}"),
}


def _nodes() -> Iterator[type[Node]]:
    for module in (blocks, expressions, instructions, types):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Node) and kind.__module__ == module.__name__:
                yield kind


@pytest.mark.parametrize("kind", sorted(_nodes(), key=lambda kind: kind.__name__))
def test_every_node_of_a_body_has_a_method_or_is_marked_by_its_parts(kind: type[Node]) -> None:
    ways = [issubclass(kind, BY_PARTS), hasattr(Follower, f"_at_{kind.__name__.lower()}"), kind in _INSIDE_OTHERS]
    assert ways.count(True) == 1


@pytest.mark.parametrize("kinds", [*([kind] for kind in NESTS), [*NESTS], [*reversed(NESTS)]], ids=" ".join)
def test_what_is_nested_deep_is_checked_in_time_that_grows_with_its_size(kinds: list[str]) -> None:
    body = 'let kept = CALL save("a")\nlen(page)'
    for n, kind in enumerate(kinds * (24 // len(kinds))):
        begin, end = (part.format(n=n) for part in NESTS[kind])
        promised = ": Small" if kind == "let" else ""
        body = f"let v{n}{promised} = {begin}\n{body}\n{end}\nlen(page)"
    program = f"{ACTING}fn f(q: text) -> int {{\nlet page = (FIND 1 in wiki for q)[0].text\n{body}\n}}"
    with pytest.raises(LotError) as refused:
        check(source_of("nested.lot", program))
    assert {each.code for each in refused.value.diagnostics} == {"LOT-E0524"}
