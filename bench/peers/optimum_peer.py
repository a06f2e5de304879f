"""Optimum's ORTModelForCausalLM on an exported folder: `python optimum_peer.py FOLDER THREADS`."""

from __future__ import annotations

import sys

import onnxruntime
import torch
from optimum.onnxruntime import ORTModelForCausalLM
from serving import serve

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(sys.argv[2])
torch.set_num_threads(int(sys.argv[2]))
model = ORTModelForCausalLM.from_pretrained(sys.argv[1], use_cache=True, session_options=options)
past = None
seen = 0


def _run(ids: list[int]) -> int:
    global past, seen
    seen += len(ids)
    inputs = torch.tensor([ids])
    found = model(
        input_ids=inputs,
        attention_mask=torch.ones(1, seen, dtype=torch.int64),
        position_ids=torch.arange(seen - len(ids), seen)[None],
        past_key_values=past,
    )
    past = found.past_key_values
    return int(found.logits[0, -1].argmax())


def read(ids: list[int]) -> int:
    """Read a text from the start."""
    global past, seen
    past, seen = None, 0
    return _run(ids)


def step(id: int) -> int:
    """Read one id more."""
    return _run([id])


with torch.inference_mode():
    serve(read, step)
