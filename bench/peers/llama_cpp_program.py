"""llama.cpp answering questions: `python llama_cpp_program.py FILE THREADS`. Imported by nothing of this project.

Orders: `{"do": "ask", "ids": […], "limit": n, "grammar": GBNF or null, "first": GBNF or null, "stops": […],
"temperature": t, "top_p": p, "seed": s}` gives the ids that were written (`first` binds the first of them alone);
`{"do": "choose", "ids": […], "options": [[…], …], "ends": […]}` gives the log-probability of each option and of an end
after it. Both say how many ids of the prompt were `cached`: llama.cpp's own prompt cache keeps what the context holds,
and a prompt is read from where it differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import llama_cpp
import numpy as np

FILE, THREADS = sys.argv[1], int(sys.argv[2])
model = llama_cpp.Llama(
    FILE, n_ctx=4096, n_batch=512, n_threads=THREADS, n_threads_batch=THREADS, flash_attn=True, verbose=False
)
ENDS = {token for token in range(model.n_vocab()) if llama_cpp.llama_vocab_is_eog(model._model.vocab, token)}


def shared(ids: list[int]) -> int:
    """Count how many ids of a prompt are held already; the last is read again, for what follows it."""
    held = model._input_ids[: len(ids) - 1]
    differs = np.flatnonzero(held != np.array(ids[: len(held)]))
    return int(differs[0]) if len(differs) else len(held)


def ask(order: dict) -> dict:
    """Write until an end, a stop or the limit."""
    cached, ids, text = shared(order["ids"]), [], b""
    model.set_seed(order["seed"] % 2**32)
    for token in drawn(order):
        ids.append(int(token))
        if token in ENDS:
            break
        text += model.detokenize([token])
        if len(ids) >= order["limit"] or any(stop.encode() in text for stop in order["stops"]):
            break
    return {"ids": ids, "cached": cached}


def drawn(order: dict) -> Iterator[int]:
    """Draw tokens; the KV of all but the last is held from the first draw on."""
    sampling = {"temp": order["temperature"], "top_p": order["top_p"], "top_k": 0, "min_p": 0.0}
    ids = order["ids"]
    if order["first"]:
        first = next(model.generate(ids, grammar=llama_cpp.LlamaGrammar.from_string(order["first"]), **sampling))
        yield first
        ids = [*ids, first]
    grammar = llama_cpp.LlamaGrammar.from_string(order["grammar"]) if order["grammar"] else None
    yield from model.generate(ids, grammar=grammar, **sampling)


def choose(order: dict) -> dict:
    """Read each option after the prompt, in one pass an option."""
    ids = order["ids"]
    cached = shared(ids)
    model.n_tokens = cached
    model.eval(ids[cached:])
    first = log_probs(1)[0]
    scores = []
    for option in order["options"]:
        model._ctx.kv_cache_seq_rm(-1, len(ids), -1)
        model._batch.set_batch(batch=option, n_past=len(ids), logits_all=True)
        model._ctx.decode(model._batch)
        after = np.concatenate([first[None], log_probs(len(option))])
        tokens = after[np.arange(len(option)), option].sum()
        scores.append([float(tokens), float(np.logaddexp.reduce(after[-1][order["ends"]]))])
    model._ctx.kv_cache_seq_rm(-1, len(ids), -1)
    model._requires_eval = True  # the logits at hand are an option's: an ASK of the same prompt must not draw from them
    return {"scores": scores, "cached": cached}


def log_probs(count: int) -> np.ndarray:
    """Give the log-probabilities after each of the last ids that were read. Shapes: -> (count, vocabulary)."""
    places = range(count) if count > 1 else (-1,)
    logits = np.stack(
        [
            np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(model.ctx, at), shape=(model.n_vocab(),))
            for at in places
        ]
    )
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    print(json.dumps(ask(order) if order["do"] == "ask" else choose(order)), flush=True)
