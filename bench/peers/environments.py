"""Environments of the peers, and the same weights in the form that each of them reads.

llama.cpp reads the GGUF file itself. Its own choice of instructions takes AMX where the processor has it and crashes
there on some machines, so it is compiled with everything that this processor has but AMX.
onnxruntime-genai reads what its model builder makes of a folder of transformers: int8 in blocks of 32, activations in 8
bits too (`accuracy_level=4`), as in our own graph. The builder needs transformers 5, which cannot write what it read of
a GGUF file, so the folder is written in the environment of `lot model export`, which has transformers 4.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.peers.peer import HERE, Environment, without_ours
from lotterylang.home import home
from lotterylang.world.model import export
from lotterylang.world.model.source.catalog import CATALOG

_INSTRUCTIONS = {
    "sse4_2": "SSE42", "avx": "AVX", "avx2": "AVX2", "fma": "FMA", "f16c": "F16C", "bmi2": "BMI2",
    "avx_vnni": "AVX_VNNI", "avx512f": "AVX512", "avx512_vbmi": "AVX512_VBMI", "avx512vbmi": "AVX512_VBMI",
    "avx512_vnni": "AVX512_VNNI", "avx512_bf16": "AVX512_BF16",
}  # fmt: skip
"""What llama.cpp's build calls the instructions that the system lists."""


def _cmake() -> str:
    listed = Path("/proc/cpuinfo")
    flags = set(listed.read_text(encoding="utf-8").split()) if listed.exists() else set()
    chosen = sorted({name for flag, name in _INSTRUCTIONS.items() if flag in flags})
    if not chosen:
        return ""  # not such a processor, or not such a system: its own choice
    return " ".join(["-DGGML_NATIVE=OFF", *(f"-DGGML_{name}=ON" for name in chosen)])


LLAMA_CPP = Environment(
    "llama-cpp",
    (("llama-cpp-python==0.3.36",),),
    "it is compiled, some ten minutes",
    {"CMAKE_ARGS": _cmake()},
)

GENAI = Environment(
    "genai",
    (
        ("--retries", "1", "--extra-index-url", export.CPU_INDEX, export.TORCH),
        ("onnxruntime-genai==0.18.0", "transformers>=5,<6", "onnx", "onnx_ir", "gguf"),
    ),
    "about 400 MB to fetch and 1.3 GB on disk for torch, which its model builder needs",
)


def weights_of(name: str) -> Path:
    """Give the file of a model of the catalogue, which was fetched to open it."""
    return home() / "weights" / f"{CATALOG[name].weights_sha256}.gguf"


def folder_of(weights: Path) -> Path:
    """Give a file of weights as a folder of transformers in fp32, written the first time."""
    folder = home() / "peers" / "weights" / weights.stem
    if not (folder / "config.json").exists():
        _run(export.environment(untold), str(HERE / "write_folder.py"), str(weights), str(folder))
    return folder


def genai_of(weights: Path, every_position: bool) -> Path:
    """Give a file of weights as a model of onnxruntime-genai, built the first time.

    `every_position` leaves the head on all positions of a prompt, to be scored; for speed it is on the last alone.
    """
    folder = home() / "peers" / "genai-models" / f"{weights.stem}-{'every' if every_position else 'last'}"
    if not (folder / "genai_config.json").exists():
        options = ["block_size=32", "accuracy_level=4", "hf_token=false"]
        options += [] if every_position else ["prune_lm_head=true"]
        builder = ["-m", "onnxruntime_genai.models.builder", "-p", "int8", "-e", "cpu"]
        source = ["-i", str(folder_of(weights)), "-o", str(folder)]
        _run(GENAI.python(), *builder, *source, "--extra_options", *options)
    return folder


def untold(stage: str, done: int, total: int) -> None:
    """Show no progress."""


def _run(python: Path, *words: str) -> None:
    subprocess.run([str(python), *words], check=True, capture_output=True, env=without_ours() | {"HF_HUB_OFFLINE": "1"})
