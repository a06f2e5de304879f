"""The tokenizer of a folder: tokenizer.json and what stands beside it in, a vocabulary out.

The tokenizer is used as it is, but for what would put tokens or spaces into the middle of a prompt: those are taken
out of it and said in the vocabulary, for `template.py` to do. Next door: `folder.py`; `../tokenizer.py` opens it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.weights.checkpoint import SpaceFirst, Vocabulary

TOKENIZER = "tokenizer.json"
TEMPLATE = "chat_template.jinja"
_SETTINGS, _GENERATION, _OLD_TEMPLATE = "tokenizer_config.json", "generation_config.json", "chat_template.json"
FILES = (TOKENIZER, _SETTINGS, _GENERATION, TEMPLATE, _OLD_TEMPLATE)
"""What may say something of the tokenizer; only the first must be there."""

_PLAIN, _CONTROL, _OWN = 1, 3, 4  # GGUF's kinds
_SCHEMES: dict[str, SpaceFirst] = {"always": "run", "first": "text", "never": "never"}

Json = dict[str, Any]


def vocabulary_of(path: Path, config: Json) -> Vocabulary:
    """Read all that a folder says of its tokenizer. Errors: `LOT-E0723` if it is damaged or not supported."""
    try:
        whole: Json = json.loads((path / TOKENIZER).read_text(encoding="utf-8"))
    except OSError as cause:
        raise error(
            "LOT-E0723",
            f"the model's folder has no {TOKENIZER}: {path}",
            help="take a model that has one, or a GGUF file",
        ) from cause
    except (ValueError, RecursionError) as cause:
        raise _damaged(path, "no JSON") from cause
    try:
        return _read(path, whole, _settings(path / _SETTINGS), config)
    except (KeyError, TypeError, ValueError, AttributeError) as cause:
        raise _damaged(path, str(cause)) from cause


def _read(path: Path, whole: Json, settings: Json, config: Json) -> Vocabulary:
    if whole["model"].get("type", "BPE") != "BPE":
        raise _unknown(f"`{whole['model']['type']}`")
    ids: dict[str, int] = dict(whole["model"]["vocab"])
    added = {token["content"]: token for token in whole.get("added_tokens") or []}
    ids |= {content: int(token["id"]) for content, token in added.items()}
    spelled = {id: token for token, id in ids.items()}
    tokens = tuple(spelled.get(id, "") for id in range(max(spelled) + 1))
    generation = _settings(path / _GENERATION)
    begin = _id(settings.get("bos_token"), ids, config.get("bos_token_id"))
    end = _id(settings.get("eos_token"), ids, None)
    more = [*_listed(generation.get("eos_token_id")), *_listed(config.get("eos_token_id"))]
    begins_with = _begins_with(whole, begin)
    return Vocabulary(
        model=_spelling(whole),
        splitter="own",
        tokens=tokens,
        kinds=tuple(_kind(added.get(token)) for token in tokens),
        merges=(),
        begin=begin,
        end=end if end is not None else (more[0] if more else None),
        begins_with=begins_with,
        chat_template=_template(path, settings),
        space_first=_without_spaces(whole),
        more_ends=tuple(more),
        json=json.dumps(whole | {"post_processor": None, "truncation": None, "padding": None}, ensure_ascii=False),
    )


def _spelling(whole: Json) -> str:
    """Tell how tokens spell bytes, by GGUF's names: `gpt2` any byte as a character, `llama` with `▁` and `<0x0A>`."""
    kinds = {part["type"] for part in _parts(whole.get("decoder"), "decoders")}
    if "ByteLevel" in kinds:
        return "gpt2"
    if whole["model"].get("byte_fallback") and kinds & {"ByteFallback", "Metaspace"}:
        return "llama"
    raise _unknown(f"whose decoder is {', '.join(sorted(kinds)) or 'nothing'}")


def _without_spaces(whole: Json) -> SpaceFirst:
    """Take out what puts a space before text; tell where it did."""
    found: SpaceFirst = "never"
    normalizers = _parts(whole.get("normalizer"), "normalizers")
    if any(part["type"] == "Prepend" for part in normalizers):
        found = "run"
        rest = [part for part in normalizers if part["type"] != "Prepend"]
        whole["normalizer"] = {"type": "Sequence", "normalizers": rest}
    for part in _parts(whole.get("pre_tokenizer"), "pretokenizers"):
        if part["type"] == "Metaspace":
            scheme = part.get("prepend_scheme") or ("always" if part.get("add_prefix_space", True) else "never")
            found = _SCHEMES[scheme]
            part.pop("add_prefix_space", None)
            part["prepend_scheme"] = "never"
        elif part["type"] == "ByteLevel" and part.get("add_prefix_space"):
            found, part["add_prefix_space"] = "run", False
    return found


def _begins_with(whole: Json, begin: int | None) -> bool:
    """Tell whether the tokenizer puts its first token before a text, by asking it."""
    from tokenizers import Tokenizer

    try:
        found: list[int] = Tokenizer.from_str(json.dumps(whole)).encode("a", add_special_tokens=True).ids
    except Exception as cause:  # tokenizers raises plain Exception for whatever it cannot read
        raise ValueError(str(cause)) from cause
    return begin is not None and found[:1] == [begin]


def _parts(part: Json | None, key: str) -> list[Json]:
    if part is None:
        return []
    return [inner for one in part[key] for inner in _parts(one, key)] if part["type"] == "Sequence" else [part]


def _kind(added: Json | None) -> int:
    if added is None:
        return _PLAIN
    return _CONTROL if added.get("special") else _OWN


def _id(token: Any, ids: dict[str, int], default: Any) -> int | None:
    """Give the id of a token that is written as a text, or with its properties."""
    content = token.get("content") if isinstance(token, dict) else token
    if isinstance(content, str) and content in ids:
        return ids[content]
    return int(default) if isinstance(default, int) else None


def _listed(ids: Any) -> list[int]:
    return [int(id) for id in (ids if isinstance(ids, list) else [ids]) if id is not None]


def _template(path: Path, settings: Json) -> str | None:
    try:
        return (path / TEMPLATE).read_text(encoding="utf-8")
    except OSError:
        found = settings.get("chat_template") or _settings(path / _OLD_TEMPLATE).get("chat_template")
    if isinstance(found, list):  # several by name
        named = {one["name"]: one["template"] for one in found}
        found = named.get("default", next(iter(named.values()), None))
    return found if isinstance(found, str) else None


def _settings(path: Path) -> Json:
    """Read a file that need not be there."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} is no JSON object")
    return found


def _unknown(what: str) -> LotError:
    return error(
        "LOT-E0723",
        f"a tokenizer {what} is not supported",
        help="choose a model with a BPE tokenizer, as the families that are known have",
    )


def _damaged(path: Path, fact: str) -> LotError:
    return error("LOT-E0723", f"the model's tokenizer is damaged: {path}: {fact}", help="fetch the model again")
