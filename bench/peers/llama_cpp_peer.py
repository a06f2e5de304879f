"""llama.cpp on a GGUF file: `python llama_cpp_peer.py FILE THREADS`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import llama_cpp
import numpy as np
from serving import serve

FILE, THREADS = sys.argv[1], int(sys.argv[2])


def opened(**more: object) -> llama_cpp.Llama:
    """Open the model. Flash attention is llama.cpp's own choice, which its Python package leaves out."""
    threads = {"n_threads": THREADS, "n_threads_batch": THREADS}
    return llama_cpp.Llama(FILE, n_batch=512, flash_attn=True, verbose=False, **threads, **more)


model = opened(n_ctx=4096)


def following() -> int:
    """Give the likeliest id after what was read."""
    logits = llama_cpp.llama_get_logits_ith(model.ctx, -1)
    return int(np.ctypeslib.as_array(logits, shape=(model.n_vocab(),)).argmax())


def read(ids: list[int]) -> int:
    """Read a text from the start."""
    model.reset()  # what was read before is dropped by the next eval
    model.eval(ids)
    return following()


def step(id: int) -> int:
    """Read one id more."""
    model.eval([id])
    return following()


def score(ids: list[int], way: str) -> Iterator[np.ndarray]:
    """Read a text from the start with a model that keeps the logits of every position."""
    every = opened(n_ctx=len(ids), logits_all=True)
    for part in [ids] if way == "prefill" else [[id] for id in ids]:
        every.eval(part)
    yield every.scores[: len(ids)]
    every.close()


serve(read, step, score)
