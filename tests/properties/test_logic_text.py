"""The text of rules is read before clingo sees it: what passes opens no file, whatever it is made of."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from clingo import ast
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lotterylang.syntax.logic.safety import Refused, refuse_words

FILE = "#include FILE"
PIECES = ["%", "%*", "*%", "*", '"', "\\", "\n", "\\n", "\\q", ".", " a", "(", ")", "'", "@f(", FILE, ". " + FILE + "."]


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("rules") / "secret.lp"
    path.write_text("secret(42).", encoding="utf-8")
    return f'#include "{path}"'


@settings(max_examples=2_000, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example('%* % *%\n" *% #include FILE. %"')
@example('a. "\\q. #include FILE. "')
def test_what_passes_opens_no_file(secret: str, rules: str) -> None:
    text = rules.replace(FILE, secret)
    try:
        refuse_words(text)
    except Refused:
        return
    opened: list[str] = []

    def see(statement: ast.AST) -> None:
        if "secret(42)" in str(statement):
            opened.append(statement.location.begin.filename)

    with suppress(RuntimeError):
        ast.parse_string(text, see, logger=lambda _, message: opened.extend([message] * ("secret.lp" in message)))
    assert not opened
