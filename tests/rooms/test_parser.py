"""Reading and parsing: the door, spans, bounds, and what each construct becomes."""

from __future__ import annotations

import os
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest

from lotterylang.syntax import parser, table, tree
from lotterylang.syntax.diagnostics import Diagnostic, LotError
from lotterylang.syntax.parser import LARGEST_BYTES, parse, parse_expression, read, source_of
from lotterylang.syntax.printer import print_module
from lotterylang.syntax.source import Source, Span


def module(text: str) -> tree.Module:
    return parse(source_of("test.lot", text))


def expression(text: str) -> tree.Expr:
    return parse_expression(source_of("test.lot", text))


def refused(text: str) -> Diagnostic:
    with pytest.raises(LotError) as caught:
        module(text)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def not_read(path: Path | str) -> Diagnostic:
    with pytest.raises(LotError) as caught:
        read(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


# the door


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    found = not_read(tmp_path / "none.lot")
    assert (found.code, found.message) == ("LOT-E0106", f"there is no file `{tmp_path / 'none.lot'}`")


def test_a_folder_is_no_program(tmp_path: Path) -> None:
    assert not_read(tmp_path) == Diagnostic("LOT-E0106", f"`{tmp_path}` is a folder", help="name a `.lot` file in it")


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read all, so the refusal is a stand-in's."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert not_read("a.lot") == Diagnostic("LOT-E0106", "`a.lot` may not be read", help="check its permissions")


@pytest.mark.parametrize("path", ["a\0b.lot", "x" * 5_000])
def test_a_path_that_no_file_can_have(path: str) -> None:
    found = not_read(path)
    assert found.code == "LOT-E0106"
    assert found.message.isprintable()
    assert len(found.message) < 300


def test_a_path_that_is_not_unicode_can_still_be_said() -> None:
    not_read(os.fsdecode(b"\xff.lot")).message.encode("utf-8")


def test_a_large_file_is_refused_and_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "large.lot"
    path.write_bytes(b"#" * 10_000_000)
    assert not_read(path).code == "LOT-E0109"
    path.write_bytes(b"#" * LARGEST_BYTES)
    assert len(read(path).text) == LARGEST_BYTES


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device without end")
def test_a_file_without_end_is_refused() -> None:
    assert not_read("/dev/zero").code == "LOT-E0109"


def test_a_file_that_is_not_utf_8_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.lot"
    path.write_bytes(b'let a = "' + "é".encode("latin-1") + b'"')
    found = not_read(path)
    assert (found.code, found.message) == ("LOT-E0107", f"`{path}` is not UTF-8 text (byte 10)")


def test_a_nul_is_refused_with_its_place() -> None:
    with pytest.raises(LotError, match="LOT-E0108") as caught:
        source_of("a.lot", "let a = 1\nlet b\0 = 2")
    label = caught.value.diagnostics[0].label
    assert label is not None
    assert label.span.place == "a.lot:2:6"


def test_half_a_surrogate_pair_is_refused() -> None:
    """An argument that was not UTF-8 reaches Python so."""
    with pytest.raises(LotError, match="LOT-E0107"):
        source_of("<argument>", '"\udcff"')


def test_a_byte_order_mark_and_carriage_returns_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "windows.lot"
    path.write_bytes(b'\xef\xbb\xbflet a = """\r\n  one\r\n  two\r\n  """\r\nlet b = 2\r\n')
    first, second = parse(read(path)).declarations
    assert first == tree.Let(
        second.span, ("a",), None, tree.Text(second.span, (tree.Piece(second.span, "one\ntwo"),), True)
    )
    assert second.span.place == f"{path}:5:1"


def test_text_is_normalised_at_the_door() -> None:
    decomposed = unicodedata.normalize("NFD", '"é"')
    assert expression(decomposed) == expression('"é"')


# spans

SPANS = [
    ("(a).b", "Attribute", "(a).b"),
    ("((a))(b)[c]", "Item", "((a))(b)[c]"),
    ("((a))(b)[c]", "Call", "((a))(b)"),
    ("((a))(b)[c]", "Name", "a"),
    ("1 + -2 * x", "Arithmetic", "-2 * x"),
    ("1 + -2 * x", "Number", "1"),
    ("-2", "Number", "-2"),
    ("- (2)", "Number", "- (2)"),
    ("not a in b", "Comparison", "a in b"),
    ("f(x, ..rest, by = v => v.score)", "NamedArg", "by = v => v.score"),
    ("f(x, ..rest, by = v => v.score)", "Lambda", "v => v.score"),
    ("f(x, ..rest, by = v => v.score)", "Spread", "..rest"),
    ("[ 1,\n 2 ]", "List", "[ 1,\n 2 ]"),
    ("{:}", "Map", "{:}"),
    ("( 1, 2 )", "Tuple", "( 1, 2 )"),
    ("if a { } else { b }", "If", "if a { } else { b }"),
    ("if a { } else { b }", "Block", "{ }"),
    ("match x { A as b if c => d\n _ => e }", "Arm", "A as b if c => d"),
    ("match x { A as b if c => d\n _ => e }", "TypePattern", "A as b"),
    ("match x { a | -1 => d }", "EitherPattern", "a | -1"),
    ("match x { a | -1 => d }", "ConstantPattern", "-1"),
    ("for (a, b) in xs, in order if a { b }", "Each", "(a, b) in xs"),
    ("fold s: list<int>? = 1 for x in xs until s { s }", "TypeMaybe", "list<int>?"),
    ("within calls 3, tokens 4 { a }", "Limit", "calls 3"),
    ("try { a } catch A | B as e { c }", "Catch", "catch A | B as e { c }"),
    ('"a ${b} c"', "Piece", "a "),
    ('"a ${b} c"', "Value", "${b}"),
    ('"a$${${b}"', "Piece", "a$${"),
    ('"@{x: int, max 3 tokens}"', "Hole", "@{x: int, max 3 tokens}"),
    ('"""\n  user: hi ${x}\n    there\n  """', "RoleLine", "user:"),
    ('"""\n  user: hi ${x}\n    there\n  """', "Piece", "hi "),
    ('"""\n  a ${x}\n    there\n  more\n  """', "Piece", "a "),
    ('ASK small(t = 1) "x"', "OnModel", "small(t = 1)"),
    ("endorse a as (text, int)", "TypeTuple", "(text, int)"),
    ("endorse a as fn(int) -> text", "TypeFn", "fn(int) -> text"),
    ('CHOOSE "x" from xs by m => f(m) against s in ys', "Against", "against s in ys"),
    ('CHOOSE "x" from xs by m => f(m) against s in ys', "Lambda", "m => f(m)"),
    ('CHOOSE "x" from xs by std.said', "Name", "xs"),
]


@pytest.mark.parametrize(("text", "kind", "written"), SPANS)
def test_a_node_spans_its_text(text: str, kind: str, written: str) -> None:
    found = [node.span.text for node in tree.walk(expression(text)) if type(node).__name__ == kind]
    assert found[0] == written


def test_a_part_lies_within_its_whole() -> None:
    whole = module((Path(__file__).parent.parent / "fuzz" / "seeds" / "tour.lot").read_text(encoding="utf-8"))
    kinds = set()
    for node in tree.walk(whole):
        kinds.add(type(node))
        assert node.span.text.strip()
        for part in tree.parts(node):
            assert node.span.start <= part.span.start < part.span.end <= node.span.end, (node, part)
    every = {k for k in vars(tree).values() if isinstance(k, type) and issubclass(k, tree.Node)} - {tree.Node}
    assert kinds == every


def test_a_newline_ends_a_statement_but_not_within_brackets_or_after_an_operator() -> None:
    assert module("let a = [\n1\n,\n2\n]\nlet b = 1 +\n\n# note\n 2\nlet c = f(\n)\n") == module(
        "let a = [1, 2]\nlet b = 1 + 2\nlet c = f()"
    )
    assert module("fn f() {\n  if a {\n 1 }\n\n # note\n  else { 2 }\n}") == module("fn f() { if a { 1 } else { 2 } }")
    assert module("fn f() { g\n(1) }") == module("fn f() {\n g\n (1)\n}")


def test_an_expression_may_stand_on_lines_of_its_own() -> None:
    assert expression("\n# one\n1 + 2 # two\n\n") == expression("1 + 2")


@pytest.mark.parametrize("text", ["", " ", "# note", "1 2", "let a = 1", "x = 3", "f(x", "1\n2"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(LotError, match=r"LOT-E010[12]"):
        expression(text)


def test_comments_and_blank_lines_are_nothing() -> None:
    assert module("") == module("\n\n") == module("# one\n\n  # two") == module("  ")
    assert module("# one\nlet a = 1 # two\n\n\n# three\nlet b = 2\n# four") == module("let a = 1\nlet b = 2")


@pytest.mark.parametrize(
    ("text", "value"), [("8_000", 8000), ("0.50", Fraction(1, 2)), ("1__0", 10), ("2.0", Fraction(2))]
)
def test_numbers_are_exact(text: str, value: int | Fraction) -> None:
    found = expression(text)
    assert isinstance(found, tree.Number)
    assert (type(found.value), found.value) == (type(value), value)


def test_a_number_with_a_point_where_something_is_counted() -> None:
    for text in ["DEDUCE models 2.5 a(b)", 'ASK m "@{x: int, max 1.5 tokens}"']:
        assert refused(f"let x = {text}").code == "LOT-E0105"
    assert refused('property "p" at least 0.9 against 0.8, within 2.5 calls {}').code == "LOT-E0105"


def test_underscores_may_stand_wherever_a_number_does() -> None:
    held = "at least 0.9_ against 0.8_0, risk 0.0_5, within 2_0_ calls"
    text = f'property "p" {held} {{ given m replies {{ "a" => b at 0.6_ }} }}'
    assert print_module(module(text)).startswith('property "p" at least 0.9 against 0.8, risk 0.05, within 20 calls')
    assert expression("DEDUCE models 1_0 a(b)") == expression("DEDUCE models 10 a(b)")


# what is read as what


def test_words_end_where_words_end() -> None:
    assert refused("fn f() { x andy }").code == "LOT-E0101"
    assert module("fn f() { let android = 1\n android and origin }") == module(
        "fn f() { let android=1\nandroid and origin}"
    )


@pytest.mark.parametrize("word", ["if", "match", "in", "endorse", "READ", "true"])
def test_a_reserved_word_is_no_name(word: str) -> None:
    assert refused(f"let {word} = 3").code == "LOT-E0101"
    assert refused(f"fn {word}() {{}}").code == "LOT-E0101"
    assert refused(f"let a = b.{word}").code == "LOT-E0101"


@pytest.mark.parametrize(
    "word", ["type", "index", "model", "stop", "max", "lines", "from", "expect", "at", "best", "all"]
)
def test_other_words_are_free(word: str) -> None:
    text = f"fn {word}({word}: int) -> int {{ let {word} = {word}.{word}\n {word} + {word}({word} = {word}) }}"
    assert print_module(module(text)) == print_module(module(print_module(module(text))))
    assert expression(f"SCORE m({word}) {word} under {word!r}".replace("'", '"')) is not None


def test_the_model_of_score_takes_the_brackets() -> None:
    found = expression('SCORE m (a) b(c) under "x"')
    assert isinstance(found, tree.Score)
    assert (len(found.model.args), type(found.text)) == (1, tree.Call)


def test_a_label_stands_alone_on_its_line() -> None:
    (fn,) = module("fn f() {\n  next:  # note\n  { next: 1 }\n}").declarations
    assert isinstance(fn, tree.Fn)
    assert [type(s) for s in fn.body.statements] == [tree.Label, tree.Map]


def test_type_brackets_are_no_comparison() -> None:
    text = "memory a: map<text, list<int>>\nlet b = 1 < 2\nlet c: list<int>= []"
    assert module(text) == module("memory a: map<text, list<int>>\n\nlet b = (1 < 2)\nlet c: list<int> = []")


def test_a_reply_matches_a_text_or_all() -> None:
    assert refused('example "e" { given m replies { hello => 1 } }').code == "LOT-E0101"


def test_a_hole_says_each_thing_once() -> None:
    assert refused('let a = "@{x: text, stop "a", stop "b"}"').code == "LOT-E0110"


def test_raw_logic_goes_to_its_brace() -> None:
    body = ' 1 { sits(P, S) : S = 1..4 } 1 :- likes(P, _). % a } here\n a("}"). %* } *% '
    (logic,) = module(f"logic seating(likes: int) -> sits(int) {{{body}}}").declarations
    assert isinstance(logic, tree.Logic)
    assert logic.body == body


# the parser's table


def test_a_damaged_table_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    table.load()
    (saved,) = (tmp_path / "grammar").iterdir()
    whole = saved.read_bytes()
    for damaged in (b"", whole[:100], b"\xff" * 50):
        saved.write_bytes(damaged)
        assert table.load().parse("let a = 1", start="start").data == "start"
        assert len(saved.read_bytes()) > len(whole) // 2


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "grammar").write_text("a file, not a folder")
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    assert table.load().parse("let a = 1", start="start").data == "start"


def test_a_source_made_by_hand_is_parsed_too() -> None:
    """The door is passed by; what stands in the text must still not break the room."""
    found = parse(Source("x", 'let a = """\n \0 ${b}\n """'))
    assert isinstance(found.declarations[0], tree.Let)
    assert Span(found.source, 0, 3).text == "let"
    assert parser.parse(Source("x", "")) == tree.Module(found.source, ())
