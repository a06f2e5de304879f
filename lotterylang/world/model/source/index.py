"""The package indexes: which ones this user's pip would ask, and in what order. Next door: `fetch.py` asks them."""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import os
import ssl
import sys
from pathlib import Path

DEFAULT_INDEX = "https://pypi.org/simple"


def index_urls() -> list[str]:
    """Give the addresses to ask, in order: the index, then the extra ones.

    Each of both is what the environment says (`PIP_INDEX_URL`, `PIP_EXTRA_INDEX_URL`), else pip's configuration, else
    the Python Package Index and nothing extra. Extra ones that are folders on a disk hold no web pages: left out.
    """
    first = _said("PIP_INDEX_URL", "index-url") or [DEFAULT_INDEX]
    extra = [url for url in _said("PIP_EXTRA_INDEX_URL", "extra-index-url") if url.startswith(_WEB)]
    return list(dict.fromkeys([first[0], *extra]))


def trusted() -> ssl.SSLContext:
    """Give the certificates to trust: those that pip is told (`PIP_CERT`), else the system's.

    Some builds of Python for macOS know no certificates of the system: then those of `certifi`, if it is installed.
    Errors: OSError for a file that is not there or holds none.
    """
    told = _said("PIP_CERT", "cert")
    if told:
        return ssl.create_default_context(cafile=told[0])
    known = ssl.get_default_verify_paths()
    if known.cafile is None and known.capath is None and importlib.util.find_spec("certifi") is not None:
        return ssl.create_default_context(cafile=importlib.import_module("certifi").where())
    return ssl.create_default_context()


_WEB = ("http://", "https://")


def _said(variable: str, key: str) -> list[str]:
    """Read a setting of pip, which may be several words."""
    return os.environ.get(variable, "").split() or _configured(key)


def _configured(key: str) -> list[str]:
    """Read a setting of section `global`; where several files have it, the nearest to the user counts."""
    for path in reversed(_files()):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
            words = parser.get("global", key, fallback="").split()
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue  # pip's own configuration is pip's to complain about
        if words:
            return words
    return []


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
