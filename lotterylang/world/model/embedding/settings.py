"""Settings: a folder of sentence-transformers in, what becomes of a text before and after the encoder out.

Next door: `encoder.py` reads the encoder itself; `folder.py` builds both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.weights.checkpoint import damaged
from lotterylang.world.model.weights.folder import read_json

MODULES = "modules.json"
_LENGTHS = "sentence_bert_config.json"
_PROMPTS = "config_sentence_transformers.json"
_CONFIG = "config.json"

Pooling = Literal["mean", "cls", "max"]
"""How the vectors of tokens become one: their mean, that of the first one, or the largest of each number."""

_FLAGS: dict[str, Pooling] = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
}
_BENT = {"Identity": "", "Tanh": "Tanh", "ReLU": "Relu"}


@dataclass(frozen=True, slots=True)
class Dense:
    """A layer after pooling, whose numbers lie in `folder`. `bent` is the operator that bends what comes out of it."""

    folder: str
    has_bias: bool
    bent: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What becomes of a text. `longest` counts tokens, those that frame a text included; None is the encoder's own."""

    pooling: Pooling
    longest: int | None
    is_lowered: bool
    dense: tuple[Dense, ...]
    is_normalized: bool


def settings_of(path: Path) -> Settings:
    """Read the settings of a folder. Errors: LOT-E0721 for a file that can't be read, LOT-E0722 for what is unknown."""
    if not (path / MODULES).is_file():
        raise refused(path, f"it has no {MODULES}, which says how the vectors of tokens become one")
    kinds = _kinds(path / MODULES)
    names = [kind for kind, _ in kinds]
    dense = tuple(_dense(path, place) for kind, place in kinds if kind == "Dense")
    is_normalized = names[-1:] == ["Normalize"]
    if names != ["Transformer", "Pooling", *["Dense"] * len(dense), *["Normalize"] * is_normalized]:
        raise refused(path, f"it is {', '.join(names)}")
    if kinds[0][1]:
        raise refused(path, f"its encoder lies in a folder of its own, {kinds[0][1]}")
    lengths = read_json(path / _LENGTHS) if (path / _LENGTHS).is_file() else {}
    _check_prompt(path)
    longest = lengths.get("max_seq_length")
    return Settings(
        _pooling(path, read_json(path / kinds[1][1] / _CONFIG)),
        int(longest) if longest else None,
        bool(lengths.get("do_lower_case")),
        dense,
        is_normalized,
    )


def refused(path: Path, fact: str) -> LotError:
    """Say why a model can't turn texts into vectors."""
    help = "take a model of sentence-transformers with an encoder of BERT's kind, or `all-minilm-l6-v2`"
    return error("LOT-E0722", f"the model {path} gives no vectors of texts here: {fact}", help=help)


def _kinds(file: Path) -> list[tuple[str, str]]:
    """List the modules: the class of each, and the folder that it lies in."""
    try:
        modules = json.loads(file.read_text(encoding="utf-8"))
        return [(str(module["type"]).rpartition(".")[2], str(module["path"])) for module in modules]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as cause:
        raise damaged(file, "it names no modules") from cause


def _pooling(path: Path, config: dict[str, Any]) -> Pooling:
    named = config.get("pooling_mode")
    modes = [str(named)] if named else [name for name, on in config.items() if name.startswith("pooling_mode_") and on]
    found = [mode for flag, mode in _FLAGS.items() if modes in ([flag], [mode])]
    if not found or config.get("include_prompt") is False:
        raise refused(
            path, f"it pools by {' and '.join(modes) or 'nothing'}, and known are {', '.join(get_args(Pooling))}"
        )
    return found[0]


def _dense(path: Path, place: str) -> Dense:
    config = read_json(path / place / _CONFIG)
    bent = str(config.get("activation_function", "")).rpartition(".")[2]
    if bent not in _BENT:
        raise refused(path, f"its last layer bends by {bent or 'nothing known'}")
    return Dense(place, bool(config.get("bias", True)), _BENT[bent])


def _check_prompt(path: Path) -> None:
    """Refuse a model that reads each text after words of its own."""
    said = read_json(path / _PROMPTS) if (path / _PROMPTS).is_file() else {}
    if said.get("default_prompt_name"):
        raise refused(path, f"it puts its prompt `{said['default_prompt_name']}` before each text")
