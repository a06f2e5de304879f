"""onnxruntime-genai on built models: `python genai_peer.py FOLDER THREADS FOLDER_THAT_GIVES_ALL_LOGITS`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import numpy as np
import onnxruntime_genai as genai
from serving import serve

ROOM = 1_024

genai.disable_telemetry_events()


def opened(folder: str) -> genai.Model:
    """Open a model with so many threads."""
    config = genai.Config(folder)
    session = {"intra_op_num_threads": int(sys.argv[2])}
    config.overlay(json.dumps({"model": {"decoder": {"session_options": session}}}))
    return genai.Model(config)


def begun(model: genai.Model, length: int) -> genai.Generator:
    """Begin a text with room for a reply."""
    wanted = genai.GeneratorParams(model)
    wanted.set_search_options(max_length=length + ROOM, do_sample=False)
    return genai.Generator(model, wanted)


model = opened(sys.argv[1])
generator = None


def following() -> int:
    """Give the likeliest id after what was read."""
    return int(np.asarray(generator.get_logits()).reshape(-1).argmax())


def read(ids: list[int]) -> int:
    """Read a text from the start."""
    global generator
    generator = begun(model, len(ids))
    generator.append_tokens(np.array(ids, np.int32))
    return following()


def step(id: int) -> int:
    """Read one id more."""
    generator.append_tokens(np.array([id], np.int32))
    return following()


def score(ids: list[int], way: str) -> Iterator[np.ndarray]:
    """Read a text from the start with the model whose head is on every position."""
    every = begun(opened(sys.argv[3]), len(ids))
    for part in [ids] if way == "prefill" else [[id] for id in ids]:
        every.append_tokens(np.array(part, np.int32))
        logits = np.asarray(every.get_output("logits"))[0]
        assert len(logits) == len(part), f"{len(logits)} rows of logits for {len(part)} ids"
        yield logits


serve(read, step, score)
