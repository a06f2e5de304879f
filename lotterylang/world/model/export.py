"""Exporting: weights of any architecture in, a folder with Optimum's graph, a tokenizer and a card out.

Optimum's pins clash with ours, and its ONNX Runtime would replace the one for GPUs: so it gets an environment of its
own in the cache, where `exporting.py` runs. Next door: `network/exported.py` runs the graph; `open.py` reads names.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotterylang.home import home
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model import cache, exporting
from lotterylang.world.model.build import card
from lotterylang.world.model.build.folder import CARD, TOKENIZER
from lotterylang.world.model.network.exported import GRAPH, PARTS
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source import hub, own
from lotterylang.world.model.source.catalog import CATALOG
from lotterylang.world.model.weights.checkpoint import Architecture, Vocabulary, lacking

EXPORTER = 1
"""Raise it with every change of what is kept of an export."""

TORCH = "torch==2.13.0"
TOOLS = ("optimum-onnx[onnxruntime]==0.1.0", "accelerate>=1,<2", "gguf>=0.17,<1")
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""Where torch without CUDA is, for Linux; where it can't be reached, the usual index gives the larger one."""

_READY = "ready"
_TAIL = 400


@dataclass(frozen=True, slots=True)
class _Source:
    """What is exported, and the name of the result."""

    path: Path
    key: str


def folder_of(name: str) -> Path | None:
    """Give the folder of a model that was exported, None if it was not. Nothing is fetched."""
    name = own.meant(name)
    path = (
        hub.here(hub.address(name.removeprefix(hub.PREFIX))) if name.startswith(hub.PREFIX) else Path(name).expanduser()
    )
    if name in CATALOG:
        folder = place(CATALOG[name].weights_sha256)
    elif path is not None and path.exists():
        folder = place(_hash_of(path))
    else:
        return None
    return folder if (folder / CARD).exists() else None


def cost() -> str:
    """Say what the next export will take."""
    made = (_environment_folder() / _READY).exists()
    first = "" if made else "about 400 MB to fetch and 1.3 GB on disk for torch and Optimum, once; then "
    return f"{first}about a minute, and 4 bytes on disk a weight"


def exported(name: str, progress: Progress) -> Path:
    """Export a model of the catalogue, a .gguf file or a folder of transformers; give the folder that is left of it.

    Cost: `cost()`, the first time; nothing where it is done already.
    Errors: LOT-E0741 where the environment can't be made, LOT-E0742 where Optimum can't export the model.
    """
    source = _source(name, progress)
    target = home() / "exported" / source.key
    with cache.lock(f"export-{source.key}"):
        if not (target / CARD).exists():
            python = environment(progress)
            with cache.whole_folder(target) as aside:
                progress("export", 1, 3)
                _export(python, source.path, aside)
                progress("export", 2, 3)
                _describe(source, aside)
    progress("export", 3, 3)
    return target


def _source(name: str, progress: Progress) -> _Source:
    name = own.meant(name)
    if name in CATALOG:
        from lotterylang.world.model.source import fetch

        return _Source(fetch.fetched(CATALOG[name], progress), place(CATALOG[name].weights_sha256).name)
    if name.startswith(hub.PREFIX):
        path = hub.fetched(hub.address(name.removeprefix(hub.PREFIX)), progress, look=False)
        return _Source(path, place(_hash_of(path)).name)
    path = Path(name).expanduser().absolute()
    if not path.exists():
        help = "give the path of a .gguf file or of a folder, a name of `lot model list`, or hf:owner/name"
        raise error("LOT-E0703", f"there is no model `{name}`", help=help)
    return _Source(path, place(_hash_of(path)).name)


def place(weights_hash: str) -> Path:
    """Name the folder of what is exported of weights, there or not."""
    said = "/".join([weights_hash, str(EXPORTER), str(card.FORMAT), TORCH, *TOOLS])
    return home() / "exported" / hashlib.sha256(said.encode()).hexdigest()[:32]


def _hash_of(path: Path) -> str:
    """Hash a file, or the names and contents of all files of a folder. Errors: LOT-E0721 if one cannot be read."""
    try:
        if not path.is_dir():
            return _digest(path)
        files = sorted(file for file in path.rglob("*") if file.is_file())
        parts = [f"{file.relative_to(path)}\0{_digest(file)}" for file in files]
    except OSError as cause:
        reason = (cause.strerror or "").lower()
        raise error("LOT-E0721", f"the model file {path} can't be read: {reason}", help="check the path") from cause
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def environment(progress: Progress) -> Path:
    """Give the Python of the environment with torch and Optimum, making it first if need be."""
    folder = _environment_folder()
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    with cache.lock(f"environment-{folder.name}"):
        if not (folder / _READY).exists():
            progress("environment", 0, 3)
            shutil.rmtree(folder, ignore_errors=True)  # what an interrupted one left
            with cache.told(folder):
                folder.parent.mkdir(parents=True, exist_ok=True)
            _install([sys.executable, "-m", "venv", str(folder)])
            progress("environment", 1, 3)
            elsewhere = ["--extra-index-url", CPU_INDEX] if sys.platform == "linux" else []
            _install([str(python), "-m", "pip", "install", "--quiet", "--retries", "1", *elsewhere, TORCH])
            progress("environment", 2, 3)
            _install([str(python), "-m", "pip", "install", "--quiet", *TOOLS])
            (folder / _READY).touch()
            progress("environment", 3, 3)
    return python


def _environment_folder() -> Path:
    said = "/".join([TORCH, *TOOLS, sys.version, sys.base_prefix])
    return home() / "export" / hashlib.sha256(said.encode()).hexdigest()[:16]


def _install(command: Sequence[str]) -> None:
    done = _run(command, {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    if done.returncode:
        fact = f"the environment for exporting can't be made: {_last(done.stderr or done.stdout)}"
        raise error("LOT-E0741", fact, help=f"this failed: {' '.join(command)}")


def _export(python: Path, source: Path, aside: Path) -> None:
    done = _run([str(python), str(exporting.__file__), str(source), str(aside)], {"HF_HUB_OFFLINE": "1"})
    if done.returncode or not (aside / GRAPH).exists():
        log = home() / "export" / "failed.txt"
        with cache.told(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(done.stdout + done.stderr, encoding="utf-8")
        fact = f"Optimum can't export {source}: {_last(done.stderr or done.stdout)}"
        raise error("LOT-E0742", fact, help=f"all that it said is in {log}")


def _run(command: Sequence[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in another environment. PYTHONPATH stays behind: it would bring ours along."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, env=environment | more
        )
    except OSError as cause:
        return subprocess.CompletedProcess(command, 1, "", f"{command[0]}: {(cause.strerror or '').lower()}")


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][-_TAIL:] if lines else "it says nothing"


def _describe(source: _Source, folder: Path) -> None:
    """Add tokenizer and card to an exported graph."""
    from lotterylang.world.model.tokenizer import rebuilt

    vocabulary = _vocabulary(source.path)
    rebuilt(vocabulary).save(str(folder / TOKENIZER), pretty=False)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    architecture = _architecture(folder / GRAPH, config)
    card.written(card.drawn(architecture, vocabulary, source.key, "exported"), folder / CARD)


def _vocabulary(path: Path) -> Vocabulary:
    if not path.is_dir():
        from lotterylang.world.model.weights.gguf import Gguf

        return Gguf(path).vocabulary
    from lotterylang.world.model.weights.folder import read_json
    from lotterylang.world.model.weights.folder_tokens import vocabulary_of

    return vocabulary_of(path, read_json(path / "config.json"))


def _architecture(graph: Path, config: dict[str, Any]) -> Architecture:
    """Read off a graph what a run must know. Errors: LOT-E0742 for one that remembers in another way than ours."""
    from lotterylang.world.model import device

    session = device.session(graph, device.usable_cores())
    inputs = {each.name: each.shape for each in session.get_inputs()}
    logits = next((each.shape for each in session.get_outputs() if each.name == "logits"), None)
    pasts = [shape for name, shape in inputs.items() if name.startswith("past_key_values.")]
    known = {"input_ids", "attention_mask", "position_ids"}
    plain = all(len(shape) == 4 and isinstance(shape[1], int) and isinstance(shape[3], int) for shape in pasts)
    others = [name for name in inputs if name not in known and not name.startswith("past_key_values.")]
    if not pasts or len({tuple(shape[1::2]) for shape in pasts}) != 1 or not plain or others or logits is None:
        raise _other_memory(graph, others)
    context = next((config[key] for key in _CONTEXT if isinstance(config.get(key), int)), None)
    if context is None:
        raise lacking(graph.parent, "a length of context in its config.json")
    heads, size = pasts[0][1], pasts[0][3]
    return Architecture(
        family=str(config.get("model_type")),
        layers=len(pasts) // len(PARTS),
        width=int(config.get("hidden_size") or config.get("n_embd") or 0),
        heads=int(config.get("num_attention_heads") or config.get("n_head") or heads),
        kv_heads=heads,
        head_size=size,
        rotated=size,
        feed_forward=int(config.get("intermediate_size") or 0),
        vocabulary=int(logits[-1]) if isinstance(logits[-1], int) else int(config["vocab_size"]),
        context=context,
        rope_base=float(config.get("rope_theta") or 0.0),
        epsilon=float(config.get("rms_norm_eps") or config.get("layer_norm_epsilon") or 0.0),
    )


_CONTEXT = ("max_position_embeddings", "n_positions", "n_ctx", "seq_length")


def _other_memory(graph: Path, others: list[str]) -> LotError:
    fact = f"the graph of {graph.parent.name} remembers in a way that is not known"
    if others:
        fact = f"the graph takes inputs that are not known: {', '.join(others)}"
    return error("LOT-E0742", fact, help="choose a decoder with keys and values of one shape in every layer")
