"""The tokenizer: a vocabulary from a GGUF file in, a `tokenizers` object and the ids that mean something out.

Text that a program or a user brings is data: it is encoded with control tokens off, so no text can become one. Control
tokens are put between texts by their ids (`template.py`).
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.weights.checkpoint import Vocabulary

CONTROL = 3
"""GGUF's kind of a control token."""

_LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
_SPLITTERS: dict[str, str | None] = {
    "default": None,
    "gpt-2": None,
    "smollm": "digits",
    "llama-bpe": _LLAMA3,
    "qwen2": _LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}"),
}


def rebuilt(vocabulary: Vocabulary) -> Any:
    """Rebuild the tokenizer that a GGUF file describes, as a `tokenizers.Tokenizer`.

    Errors: `LOT-E0723` for a tokenizer that is no byte-level BPE, or that splits text in an unknown way.
    """
    from tokenizers import AddedToken, Tokenizer, decoders
    from tokenizers.models import BPE

    if vocabulary.model != "gpt2":
        raise error("LOT-E0723", f"the model's tokenizer '{vocabulary.model}' is not supported", help=_SUPPORTED)
    pairs = (merge.partition(" ") for merge in vocabulary.merges)
    merges = [(left, right) for left, _, right in pairs]
    ids = {token: id for id, token in enumerate(vocabulary.tokens)}
    try:
        tokenizer = Tokenizer(BPE(vocab=ids, merges=merges, fuse_unk=False, byte_fallback=False))
    except Exception as cause:  # tokenizers raises plain Exception for merges that do not fit
        raise error("LOT-E0723", f"the model's tokenizer is damaged: {cause}", help="fetch the file again") from cause
    tokenizer.pre_tokenizer = _splitter(vocabulary.splitter)
    tokenizer.decoder = decoders.ByteLevel()
    control = [token for token, kind in zip(vocabulary.tokens, vocabulary.kinds, strict=True) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    return tokenizer


_SUPPORTED = "choose a model with a byte-level BPE tokenizer, as SmolLM2, Llama 3 and Qwen have"


def _splitter(name: str) -> Any:
    from tokenizers import Regex, pre_tokenizers

    if name not in _SPLITTERS:
        raise error("LOT-E0723", f"the model splits text by '{name}', which is not supported", help=_SUPPORTED)
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
        return token_bytes(self._tokenizer.id_to_token(id) or "")

    def decode(self, ids: list[int]) -> bytes:
        """Give the bytes that tokens stand for together."""
        return b"".join(self.raw(id) for id in ids)

    def guide(self, ends: list[int]) -> Any:
        """Make llguidance's view of this tokenizer. Cost: some tenths of a second; keep it."""
        from llguidance import LLTokenizer

        return LLTokenizer(self._json, eos_token=ends)

    @cached_property
    def _control(self) -> frozenset[int]:
        added = self._tokenizer.get_added_tokens_decoder()
        return frozenset(id for id, token in added.items() if token.special)


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
