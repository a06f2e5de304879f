"""`lot repl` in a pipe: entries, declarations, commands, stepping. The dice answer; nothing is fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tiny_llama import tiny

from command import Printed, lot
from lotterylang.check.declared import prelude
from lotterylang.shell.repl.commands import COMMANDS
from lotterylang.shell.repl.completion import completions
from lotterylang.shell.repl.entry import is_open
from lotterylang.shell.repl.live import Live
from lotterylang.shell.repl.state import State
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.table import grammar_text

PROGRAM = """
model small = onnx("smollm2-135m-instruct")
memory head : int = 4
memory tape : cells<text> = "0"
enum Route { calculator = "a calculation", facts }
fn fact(n: int) -> int { if n <= 1 { 1 } else { n * fact(n - 1) } }
fn digit(about: text) -> int { (ASK small "A digit about ${about}: @{n: int where 0 <= n <= 9}").n }
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "program.lot"
    path.write_text(PROGRAM, encoding="utf-8")
    return str(path)


def repl(entries: str, *words: str, model: str = "first") -> Printed:
    return lot("repl", *words, "--model", model, stdin=entries.encode())


def test_an_expression_shows_its_value_and_type() -> None:
    assert repl("1 + 2\n\n# a remark\n[1, 2]\nnone\n").out == "3 : int\n[1, 2] : list<int>\n"
    assert repl('"a" + "b"').out == '"ab" : text\n'


def test_an_entry_goes_on_while_brackets_or_triple_quotes_are_open() -> None:
    assert repl("fn twice(n: int) -> int {\n  n * 2\n}\ntwice(\n4\n)\n").out.endswith("8 : int\n")
    assert repl('"""\n  a {\n  b\n  """\n').out == '"a {\\nb" : text\n'
    assert [is_open(text) for text in ("(", "()", '"(', '"""', '"""x"""', "[1, {", "# (")] == [
        *(True, False, False, True, False, True, False)
    ]


def test_a_declaration_extends_or_replaces_and_all_is_checked_again() -> None:
    first = "fn one() -> int { 1 }\nfn two() -> int { one() + 1 }\ntwo()\n"
    replaced = repl(first + "fn one() -> int { 10 }\ntwo()\n").out
    assert [line for line in replaced.split("\n") if " : " in line and "fn" not in line] == ["2 : int", "11 : int"]
    refused = repl(first + 'fn one() -> text { "x" }\ntwo()\n')
    assert "LOT-E0303" in refused.err
    assert refused.out.endswith("2 : int\n2 : int\n")
    assert refused.status == 2


def test_a_name_keeps_its_value_and_may_be_bound_anew() -> None:
    assert repl("let x = 3\nlet x = x + 1\nx\n").out == "x = 3 : int\nx = 4 : int\n4 : int\n"
    assert repl('let (a, b) = (1, "x")\nb\n').out == 'a = 1 : int\nb = "x" : text\n"x" : text\n'


def test_a_let_that_touches_nothing_is_a_constant_that_functions_see() -> None:
    assert repl("let limit = 3\nfn over(n: int) -> bool { n > limit }\nover(4)\n").out.endswith("true : bool\n")


def test_a_value_that_a_model_gave_is_seen_by_what_is_typed_alone(program: str) -> None:
    printed = repl('let d = digit("x")\nd + 1\nfn f() -> int { d }\n', program)
    assert printed.out == "d = 0 : int\n1 : int\n"
    assert "LOT-E0203" in printed.err


def test_memory_lasts_from_entry_to_entry(program: str) -> None:
    printed = repl('READ head -> h\nWRITE h + 1 -> head\nREAD head -> h\nWRITE "1" -> tape[2]\n:memory\n', program)
    assert printed.out == (
        "h = 4 : int\nh = 5 : int\nhead : int = 5  written by entry#2\n"
        'tape : cells<text>, "0" unless written\n  [2] = "1"  written by entry#4\n'
    )


def test_a_declaration_keeps_what_other_memory_holds(program: str) -> None:
    entries = "WRITE 9 -> head\nmemory other : int\nREAD head -> h\nmemory head : int = 7\nREAD head -> h\n"
    assert repl(entries, program).out.split("\n")[1::2] == ["h = 9 : int", "h = 7 : int"]


def test_a_run_that_fails_changes_nothing(program: str) -> None:
    printed = repl('WRITE 9 -> head\nWRITE 1 -> head\nfail "no"\n', program)
    assert "failed Rejected: no" in printed.err
    both = repl(
        "fn both() {\n  WRITE 9 -> head\n  let a = 1 // 0\n  WRITE a -> head\n}\nboth()\n:memory head\n", program
    )
    assert both.out.endswith("head : int = 4\n")
    assert both.status == 1


def test_undo_takes_back_what_changed_something(program: str) -> None:
    entries = "WRITE 5 -> head\nfn one() -> int { 1 }\none()\n:undo\none()\n:undo\n:memory head\n:undo\n"
    printed = repl(entries, program)
    assert "head : int = 4\n" in printed.out
    assert "`one` is not defined" in printed.err
    assert "LOT-E0631" in printed.err


def test_reset_goes_back_to_the_file(program: str) -> None:
    printed = repl("WRITE 5 -> head\nlet x = 1\n:reset\n:memory head\nx\n:undo\nx\n", program)
    assert "back at the start\nhead : int = 4\nundone\n1 : int\n" in printed.out
    assert "`x` is not defined" in printed.err


def test_load_declares_what_a_file_declares_and_finds_its_imports(program: str, tmp_path: Path) -> None:
    (tmp_path / "more.lot").write_text("fn half(n: number) -> number { n / 2 }\n", encoding="utf-8")
    (tmp_path / "other.lot").write_text("import more\nfn f() -> number { more.half(3) }\n", encoding="utf-8")
    printed = repl(f":load {program}\n:load {tmp_path / 'other.lot'}\nf()\nmore.half(1)\n:load nowhere.lot\n")
    assert "fn fact(n: int) -> int  pure\n" in printed.out
    assert printed.out.endswith("1.5 : number\n0.5 : number\n")
    assert "LOT-E0106" in printed.err


def test_an_import_may_wait_for_its_use() -> None:
    printed = repl("import std.vote\n1\n")
    assert (printed.err, printed.out) == ("", "import vote\n1 : int\n")


def test_declarations_without_a_name_are_shown_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "acts.lot"
    path.write_text('uses tool w("out/")\ntool w(x: int) -> int = pen.w\nfn f() -> int { CALL w(1) }\n')
    entries = 'uses tool w("in/")\nproperty "p" for z: int always { expect z == z }\nexample "e" { expect true }\nf()\n'
    printed = repl(entries, str(path))
    assert printed.out == 'uses tool w\nproperty "p"\nexample "e"\n'
    assert "failed Denied: `w` acts on the world: `--allow 'w(\"in/\")'` lets it" in printed.err


def test_a_tuple_is_declared_and_its_names_may_be_declared_anew() -> None:
    declared = "let (a, b) = (1, 2)\nfn f() -> int { a + b }\nlet a = 5\nf()\nlet (_, b) = (0, 20)\nf()\n"
    printed = repl(declared + "let (a, _) = (a + 1, 0)\na\nf()\n")
    assert [line for line in printed.out.splitlines() if line[0].isdigit()] == [
        "7 : int",
        "25 : int",
        "6 : int",
        "25 : int",
    ]
    assert printed.err == ""


def test_type_says_the_type_and_the_effects_and_runs_nothing(program: str) -> None:
    printed = repl(':type digit("x")\n:type let a = 1 // 0\n:type fn f() {}\n:type\n', program)
    assert printed.out == "int  touches ASK\na : int\n"
    assert printed.err.count("LOT-E0632") == 2


def test_effects_of_functions(program: str) -> None:
    assert repl(":effects fact\n:effects\n", program).out == "fact  pure\nfact  pure\ndigit  touches ASK\n"
    assert "there is `fact`, `digit`" in repl(":effects nope\n", program).err


def test_prompt_shows_exactly_what_would_be_sent_and_counts_tokens(program: str, tmp_path: Path) -> None:
    spec = str(tiny().write(tmp_path / "tiny.gguf"))
    printed = repl(':prompt digit("bears")\n:prompt 1\n:why\n', program, model=spec)
    assert printed.out.startswith(f"── entry/digit/ask#1  {spec}  ")
    head, text, rest = printed.out.split("\n", 2)
    assert (int(head.split()[-2]) > 0, text) == (True, "A digit about bears:")
    assert rest == "it asks no model\n"
    assert "LOT-E0619" in printed.err


def test_prompt_of_a_choice_lists_the_options(program: str) -> None:
    printed = repl(':prompt CHOOSE small(score = "lift") "It ${"x"}:" from Route\n:prompt 1 // 0\n', program)
    assert "   option: ' a calculation'\n   option: ' facts'\n   contrast: 'It :'\n" in printed.out
    assert "failed Undefined" in printed.out


def test_grammar_shows_what_the_model_may_write(program: str) -> None:
    printed = repl(':grammar digit("x")\n:grammar CHOOSE small "It:" from Route\n', program)
    assert "entry/digit/ask#1 @{n}\n  VALUE: /(?:[0-9])/\n" in printed.out
    assert printed.out.endswith("entry/choose#1 chooses from\n  ' a calculation'\n  ' facts'\n")


def test_why_and_budget_tell_of_the_last_entry(program: str) -> None:
    printed = repl('digit("x")\n:why\n:budget\n', program)
    story = '├ entry#1/digit/ask#1\n│   prompt  …A digit about x: @{n}\n│   n  "0"\n└ answer  0\n'
    assert story in printed.out
    assert "calls   last entry 1 of 10,000, session 1\n" in printed.out


def test_help_lists_every_command_and_an_unknown_one_is_refused() -> None:
    printed = repl(":help\n:hepl\n:\n:quit\n1\n")
    assert [name for name in COMMANDS if f"\n:{name} " not in "\n" + printed.out.replace("\n:", "\n:")] == []
    assert "write `:help`" in printed.err
    assert "1 : int" not in printed.out


def test_the_seed_decides_what_the_dice_say(program: str) -> None:
    first, second = (repl('digit("x")\n' * 3, program, "--seed", seed, model="random") for seed in ("1", "2"))
    assert first.out == repl('digit("x")\n' * 3, program, "--seed", "1", model="random").out
    assert first.out != second.out


def test_an_error_ends_nothing_and_sets_the_status() -> None:
    printed = repl("foo\n(\n)\nlet = 3\nfn f() { ) }\n1 + 1\n")
    assert printed.out.endswith("2 : int\n")
    assert printed.status == 2
    assert "Traceback" not in printed.err
    assert lot("repl", stdin=b"\xff\n1 + 1\n").out == "2 : int\n"
    assert lot("repl", stdin=b"(\n1").status == 2


def test_stepping_goes_into_a_recursive_call_and_over_it(program: str) -> None:
    printed = repl(":step fact(3)\n:step\n:step\n:step\n:where\n:next\n:next\n:next\n:next\n:continue\n", program)
    calls = [line.split("  ")[1] for line in printed.out.split("\n") if ".lot:" in line and " deep" in line]
    assert "fact, 2 calls deep" in calls[0] and "fact, 3 calls deep" in calls[2]
    assert "  n = 3\n" in printed.out and "  n = 2\n" in printed.out
    assert "  n = 1\n" not in printed.out
    assert printed.out.endswith("6 : int\n")


def test_stepping_shows_names_memory_and_what_is_sent(program: str) -> None:
    entries = ":step {}\n:step\n:step\n:step\n:memory head\n:step\n:step\n:continue\n:memory head\n"
    body = 'fn go() -> int {\n  let a = 7\n  WRITE a -> head\n  digit("x")\n}\n'
    printed = repl(body + entries.format("go()"), program)
    assert "  a = 7\n" in printed.out
    assert "  next: WRITE\n" in printed.out
    assert "  next: ASK\n" in printed.out
    assert "  sends: ASK small  entry#2/go/digit/ask#1\n    A digit about x: @{n}\n" in printed.out
    assert "head : int = 7  written by entry#2/go\n" in printed.out


def test_a_name_is_shown_only_where_it_stands_for_something() -> None:
    body = "fn f(n: int) -> int {\n  let a = if n > 0 { let inner = 5\n inner } else { 0 }\n  a + g(a)\n}\n"
    printed = repl("fn g(x: int) -> int { x }\n" + body + ":step f(1)\n" + ":step\n" * 20)
    moments = printed.out.split("repl:")
    last_of_f = next(m for m in reversed(moments) if "a = 5" in m)
    assert "inner" not in last_of_f and "n = 1" in last_of_f
    assert printed.out.endswith("10 : int\n")


def test_stepping_visits_bodies_that_run_side_by_side_and_can_stop(program: str) -> None:
    loop = 'for i in 1..2 { digit("${i}") }'
    printed = repl(f":step {loop}\n" + ":step\n" * 30, program)
    assert "A digit about 1" in printed.out and "A digit about 2" in printed.out
    assert "[0, 0] : list<int>" in printed.out
    stopped = repl(":step WRITE 9 -> head\n:stop\n:memory head\n:step 1\n:nonsense\n", program)
    assert "stopped; nothing has changed\nhead : int = 4\n" in stopped.out
    assert ":continue  go on to the end" in stopped.out


def test_what_is_stepped_gives_what_is_run(program: str) -> None:
    entry = 'fold s = 0 for i in 1..3 { s + fact(i) + digit("${i}") }'
    assert repl(f":step {entry}\n:continue\n", program).out.split("\n")[-2] == repl(entry, program).out.split("\n")[-2]


def test_completion_knows_names_the_prelude_instructions_and_commands(program: str) -> None:
    live = Live("first", None)
    live.load(program)

    def words(before: str) -> list[str]:
        return completions(live.state, tuple(COMMANDS), before)[1]

    assert words("fac") == ["fact"]
    assert words("let x = hea") == ["head"]
    assert words("CHO") == ["CHOOSE"]
    assert words("Route.f") == ["facts"]
    assert words(":ty") == [":type"]
    assert set(prelude()) <= set(words(""))
    folder = Path(program).parent
    assert words(f":load {folder}/pro") == [program]
    assert words(":load /nowhere/x") == []


def test_completion_knows_every_word_of_the_grammar() -> None:
    terminals = re.findall(r'^_?[A-Z_]+: "([A-Za-z]+)"$', grammar_text(), re.MULTILINE)
    assert len(terminals) > 80
    assert set(terminals) <= set(completions(Live("first", None).state, (), "")[1])


@pytest.mark.parametrize(
    ("begun", "word"),
    [("JU", "JUMP"), ("DED", "DEDUCE"), ("  cat", "catch"), ("retr", "retry"), ("solv", "solver"), ("impor", "import")],
)
def test_a_word_of_the_language_is_completed(begun: str, word: str) -> None:
    assert completions(Live("first", None).state, (), begun) == (begun.strip(), [word])


def test_a_state_never_changes(program: str) -> None:
    live = Live("first", None)
    live.load(program)
    before: State = live.state
    live.load(program)
    assert live.states[-2] is before
    with pytest.raises(LotError, match="LOT-E0203"):
        live.check(_block(live, "nope"))


def _block(live: Live, text: str):  # type: ignore[no-untyped-def]
    from lotterylang.shell.repl.entry import parsed

    return parsed(live.source(text))
