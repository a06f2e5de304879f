"""Diagnostics of what lies outside a program, whole: files, the network, models, the command line.

`tests/messages/outside/NAME.txt` holds the words; NAME begins with the code. Folders, addresses and numbers that differ
from run to run are written `FOLDER`, `ADDRESS`, `NAME`. Accept new words by `LOT_ACCEPT=1 pytest TEST`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from lotterylang.syntax.diagnostics import LotError

MESSAGES = Path(__file__).parent / "messages" / "outside"


def assert_golden(name: str, said: LotError | str, folder: Path | None = None) -> None:
    """See that what is said is what was accepted."""
    words = str(said).rstrip("\n") + "\n"
    if folder is not None:
        words = words.replace(str(folder), "FOLDER")
    words = re.sub(r"runs/[\w-]+\.jsonl", "runs/NAME.jsonl", words)
    words = re.sub(r"http://127\.0\.0\.1:\d+", "ADDRESS", words)
    path = MESSAGES / f"{name}.txt"
    if os.environ.get("LOT_ACCEPT"):
        MESSAGES.mkdir(exist_ok=True)
        path.write_text(words, encoding="utf-8")
    assert words == path.read_text(encoding="utf-8")
    assert words.startswith(f"error[{name[:9]}]: ")
    assert "\nhelp: " in words
