"""`lot init`: a small project in a folder: a program with examples, a text, what to type. Nothing is overwritten."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from lotterylang.syntax.diagnostics import error

FILES = {"find.lot": "find.lot", "notes.txt": "notes.txt", "README.md": "README.md", "gitignore": ".gitignore"}
"""The pages of `project/` and what they are called in a project."""


def made(folder: Path) -> list[str]:
    """Write the project; give the names of its files. Errors: LOT-E0621 if one of them is there already."""
    for name in FILES.values():
        if (folder / name).exists() or (folder / name).is_symlink():
            raise error(
                "LOT-E0621", f"`{folder / name}` is there already", help="name an empty folder: `lot init NAME`"
            )
    folder.mkdir(parents=True, exist_ok=True)
    pages = files("lotterylang.shell") / "project"
    for page, name in FILES.items():
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write((pages / page).read_text(encoding="utf-8"))
    return list(FILES.values())
