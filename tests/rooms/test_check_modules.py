"""Programs of several files: what they may share, where the errors point, what the hash covers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from command import lot
from lotterylang.check import check, check_expression
from lotterylang.check.program import Program
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import read, source_of
from lotterylang.testing.examples import run_examples
from lotterylang.testing.properties import run_properties

ROOT = Path(__file__).parents[2]
LIBRARY = sorted((ROOT / "stdlib").rglob("*.lot"))

COLOURS = """\
type Paint { name: text, share: number where 0 <= share <= 1 }
enum Tone { warm = "a warm one", cold }
let red = Paint(name = "red", share = 0.5)
memory pot : text = "empty"
fn _mixed(a: Paint, b: Paint) -> text { "${a.name} ${b.name}" }
fn mixed(paints: list<Paint>) -> text {
  let names = for p in paints { p.name }
  WRITE join(names, "+") -> pot
  READ pot -> count
  "${count} ${len(names)} ${_mixed(paints[0], red)}"
}
fn tone_of(paint: Paint) -> Tone { if paint.name == "red" { Tone.warm } else { Tone.cold } }
example "its own" { expect mixed([red]) == "red 1 red red" }
"""


def files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.lot").write_text(text, encoding="utf-8")
    return folder / "main.lot"


def program(folder: Path, **texts: str) -> Program:
    return check(read(files(folder, **texts)))


def refused(folder: Path, **texts: str) -> LotError:
    with pytest.raises(LotError) as caught:
        program(folder, **texts)
    return caught.value


def passed(checked: Program) -> None:
    verdicts = run_examples(checked)
    assert verdicts and [v for v in verdicts if v.problem is not None] == []


ACTING = 'tool act(x: text) -> int = "./p.py:act"\nfn go() -> int { CALL act("x") }\n'
USING = 'import "lib.lot" as l\nfn main() -> int { l.go() }\n'


@pytest.mark.parametrize("of_lib", ["", "uses tool act\n"])
def test_the_main_file_alone_grants_what_a_module_calls(tmp_path: Path, of_lib: str) -> None:
    assert program(tmp_path, main="uses tool act\n" + USING, lib=of_lib + ACTING).grants
    [missing] = refused(tmp_path, main=USING, lib=of_lib + ACTING).diagnostics
    assert missing.code == "LOT-E0521" and missing.label.span.source.name.endswith("lib.lot")


def test_a_module_by_itself_is_its_own_main_file(tmp_path: Path) -> None:
    [missing] = refused(tmp_path, main=ACTING).diagnostics
    assert missing.code == "LOT-E0521"


def test_what_the_main_file_calls_pure_is_fed_by_documents_in_a_module(tmp_path: Path) -> None:
    lib = 'tool act(x: text) -> int = "./p.py:act"\nfn go(found: list<Hit>) -> int { CALL act(found[0].text) }\n'
    main = 'import "lib.lot" as l\nindex w = hnsw("w.txt")\nfn main() -> int { l.go(FIND 1 in w for "a") }\n'
    assert program(tmp_path, main="uses pure tool act\n" + main, lib=lib).grants
    assert refused(tmp_path, main="uses tool act\n" + main, lib=lib).diagnostics


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library_keeps_its_own_promises(path: Path) -> None:
    checked = check(read(path))
    passed(checked)
    assert [v for v in run_properties(checked, samples=40) if v.problem is not None] == []


def test_functions_types_constants_and_enums_of_another_file(tmp_path: Path) -> None:
    main = """\
    import colours
    fn favourite(paint: colours.Paint) -> text { match colours.tone_of(paint) { warm => "w", cold => "c" } }
    fn main() -> text {
      let blue = colours.Paint(name = "blue", share = 1)
      let all = colours.mixed([blue, colours.red])
      "${all} ${favourite(blue)} ${colours.red.name} ${colours.Tone.warm}"
    }
    example "all" { expect main() == "blue+red 2 blue red c red a warm one" }
    example "conditions hold" { expect colours.Paint(name = "x", share = 2) fails Rejected }
    """
    passed(program(tmp_path, colours=COLOURS, main=main))


def test_names_of_the_main_file_do_not_reach_into_a_library(tmp_path: Path) -> None:
    main = """\
    import colours
    type T { x: int }
    let names = 3
    fn count(x: int) -> int { x }
    fn len(x: int) -> int { 100 }
    fn join(x: int) -> int { x }
    fn p(x: int) -> int { x }
    fn main() -> text { colours.mixed([colours.red]) }
    example "its own `len`" { expect main() == "red 1 red red" and len(3) == 100 and count(names) == 3 }
    """
    passed(program(tmp_path, colours=COLOURS, main=main))


def test_a_field_or_hole_may_have_the_name_of_a_module(tmp_path: Path) -> None:
    main = """\
    import colours
    type Pot { colours: int where colours > 0, lid: colours.Paint }
    fn main() -> int { Pot(colours = 2, lid = colours.red).colours }
    example "it" { expect main() == 2 }
    """
    passed(program(tmp_path, colours=COLOURS, main=main))


def test_paths_begin_beside_the_importing_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    files(tmp_path / "deep", near="import far\nfn near() -> int { far() + 1 }", far="fn far() -> int { 1 }")
    main = 'import "deep/near.lot"\nimport deep.far as away\nexample "e" { expect near() + away.far() == 3 }'
    passed(program(tmp_path, main=main))


def test_a_module_reached_on_two_ways_is_one(tmp_path: Path) -> None:
    store = "memory seen : int = 0\nfn note() -> int {\n  READ seen -> n\n  WRITE n + 1 -> seen\n  n + 1\n}"
    main = 'import store\nimport other\nexample "e" { expect store.note() == 1 and other() == 2 }'
    passed(program(tmp_path, store=store, other="import store\nfn other() -> int { store.note() }", main=main))


def test_memory_and_private_names_stay_inside(tmp_path: Path) -> None:
    main = "import colours\nfn main() -> text { colours._mixed(colours.red, colours.pot) }"
    problem = refused(tmp_path, colours=COLOURS, main=main)
    assert [d.code for d in problem.diagnostics] == ["LOT-E0225", "LOT-E0225"]
    assert "`_mixed` of the module `colours` is its own" in str(problem)
    assert "colours.lot:5:4: declared here" in str(problem)


def test_an_error_in_a_library_points_into_its_file(tmp_path: Path) -> None:
    problem = refused(tmp_path, bad="fn bad() -> int {\n  missing\n}", main="import bad\nfn main() -> int { bad() }")
    (found,) = problem.diagnostics
    assert found.code == "LOT-E0203" and found.label is not None
    assert found.label.span.place == f"{tmp_path / 'bad.lot'}:2:3"


def test_an_error_of_a_call_shows_the_declaration_in_the_other_file(tmp_path: Path) -> None:
    problem = refused(tmp_path, colours=COLOURS, main="import colours\nfn main() -> text { colours.mixed() }")
    assert re.search(r"main\.lot:2:21\n", str(problem)) and "colours.lot:6:4: declared here" in str(problem)


@pytest.mark.parametrize(
    ("texts", "way"),
    [
        ({"main": "import main\nfn f() -> int { main() }"}, "main.lot → main.lot"),
        ({"main": "import a", "a": "import b", "b": "import a"}, "a.lot → b.lot → a.lot"),
    ],
)
def test_a_circle_is_shown(tmp_path: Path, texts: dict[str, str], way: str) -> None:
    (found,) = refused(tmp_path, **texts).diagnostics
    assert found.code == "LOT-E0222" and way in found.message


def test_a_close_name_is_offered(tmp_path: Path) -> None:
    assert "write `import colours`" in str(refused(tmp_path, colours=COLOURS, main="import colour\n"))
    assert "write `import std.vote`" in str(refused(tmp_path, main="import vote\n"))
    assert "write `import std.vote`" in str(refused(tmp_path, main="import std.votes\n"))
    text = "import colours\nfn f(p: colours.Paint) -> text { colours.mixd([p]) }"
    assert "write `colours.mixed`" in str(refused(tmp_path, colours=COLOURS, main=text))


def test_the_hash_covers_what_is_imported_and_not_its_tests(tmp_path: Path) -> None:
    main = "import colours\nfn main() -> text { colours.mixed([colours.red]) }"
    first = program(tmp_path, colours=COLOURS, main=main).hash
    assert program(tmp_path, colours=COLOURS + '# more\nexample "m" { expect 1 == 1 }', main=main).hash == first
    assert program(tmp_path, colours=COLOURS.replace("0.5", "0.6"), main=main).hash != first


def test_an_expression_sees_the_imports(tmp_path: Path) -> None:
    checked = program(tmp_path, colours=COLOURS, main="import colours\nlet x = colours.red")
    assert str(check_expression(checked, source_of("e", "colours.mixed([x])"), {}).type) == "text"


def test_the_command_line_works_across_files(tmp_path: Path) -> None:
    text = "import colours\nfn main() -> text { colours.mixed([colours.red]) }"
    main = str(files(tmp_path, colours=COLOURS, main=text))
    assert lot("run", main).out == "red 1 red red\n"
    assert lot("check", main, "--effects").out == f"{main}: main: READ, WRITE\n"
    assert lot("check", main).status == 0 and lot("test", str(tmp_path / "colours.lot")).status == 0


def test_a_prompt_of_a_library_is_asked_and_shown_by_its_path(tmp_path: Path) -> None:
    ask = 'fn asks(q: text) -> text { (ASK small "${q}: @{a: text, max 5 tokens}").a }'
    asks = f'model small = onnx("smollm2-135m-instruct")\n{ask}'
    main = 'import asks\nfn main() -> text { asks("sky") }'
    path = str(files(tmp_path, asks=asks, main=main))
    printed = lot("run", path, "--model", "first", "--json")
    assert printed.status == 0, printed.err
    assert "main/asks.asks/ask#1" in lot("why").out


def test_a_pattern_names_a_type_of_a_module(tmp_path: Path) -> None:
    main = """\
import "colours.lot" as colours
fn shown(paint: colours.Paint?) -> text { match paint { colours.Paint as p => p.name, none => "bare" } }
example "it matches" { expect [shown(colours.red), shown(none)] == ["red", "bare"] }
"""
    passed(program(tmp_path, colours=COLOURS, main=main))


def test_a_function_of_a_module_takes_an_index(tmp_path: Path) -> None:
    library = "fn best(ix: index, q: text) -> text { (FIND 1 in ix for q)[0].text }\n"
    main = """\
import "rag.lot" as rag
index wiki = hnsw("wiki.jsonl")
example "it is searched" {
  given wiki = ["Paris"]
  expect rag.best(wiki, "capital") == "Paris"
}
"""
    passed(program(tmp_path, rag=library, main=main))


def test_what_a_function_of_a_module_gives_may_be_given(tmp_path: Path) -> None:
    library = """\
fn asked(m: model, q: text) -> text { (ASK m "${q} @{word: text, max 3 tokens}").word }
fn both(m: model, q: text) -> text { asked(m, q) + asked(m, "other") }
"""
    main = """\
import "rag.lot" as rag
model small = first()
fn own() -> text { (ASK small "mine @{word: text, max 3 tokens}").word }
example "its replies, and its value" {
  given rag.asked replies { "capital" => "Paris", "other" => "Lyon" }
  given small replies { _ => "small" }
  expect rag.both(small, "capital") == "ParisLyon"
  expect own() == "small"
}
example "its value" {
  given rag.asked(small, "other") = "?"
  given rag.asked = "!"
  expect rag.both(small, "capital") == "!?"
}
"""
    passed(program(tmp_path, rag=library, main=main))
