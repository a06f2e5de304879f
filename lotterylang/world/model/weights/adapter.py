"""LoRA adapters: a checkpoint and a folder of PEFT in, the checkpoint with the adapter added to its matrices out.

A matrix W becomes W + scale · B · A (Hu et al. 2021, arXiv:2106.09685, eq. 3), which costs nothing at run time. What is
not that sum (DoRA, trained norms, …) is refused. Next door: `checkpoint.py`; `build/folder.py` wraps.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.changed import Changed
from lotterylang.world.model.weights.checkpoint import Checkpoint, damaged
from lotterylang.world.model.weights.safetensors import tensors_of

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"

PARTS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""The matrices of a layer, by their names in transformers and here."""

_FACTOR = re.compile(
    r"base_model\.model\.(?P<module>(?:.+\.)?layers\.(?P<layer>\d+)\.(?P<part>.+))\.lora_(?P<side>[AB])\.weight"
)

_MORE_THAN_A_SUM = {
    "use_dora": "DoRA",
    "modules_to_save": "modules that were trained whole",
    "trainable_token_indices": "trained tokens",
    "target_parameters": "trained parameters",
    "lora_bias": "trained biases",
    "fan_in_fan_out": "transposed matrices",
    "layer_replication": "repeated layers",
    "alora_invocation_tokens": "an adapter that begins within a text",
    "use_qalora": "QALoRA",
    "use_bdlora": "block-diagonal factors",
    "kasa_config": "KaSA",
    "monteclora_config": "MonteCLoRA",
    "lora_ga_config": "a base model changed by LoRA-GA",
}
_CHANGES_THE_BASE = ("pissa", "olora", "corda", "loftq")


@dataclass(frozen=True, slots=True)
class Delta:
    """What is added to one matrix: scale · B · A. Shapes: a (rank, columns), b (rows, rank)."""

    a: Floats
    b: Floats
    scale: float


def hash_of(folder: Path) -> str:
    """Hash what an adapter says and holds. Errors: LOT-E0721 where it cannot be read."""
    parts = [hashlib.sha256(_bytes(folder / name)).digest() for name in (CONFIG, WEIGHTS)]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:32]


def read(folder: Path) -> dict[str, Delta]:
    """Read an adapter: what it adds to which tensor, by our names.

    Errors: LOT-E0707 if it is more than a sum, or of other modules; LOT-E0721 if it cannot be read.
    """
    config = _config(folder)
    factors: dict[str, dict[str, Floats]] = {}
    modules: dict[str, str] = {}
    for name, stored in tensors_of(folder / WEIGHTS).items():
        found = _FACTOR.fullmatch(name)
        if found is None or found["part"] not in PARTS:
            module = name.removeprefix("base_model.model.")
            raise _refused(folder, f"it changes {module}, which is no matrix of a layer")
        ours = f"blk.{int(found['layer'])}.{PARTS[found['part']]}.weight"
        factors.setdefault(ours, {})[found["side"]] = _finite(folder, name, stored.values())
        modules[ours] = found["module"]
    if not factors:
        raise _refused(folder, "it changes nothing")
    return {name: _delta(folder, config, modules[name], sides) for name, sides in factors.items()}


class Adapted(Changed):
    """A checkpoint with an adapter merged into it."""

    def __init__(self, weights: Checkpoint, folder: Path) -> None:
        super().__init__(weights)
        self._folder = folder
        for name in self._deltas:
            if not weights.has(name):
                raise _refused(folder, f"it is made for another model, one with a tensor {name}")

    def changed(self, name: str, values: Floats) -> Floats:
        """Add to a matrix what the adapter adds."""
        delta = self._deltas.get(name)
        if delta is None:
            return values
        added = np.float32(delta.scale) * (delta.b @ delta.a)  # (rows, columns)
        if added.shape != values.shape:
            fact = f"it is made for another model, one whose tensor {name} is {added.shape}, not {values.shape}"
            raise _refused(self._folder, fact)
        return values + self._arranged(name, added)

    @cached_property
    def _deltas(self) -> dict[str, Delta]:
        return read(self._folder)

    def _arranged(self, name: str, added: Floats) -> Floats:
        """Put rows in the checkpoint's order: those of Q and K are permuted where rotary pairs lie side by side."""
        shape = self.architecture
        heads = {"attn_q": shape.heads, "attn_k": shape.kv_heads}.get(name.split(".")[2])
        if heads is None or not shape.rotary_interleaved:
            return added
        return added.reshape(heads, 2, -1, added.shape[1]).swapaxes(1, 2).reshape(added.shape)


def _finite(folder: Path, name: str, values: Floats) -> Floats:
    if not np.isfinite(values).all():
        raise damaged(folder / WEIGHTS, f"tensor {name} holds values that are not finite")
    return values


def _delta(folder: Path, config: dict[str, Any], module: str, sides: dict[str, Floats]) -> Delta:
    if set(sides) != {"A", "B"} or any(side.ndim != 2 for side in sides.values()):
        raise damaged(folder / WEIGHTS, f"one factor of {module} is missing")
    a, b = sides["A"], sides["B"]
    rank = len(a)
    if b.shape[1] != rank or rank != _matched(config.get("rank_pattern"), module, config.get("r")):
        raise damaged(folder / WEIGHTS, f"the rank of {module} is not the one in {CONFIG}")
    alpha = float(_matched(config.get("alpha_pattern"), module, config.get("lora_alpha", rank)))
    return Delta(a, b, alpha / (rank**0.5 if config.get("use_rslora") else rank))


def _matched(patterns: dict[str, Any] | None, module: str, otherwise: Any) -> Any:
    """Give the value of the first pattern that a module's name ends in, as PEFT reads them."""
    for pattern, value in (patterns or {}).items():
        if re.fullmatch(rf"(.*\.)?({pattern})", module):
            return value
    return otherwise


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads(_bytes(folder / CONFIG))
    except ValueError as cause:
        raise damaged(folder / CONFIG, "it is no JSON") from cause
    if not isinstance(config, dict):
        raise damaged(folder / CONFIG, "it is no JSON object")
    if config.get("peft_type") != "LORA":
        raise _refused(folder, f"it is of the kind {config.get('peft_type')}, not LORA")
    more = [said for key, said in _MORE_THAN_A_SUM.items() if config.get(key)]
    if config.get("bias", "none") != "none":
        more.append("trained biases")
    if str(config.get("init_lora_weights")).lower().startswith(_CHANGES_THE_BASE):
        more.append(f"a base model changed by {config['init_lora_weights']}")
    if more:
        raise _refused(folder, f"it has {', '.join(more)}, which is more than a sum of matrices")
    return config


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        help = f"give the folder in which PEFT saved a LoRA adapter: {CONFIG} and {WEIGHTS}"
        fact = f"the adapter's file {path} can't be read: {(cause.strerror or '').lower()}"
        raise error("LOT-E0721", fact, help=help) from cause


def _refused(folder: Path, reason: str) -> LotError:
    help = "merge it by PEFT's `merge_and_unload` and give the merged model instead"
    return error("LOT-E0707", f"the adapter {folder} can't be merged: {reason}", help=help)
