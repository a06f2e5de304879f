"""Pieces: a SentencePiece vocabulary with scores in, a tokenizer that merges as SentencePiece does out.

SentencePiece merges the pair whose union has the best score, whatever the pair; `tokenizers` merges by a list of
pairs. The list is every way to part a piece into two, the best scores first. What no piece covers is written in bytes.
Source: Kudo and Richardson 2018, arXiv:1808.06226. Next door: `tokenizer.py`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lotterylang.world.model.weights.checkpoint import Vocabulary

SPACE = "▁"
"""How a piece writes a space."""

UNKNOWN, BYTE = 2, 6  # GGUF's kinds

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def rebuilt_pieces(vocabulary: Vocabulary) -> Any:
    """Rebuild the tokenizer, as a `tokenizers.Tokenizer` without its control tokens.

    Errors: ValueError where scores are lacking; what `tokenizers` raises.
    """
    from tokenizers import Tokenizer, decoders, normalizers
    from tokenizers.models import BPE

    if len(vocabulary.scores) != len(vocabulary.tokens):
        raise ValueError("it has no scores")
    ids = {token: id for id, token in enumerate(vocabulary.tokens)}
    unknown = next((t for t, kind in zip(vocabulary.tokens, vocabulary.kinds, strict=True) if kind == UNKNOWN), None)
    tokenizer = Tokenizer(
        BPE(vocab=ids, merges=_merges(vocabulary, ids), unk_token=unknown, fuse_unk=True, byte_fallback=True)
    )
    tokenizer.normalizer = normalizers.Replace(" ", SPACE)
    tokenizer.decoder = decoders.Sequence([decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


@lru_cache(maxsize=1 << 16)
def piece_bytes(token: str) -> bytes:
    """Give the bytes that a piece stands for."""
    byte = _BYTE.fullmatch(token)
    return bytes([int(byte[1], 16)]) if byte else token.replace(SPACE, " ").encode("utf-8", errors="replace")


def _merges(vocabulary: Vocabulary, ids: dict[str, int]) -> list[tuple[str, str]]:
    """List the pairs, the best union first; of one union's, those of earlier pieces first."""
    found: list[tuple[float, int, int, str, str]] = []
    for token, kind, score in zip(vocabulary.tokens, vocabulary.kinds, vocabulary.scores, strict=True):
        if kind in (UNKNOWN, BYTE, 3):
            continue
        for cut in range(1, len(token)):
            left, right = token[:cut], token[cut:]
            if left in ids and right in ids:
                found.append((-score, ids[left], ids[right], left, right))
    return [(left, right) for *_, left, right in sorted(found)]
