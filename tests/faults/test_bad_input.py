"""Bad input: one diagnostic each, with a code and help, an exit status that is not 0, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from command import Printed, lot

GOOD = 'fn run(n: int = 1) -> int { n }\nmodel small = onnx("smollm2-135m-instruct")\n'
ASKING = 'model small = onnx("{spec}")\nfn run() -> int {{ (ASK small "n: @{{n: int}}").n }}\n'


def program(folder: Path, text: str | bytes, name: str = "p.lot") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


SOURCES: dict[str, tuple[str | bytes, str]] = {
    "syntax": ("fn run( { 1 }", "E0101"),
    "text that ends too early": ("fn run() -> int {", "E0102"),
    "open prompt": ('fn run() -> text { """never closed }', "E0102"),
    "open quote": ('let a = "never closed\n', "E0102"),
    "escape": ('let a = "\\q"', "E0104"),
    "300,000 brackets": ("let a = " + "[" * 300_000 + "]" * 300_000, "E0103"),
    "a number of 10,000 digits": ("let a = " + "9" * 10_000, "E0105"),
    "NUL": ("let a = 1\0", "E0108"),
    "not UTF-8": (b"let a = \xff\xfe", "E0107"),
    "UTF-16": ("let a = 1".encode("utf-16"), "E0107"),
    "10 MB": (b"# x\n" * 2_500_000, "E0109"),
    "name": ("fn run() -> int { taly }", "E02"),
    "type": ('fn run() -> int { "a" }', "E03"),
    "argument missing": ("fn f(x: int) -> int { x }\nfn run() -> int { f() }", "E03"),
    "hole without bound": ('model m = first()\nfn run() -> text { (ASK m "@{x: text}").x }', "E04"),
    "unknown label": ("fn run() -> int {\n  JUMP nowhere\n  1\n}", "E0"),
    "not built yet": ('property "p" for x: int at least 0.9 against 0.8 { expect x == x }', "E0901"),
    "effect in a guard": (
        'model m = first()\nfn run() -> int { for x in [1] if (CHOOSE m "?" from bool).value { x } [0] }',
        "E0",
    ),
    "constant that fails": ("let a = 1 // 0\nfn run() -> int { a }", "E0603"),
    "an endless loop": ("fn run() -> int { run() }", "E"),
}


@pytest.mark.parametrize("what", SOURCES)
def test_a_bad_program_gives_one_clear_diagnostic(what: str, tmp_path: Path) -> None:
    text, code = SOURCES[what]
    printed = lot("run", program(tmp_path, text))
    if what == "an endless loop":
        assert printed.status == 1
        assert "BudgetSpent" in printed.err
        assert "more\n" in printed.err and len(printed.err) < 40_000
        return
    assert_diagnosed(printed, code)


COMMANDS: dict[str, tuple[Callable[[Path], list[str]], str]] = {
    "missing file": (lambda d: ["run", str(d / "none.lot")], "E0106"),
    "a folder": (lambda d: ["run", str(d)], "E0106"),
    "a name with NUL": (lambda d: ["check", "a\0b.lot"], "E0106"),
    "a very long name": (lambda d: ["check", "a" * 5000], "E0106"),
    "a device that never ends": (lambda d: ["check", "/dev/zero"], "E0109"),
    "unknown function": (lambda d: ["run", program(d, GOOD) + ":walk"], "E0615"),
    "no function": (lambda d: ["run", program(d, "let a = 1")], "E0615"),
    "no argument at all": (lambda d: ["run", program(d, GOOD), "n"], "E0611"),
    "unknown argument": (lambda d: ["run", program(d, GOOD), "m=1"], "E0614"),
    "argument of another type": (lambda d: ["run", program(d, GOOD), "n=one"], "E0613"),
    "argument that is not JSON": (lambda d: ["run", program(d, GOOD), "n:=[1"], "E0613"),
    "nested JSON": (lambda d: ["run", program(d, GOOD), "n:=" + "[" * 100_000], "E0613"),
    "argument with half of a pair": (
        lambda d: ["run", program(d, "fn run(t: text) -> text { t }"), r't:="\ud800"'],
        "E0613",
    ),
    "argument missing": (lambda d: ["run", program(d, "fn run(x: int) -> int { x }")], "E0616"),
    "argument from a missing file": (lambda d: ["run", program(d, GOOD), "n=@none"], "E0612"),
    "argument from a folder": (lambda d: ["run", program(d, GOOD), f"n=@{d}"], "E0612"),
    "expression": (lambda d: ["run", program(d, GOOD), "-e", "1 +"], "E0101"),
    "expression with an unknown name": (lambda d: ["run", program(d, GOOD), "-e", "missing"], "E02"),
    "no run to explain": (lambda d: ["why"], "E0619"),
    "what is no journal": (lambda d: ["why", program(d, GOOD)], "E0601"),
    "unknown model": (lambda d: ["run", program(d, ASKING.format(spec="gpt-9")), "--model", "gpt-9"], "E0703"),
    "declared model unknown": (lambda d: ["run", program(d, ASKING.format(spec="smollm3"))], "E0703"),
    "missing GGUF": (lambda d: ["run", program(d, ASKING.format(spec="x")), "--model", str(d / "none.gguf")], "E07"),
    "empty GGUF": (lambda d: ["run", program(d, ASKING.format(spec="x")), "--model", program(d, b"", "e.gguf")], "E07"),
    "truncated GGUF": (
        lambda d: [
            "run",
            program(d, ASKING.format(spec="x")),
            "--model",
            program(d, b"GGUF\x03\0\0\0" + b"\1" * 40, "t.gguf"),
        ],
        "E07",
    ),
    "model path of a model that is not here": (lambda d: ["model", "path", "smollm2-135m-instruct"], "E0618"),
    "getting an unknown model": (lambda d: ["model", "get", "gpt-9"], "E0703"),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_a_bad_command_gives_one_clear_diagnostic(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    words, code = COMMANDS[what]
    assert_diagnosed(lot(*words(tmp_path)), code)
    assert lot("run", program(tmp_path, GOOD, "good.lot")).out == "1\n"


def assert_diagnosed(printed: Printed, code: str) -> None:
    assert printed.status == 2, printed
    found = re.findall(r"^error\[LOT-(E\d{4})\]: ", printed.err, re.MULTILINE)
    assert len(found) == 1, printed.err
    assert found[0].startswith(code), printed.err
    assert "\nhelp: " in printed.err, printed.err
    assert "Traceback" not in printed.err
    assert len(printed.err) < 4000


def test_errors_are_data_with_json(tmp_path: Path) -> None:
    printed = lot("check", "--json", program(tmp_path, "fn run() -> int { taly }"))
    assert printed.status == 2
    (found,) = json.loads(printed.out)["errors"]
    assert found["code"].startswith("LOT-E02")
    assert found["labels"][0]["line"] == 1


def process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from lotterylang.shell.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


def test_a_home_that_cannot_be_written_is_no_obstacle_to_what_needs_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = process("run", program(tmp_path, GOOD), LOTTERY_HOME=str(tmp_path / "file" / "home"))
    assert (ended.returncode, ended.stdout) == (0, "1\n")


def test_a_home_that_cannot_be_written_is_said_where_it_matters(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = process("model", "get", "smollm2-135m-instruct", LOTTERY_HOME=str(tmp_path / "file" / "home"))
    assert_diagnosed(Printed(ended.returncode, ended.stdout, ended.stderr), "E07")


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    command = (
        f"{sys.executable} -c 'from lotterylang.shell.cli import main; main()' check {program(tmp_path, GOOD)} | true"
    )
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in ended.stderr


def test_a_full_disk_is_said_and_leaves_the_cache_usable(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the write fails with an error of the system."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))"
    code = f"{limit}; from lotterylang.shell.cli import main; main()"
    home = str(tmp_path / "home")
    command = [sys.executable, "-c", code, "run", program(tmp_path, GOOD)]
    ended = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "LOTTERY_HOME": home}, check=False
    )
    assert "Traceback" not in ended.stderr
    assert process("run", program(tmp_path, GOOD), LOTTERY_HOME=home).stdout == "1\n"
