"""transformers on a GGUF file or a folder: `python transformers_peer.py PATH DEVICE THREADS`.

In float16 on CUDA, else in float32.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from serving import serve
from transformers import AutoModelForCausalLM

path, device = Path(sys.argv[1]), sys.argv[2]
torch.set_num_threads(int(sys.argv[3]))
kind = torch.float16 if device == "cuda" else torch.float32
where = {"pretrained_model_name_or_path": str(path)}
if path.is_file():
    where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
model = AutoModelForCausalLM.from_pretrained(**where, dtype=kind).to(device).eval()
past = None


def _run(ids: list[int]) -> int:
    global past
    found = model(torch.tensor([ids], device=device), past_key_values=past, use_cache=True, logits_to_keep=1)
    past = found.past_key_values
    return int(found.logits[0, -1].argmax())


def read(ids: list[int]) -> int:
    """Read a text from the start."""
    global past
    past = None
    return _run(ids)


def step(id: int) -> int:
    """Read one id more."""
    return _run([id])


with torch.inference_mode():
    serve(read, step)
