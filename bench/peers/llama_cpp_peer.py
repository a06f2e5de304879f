"""llama.cpp on a GGUF file: `python llama_cpp_peer.py FILE THREADS`."""

from __future__ import annotations

import sys

import llama_cpp
import numpy as np
from serving import serve

model = llama_cpp.Llama(
    sys.argv[1], n_ctx=4096, n_batch=512, n_threads=int(sys.argv[2]), n_threads_batch=int(sys.argv[2]), verbose=False
)


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


serve(read, step)
