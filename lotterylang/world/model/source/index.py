"""The package index: which one this user's pip would ask. Next door: `fetch.py` asks it."""

from __future__ import annotations

import configparser
import os
import sys
from pathlib import Path

DEFAULT_INDEX = "https://pypi.org/simple"


def index_url() -> str:
    """Give the index's address: `PIP_INDEX_URL`, else pip's configuration, else the Python Package Index."""
    named = os.environ.get("PIP_INDEX_URL", "").strip()
    return named or _configured() or DEFAULT_INDEX


def _configured() -> str | None:
    """Read `global.index-url` as pip would; where several files have one, the nearest to the user counts."""
    for path in reversed(_files()):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
            url = parser.get("global", "index-url", fallback="").strip()
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue  # pip's own configuration is pip's to complain about
        if url:
            return url
    return None


def _files() -> list[Path]:
    """List pip's configuration files, the nearest to the user last."""
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    try:
        home = Path.home()
    except RuntimeError:
        return []
    chosen = os.environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    if sys.platform == "win32":
        user = Path(os.environ.get("APPDATA") or home)
    system = [Path("/etc") / name, Path("/etc/xdg/pip") / name]
    files = [*system, home / ".pip" / name, user / "pip" / name, Path(sys.prefix) / name]
    return [*files, *([Path(chosen)] if chosen else [])]
