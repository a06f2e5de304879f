"""Docstrings name the modules next door: each one named must be there.

A path counts from the folder of the module that names it, or from a folder above it, up to the root of the repository.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "lotterylang").rglob("*.py"))


def _docstrings(text: str) -> Iterator[str]:
    """Give every text that is a statement of its own: those of modules, classes, functions and constants."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def _named(text: str) -> list[str]:
    """List the modules that the docstrings of a text name in backticks, alone or in a command."""
    spans = [span for said in _docstrings(text) for span in re.findall(r"`([^`\n]+)`", said)]
    return [word for span in spans for word in span.split() if word.endswith(".py")]


def _gone(module: Path, text: str) -> list[str]:
    above = [folder for folder in module.parents if folder.is_relative_to(ROOT)]
    return [path for path in _named(text) if not any((folder / path).exists() for folder in above)]


def test_every_module_that_a_docstring_names_is_there() -> None:
    texts = {module: module.read_text(encoding="utf-8") for module in MODULES}
    assert sum(len(_named(text)) for text in texts.values()) > 200
    assert {
        str(module.relative_to(ROOT)): gone for module, text in texts.items() if (gone := _gone(module, text))
    } == {}


def test_a_module_that_is_gone_is_seen() -> None:
    text = '''"""`machine.py`, `lower.py`."""
LIMIT = 1
"""`python lower/unit.py FILE`, `python unit.py`, `../check/checker.py`."""
def walk() -> str:
    """As `bench/soak.py`, not as `parser.py`, which lies elsewhere, or gone.py without marks."""
    return "`text.py`"  # `comment.py`
'''
    assert _gone(ROOT / "lotterylang" / "run" / "runner.py", text) == ["lower.py", "unit.py", "parser.py"]
