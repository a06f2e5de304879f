"""The tokenizer: a vocabulary in, a `tokenizers` object out; text to ids and ids to bytes.

Text that a program or a user brings is data: it is encoded with control tokens off, so no text can become one. Control
tokens are put between texts by their ids (`template.py`). Next door: `pieces.py` is for vocabularies that write `▁`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.pieces import piece_bytes, rebuilt_pieces
from lotterylang.world.model.weights.checkpoint import Vocabulary

UNKNOWN, CONTROL, OWN = 2, 3, 4
"""GGUF's kinds: the token for what has none, a control token, a text that is one token wherever it stands."""

LLAMA3 = ("llama-bpe", "llama3", "llama-v3")
"""Names of Llama 3's way, which takes a word that is a token as it is, whatever the merges would make of it."""

_LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
_QWEN = _LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
_SPLITTERS: dict[str, str | None] = {
    "default": None,
    "gpt-2": None,
    "smollm": "digits",
    **dict.fromkeys(LLAMA3, _LLAMA3),
    "qwen2": _QWEN,
    "deepseek-r1-qwen": _QWEN,
}


def rebuilt(vocabulary: Vocabulary) -> Any:
    """Rebuild the tokenizer that a vocabulary describes, as a `tokenizers.Tokenizer`.

    Errors: `LOT-E0723` for a tokenizer of an unknown kind, that splits text in an unknown way, or that is damaged.
    """
    if vocabulary.json is not None:
        return _own(vocabulary, vocabulary.json)
    if vocabulary.model not in ("gpt2", "llama"):
        raise error("LOT-E0723", f"the model's tokenizer `{vocabulary.model}` is not supported", help=_SUPPORTED)
    splitter = _splitter(vocabulary.splitter) if vocabulary.model == "gpt2" else None
    tokenizer = _told(lambda: rebuilt_pieces(vocabulary) if splitter is None else _byte_level(vocabulary, splitter))
    _add(tokenizer, vocabulary)
    return tokenizer


def bytes_of(vocabulary: Vocabulary) -> Callable[[str], bytes]:
    """Give what turns a token of this vocabulary into the bytes it stands for."""
    return token_bytes if vocabulary.model == "gpt2" else piece_bytes


def _byte_level(vocabulary: Vocabulary, splitter: Any) -> Any:
    from tokenizers import Tokenizer, decoders
    from tokenizers.models import BPE

    pairs = (merge.partition(" ") for merge in vocabulary.merges)
    merges = [(left, right) for left, _, right in pairs]
    ids = {token: id for id, token in enumerate(vocabulary.tokens)}
    as_is = vocabulary.splitter in LLAMA3
    tokenizer = Tokenizer(BPE(vocab=ids, merges=merges, fuse_unk=False, byte_fallback=False, ignore_merges=as_is))
    tokenizer.pre_tokenizer = splitter
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _own(vocabulary: Vocabulary, written: str) -> Any:
    """Open a tokenizer that came whole; what the vocabulary calls a control token becomes one."""
    from tokenizers import Tokenizer

    whole = json.loads(written)
    control = set(_of_kind(vocabulary, CONTROL))
    for token in whole.get("added_tokens") or []:
        token["special"] = token["content"] in control
    return _told(lambda: Tokenizer.from_str(json.dumps(whole, ensure_ascii=False)))


def _add(tokenizer: Any, vocabulary: Vocabulary) -> None:
    from tokenizers import AddedToken

    control, own = _of_kind(vocabulary, UNKNOWN, CONTROL), _of_kind(vocabulary, OWN)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in own])


def _of_kind(vocabulary: Vocabulary, *wanted: int) -> list[str]:
    return [token for token, kind in zip(vocabulary.tokens, vocabulary.kinds, strict=True) if kind in wanted]


def _told(make: Callable[[], Any]) -> Any:
    """Say what is wrong with a tokenizer that cannot be made."""
    try:
        return make()
    except Exception as cause:  # tokenizers raises plain Exception for merges that do not fit
        raise error("LOT-E0723", f"the model's tokenizer is damaged: {cause}", help="fetch the file again") from cause


_SUPPORTED = "choose a model with a BPE tokenizer, as Llama, Mistral, Qwen and Gemma have"


def _splitter(name: str) -> Any:
    from tokenizers import Regex, pre_tokenizers

    if name not in _SPLITTERS:
        raise error("LOT-E0723", f"the model splits text by `{name}`, which is not supported", help=_SUPPORTED)
    rule = _SPLITTERS[name]
    if rule is None:
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    if rule == "digits":
        digits = pre_tokenizers.Digits(individual_digits=True)
        return pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    split = pre_tokenizers.Split(Regex(rule), "isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


class Tokens:
    """Text to token ids and back, for one model."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._json = path.read_text(encoding="utf-8")
        self._tokenizer = Tokenizer.from_str(self._json)
        self._tokenizer.encode_special_tokens = True  # text is data, whatever it looks like

    def encode(self, text: str) -> list[int]:
        """Encode text as data: nothing in it becomes a control token."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def raw(self, id: int) -> bytes:
        """Give the bytes that a token stands for, which need not be whole characters. A control token has none."""
        if id in self._control:
            return b""
        token: str = self._tokenizer.id_to_token(id) or ""
        if not self._is_byte_level:
            return piece_bytes(token)
        return token.encode() if id in self._added else token_bytes(token)

    def decode(self, ids: list[int]) -> bytes:
        """Give the bytes that tokens stand for together."""
        return b"".join(self.raw(id) for id in ids)

    def guide(self, ends: list[int]) -> Any:
        """Make llguidance's view of this tokenizer. Cost: some tenths of a second; keep it."""
        from llguidance import LLTokenizer

        if self._is_byte_level:
            return LLTokenizer(self._json, eos_token=ends)
        from llguidance import TokenizerWrapper

        return LLTokenizer(TokenizerWrapper(_Pieces(self, ends[0])), eos_token=ends)

    @property
    def size(self) -> int:
        """Count the tokens, control tokens included."""
        size: int = self._tokenizer.get_vocab_size(with_added_tokens=True)
        return size

    @property
    def control(self) -> frozenset[int]:
        """List the control tokens."""
        return self._control

    @cached_property
    def _is_byte_level(self) -> bool:
        return '"ByteLevel"' in json.dumps(json.loads(self._json).get("decoder"))

    @cached_property
    def _added(self) -> frozenset[int]:
        return frozenset(self._tokenizer.get_added_tokens_decoder())

    @cached_property
    def _control(self) -> frozenset[int]:
        added = self._tokenizer.get_added_tokens_decoder()
        return frozenset(id for id, token in added.items() if token.special)


class _Pieces:
    """What llguidance asks of a tokenizer it cannot read by itself: it takes `▁` in added tokens for that letter."""

    def __init__(self, tokens: Tokens, end: int) -> None:
        self.eos_token_id = end
        self.bos_token_id = None
        self.special_token_ids = sorted(tokens.control)
        self.tokens = [tokens.raw(id) for id in range(tokens.size)]
        self._encode = tokens.encode

    def __call__(self, text: str | bytes) -> list[int]:
        return self._encode(text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text)


@lru_cache(maxsize=1 << 16)
def token_bytes(token: str) -> bytes:
    """Give the bytes that a byte-level token stands for."""
    table = _byte_of()
    return bytes(table[character] for character in token if character in table)


@lru_cache(maxsize=1)
def _byte_of() -> dict[str, int]:
    """Undo GPT-2's way of writing any byte as a printable character."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    table = {chr(byte): byte for byte in printable}
    rest = [byte for byte in range(256) if byte not in printable]
    return table | {chr(256 + n): byte for n, byte in enumerate(rest)}
