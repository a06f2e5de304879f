"""Texts: escapes, dedenting, role lines, and the forms that the printer falls back on."""

from __future__ import annotations

from typing import Any

import pytest

from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import parse_expression, source_of
from lotterylang.syntax.printer import print_expression
from lotterylang.syntax.source import Source, Span

HERE = Span(Source("made", ""), 0, 0)


def text_of(written: str) -> tree.Text:
    found = parse_expression(source_of("test.lot", written))
    assert isinstance(found, tree.Text)
    return found


def parts(written: str) -> list[Any]:
    """Give a text's parts in short: pieces as their text, roles as a tuple, values and holes by sign and name."""
    shown: list[Any] = []
    for part in text_of(written).parts:
        match part:
            case tree.Piece(text=text):
                shown.append(text)
            case tree.RoleLine(role=role):
                shown.append((role,))
            case tree.Value(value=tree.Name(name=name)):
                shown.append(("$", name))
            case tree.Hole(name=name):
                shown.append(("@", name))
            case _:
                shown.append(type(part))
    return shown


LINES = [
    (r'"a\n\t\\\"\u{41}\u{1F600}"', ['a\n\t\\"A\U0001f600']),
    ('""', []),
    ('"$5 and a@b and $$ and @@ and {x} and }"', ["$5 and a@b and $$ and @@ and {x} and }"]),
    ('"$${x} @@{y: int}"', ["${x} @{y: int}"]),
    ('"$$${x}"', ["$", ("$", "x")]),
    ('"$$$${x}"', ["$${x}"]),
    ('"$$$$${x}"', ["$$", ("$", "x")]),
    ('"@@@{x: int}"', ["@", ("@", "x")]),
    ('"$@{x: int}@${x}"', ["$", ("@", "x"), "@", ("$", "x")]),
    ('"$$"', ["$$"]),
    ('"$${"', ["${"]),
    ('"a${""}b"', ["ab"]),
    ('"${""}"', []),
    ('"${"}"}"', [tree.Value]),
    ('"# no comment"', ["# no comment"]),
    ('"user: no role"', ["user: no role"]),
    ('"${"a ${x} b"}"', [tree.Value]),
]


@pytest.mark.parametrize(("written", "meant"), LINES)
def test_a_text_of_one_line(written: str, meant: list[Any]) -> None:
    assert parts(written) == meant


@pytest.mark.parametrize(
    "escape", [r"\d", r"\'", r"\u41", r"\u{}", r"\u{110000}", r"\u{d800}", r"\u{0}", r"\U{41}", r"\$"]
)
def test_an_unknown_escape_is_refused_where_it_stands(escape: str) -> None:
    with pytest.raises(LotError, match="LOT-E0104") as caught:
        text_of(f'"a $${{ {escape}"')
    label = caught.value.diagnostics[0].label
    assert label is not None
    assert label.span.start == len('"a $${ ')
    assert escape.startswith(label.span.text)


LONG = [
    ('""""""', []),
    ('"""a"""', ["a"]),
    ('""""a" and ""b"""""', ['"a" and ""b""']),
    ('"""  a  """', ["  a  "]),
    ('"""\n  a\n    b\n  c\n  """', ["a\n  b\nc"]),
    ('"""\n  a\n    b"""', ["a\n  b"]),
    ('"""a\n    b\n      c\n    """', ["a\nb\n  c"]),
    ('"""\n\n  a\n\n  """', ["\na\n"]),
    ('"""\n    a\n  b\n"""', ["  a\nb"]),
    ('"""\n  a\n      \n  b\n  """', ["a\n\nb"]),
    ('"""\n"""', []),
    ('"""\n\n"""', []),
    ('"""\n\n\n"""', ["\n"]),
    ('"""   """', ["   "]),
    ('"""\n\ta\n\t\tb\n\t"""', ["a\n\tb"]),
    (r'"""\d \n"""', [r"\d \n"]),
    ('"""\n  ${x}\n    b\n  """', [("$", "x"), "\n  b"]),
    ('"""\n    ${x}\n  b\n  """', ["  ", ("$", "x"), "\nb"]),
    ('"""\n  a ${"x\\ny"}\n  """', ["a ", tree.Value]),
    ('"""\n  a $${x} $$${x} @@{b}\n  """', ["a ${x} $", ("$", "x"), " @{b}"]),
    ('"""\n  a $5 $$ @ me\n  """', ["a $5 $$ @ me"]),
    ('"""\n    ${""}  a\n    b\n  """', ["  a\nb"]),
    ('"""\n  a\n  ${""}\n  """', ["a\n"]),
    ('"""\n  a""${""}"b\n  """', ['a"""b']),
    ('"""\n  ${""}user: hi\n  """', ["user: hi"]),
    ('"""\n  a # no comment\n  """', ["a # no comment"]),
]

CHATS = [
    ('"""user: hi"""', [("user",), "hi"]),
    ('"""\n  user: hi\n  assistant:\n  """', [("user",), "hi", ("assistant",)]),
    (
        '"""\n  system: a\n  user:  b\n    c\n\n  assistant: @{x: int}\n  """',
        [("system",), "a", ("user",), " b\n  c\n", ("assistant",), ("@", "x")],
    ),
    ('"""\n  user:\n    a\n  """', [("user",), "\n  a"]),
    ('"""\n  user: ${x}\n  assistant: a\n  """', [("user",), ("$", "x"), ("assistant",), "a"]),
    ('"""\n  user:${x}\n  """', [("user",), ("$", "x")]),
    ('"""\n  a user: b\n  users: c\n  """', ["a user: b\nusers: c"]),
    ('"""\n  intro\n      user: deeper\n  """', ["intro", ("user",), "deeper"]),
    ('"""user: a\n   assistant: b"""', [("user",), "a", ("assistant",), "b"]),
    ('"""\n  ${x}\n  user: a\n  """', [("$", "x"), ("user",), "a"]),
    ('"""\n  user: a\n  user: user: b\n  """', [("user",), "a", ("user",), "user: b"]),
    ('"""\n  user: ${"user: a"}\n  """', [("user",), tree.Value]),
]


@pytest.mark.parametrize(("written", "meant"), LONG + CHATS)
def test_a_long_text(written: str, meant: list[Any]) -> None:
    assert parts(written) == meant


@pytest.mark.parametrize(("written", "_"), LONG + CHATS)
def test_windows_line_ends_change_nothing(written: str, _: Any) -> None:
    assert text_of(written.replace("\n", "\r\n")) == text_of(written)


@pytest.mark.parametrize(("written", "_"), LINES + LONG + CHATS)
def test_what_was_read_is_written_so_that_it_reads_the_same(written: str, _: Any) -> None:
    text = text_of(written)
    again = print_expression(text)
    assert text_of(again) == text
    assert print_expression(text_of(again)) == again


def made(*given: Any, long: bool = True) -> tree.Text:
    found = [tree.Piece(HERE, part) if isinstance(part, str) else part for part in given]
    return tree.Text(HERE, tuple(found), long)


X = tree.Value(HERE, tree.Name(HERE, "x"))
USER = tree.RoleLine(HERE, "user")

WRITTEN = [
    (made("a"), '"""a"""'),
    (made("a\nb"), '"""\n  a\n  b\n  """'),
    (made("  a"), '"""  a"""'),
    (made("  a\n  b"), '"""\n  ${""}  a\n    b\n  """'),
    (made("\n  a"), '"""\n\n  ${""}  a\n  """'),
    (made("\n"), '"""\n\n\n  """'),
    (made("a\n   \nb"), '"""\n  a\n     ${""}\n  b\n  """'),
    (made("user: a"), '"""${""}user: a"""'),
    (made("a\n  user: b"), '"""\n  a\n    ${""}user: b\n  """'),
    (made(USER, " a"), '"""\n  user:  a\n  """'),
    (made(USER, "\na"), '"""\n  user:\n  a\n  """'),
    (made("a\n", USER), '"""\n  a\n\n  user:\n  """'),
    (made('a"""b'), '"""a""${""}"b"""'),
    (made('"'), '"""""""'),
    (made("$", X), '"""$$${x}"""'),
    (made("${x} @{ $ {"), '"""$${x} @@{ $ {"""'),
    (made("e\u0301"), '"""e${""}\u0301"""'),
    (made("\r\n"), '"""\n  \r${""}\n\n  """'),
    (made("$", X, long=False), '"$$${x}"'),
    (made('"\\\n\t\r\0'[:-1], long=False), r'"\"\\\n\t\u{d}"'),
    (made("e\u0301", long=False), r'"e\u{301}"'),
    (made("\u202e\u00a0\ufeff\u200d日本👩", long=False), '"\\u{202e}\\u{a0}\\u{feff}\u200d日本👩"'),
]


@pytest.mark.parametrize(("text", "written"), WRITTEN)
def test_what_a_text_can_only_say_in_a_roundabout_way(text: tree.Text, written: str) -> None:
    assert print_expression(text) == written
    assert text_of(written) == text


@pytest.mark.parametrize("long", [True, False])
def test_neighbouring_pieces_read_back_as_one(long: bool) -> None:
    """The parser makes none, but whoever makes a tree may."""
    assert parts(print_expression(made("e", "\u0301 $", "{x}", long=long))) == ["e\u0301 ${x}"]


def test_a_text_that_is_too_wide_stands_below_its_quotes() -> None:
    wide = made("word " * 25)
    assert print_expression(wide).splitlines()[0] == '"""'
    assert text_of(print_expression(wide)) == wide
