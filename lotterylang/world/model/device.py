"""The device: which processor runs the graphs, and with how many threads. The only place that knows providers.

`onnxruntime-gpu` lists CUDA on machines without a GPU too and writes raw C++ errors when asked for it there, so what
it needs is looked for first, one thing after another, and the first that is missing is the reason that people are told.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import platform
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from lotterylang.recipe import Precision, Recipe
from lotterylang.world.model.network.cudart import Copy, copier, free_bytes

VARIABLE = "LOTTERY_DEVICE"
"""The environment variable that chooses: `cpu` or `cuda`; without it CUDA where it can be used."""

_CHOSEN = f"{VARIABLE} says cpu"
_NO_DRIVER = "there is no NVIDIA driver (libcuda)"

_FATAL = 4  # ONNX Runtime's log level; what it says below that is not for users
_PATIENCE = {"session.force_spinning_stop": "1", "session.intra_op.spin_duration_us": "20"}
"""How long a thread that waits for work keeps its core busy. With ONNX Runtime's own default a step takes three to four
times as long where other programs want the cores too; where they do not, it is no faster."""

_INSTRUCTION_SETS = ("amx_int8", "avx512_vnni", "avx_vnni", "avx512f", "avx2", "asimddp")


def session(path: Path, threads: int) -> Any:
    """Open a graph for running, as an `onnxruntime.InferenceSession`."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(_FATAL)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = _FATAL
    for key, value in _PATIENCE.items():
        options.add_session_config_entry(key, value)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def precision_of(recipe: Recipe) -> Precision:
    """Give the precision that a recipe has on this machine. What asks for half of it without CUDA gets `int8`."""
    if recipe.precision is None:
        return "int8" if without_cuda() else "fp16"
    return "int8" if recipe.precision == "fp16" and without_cuda() else recipe.precision


def fallback(recipe: Recipe) -> str | None:
    """Say in one line that a model runs on the CPU although CUDA was asked for or is half there; None if not so."""
    wished = recipe.precision == "fp16" or os.environ.get(VARIABLE, "").lower() == "cuda"
    reason = without_cuda()
    if reason is None or not (wished or (recipe.precision is None and reason not in (_CHOSEN, _NO_DRIVER))):
        return None
    return f"no CUDA here: {reason}; the model runs on the CPU, in {precision_of(recipe)}"


@lru_cache(maxsize=1)
def without_cuda() -> str | None:
    """Say why CUDA cannot be used here; None if it can. Cost: nothing where there is no driver, else a second."""
    if os.environ.get(VARIABLE, "").lower() == "cpu":
        return _CHOSEN
    driver = _library("libcuda.so.1", "nvcuda.dll")
    if driver is None:
        return _NO_DRIVER
    if driver.cuInit(0):
        return "the NVIDIA driver finds no device"
    import onnxruntime

    wanted = getattr(onnxruntime, "cuda_version", "")
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers() or not wanted:
        return "the installed onnxruntime knows no CUDA: install onnxruntime-gpu in its place"
    version = ctypes.c_int()
    driver.cuDriverGetVersion(ctypes.byref(version))
    if version.value // 1000 < int(wanted.partition(".")[0]):
        return f"onnxruntime needs CUDA {wanted}, the driver has {version.value // 1000}.{version.value % 1000 // 10}"
    return _missing_library()


def _missing_library() -> str | None:
    """Load what the CUDA provider stands on, and name what is missing. A failure in ONNX Runtime itself is noisy."""
    import onnxruntime

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        onnxruntime.preload_dlls()
    folder = Path(onnxruntime.__file__).parent / "capi"
    try:
        ctypes.CDLL(str(folder / "libonnxruntime_providers_shared.so"), ctypes.RTLD_GLOBAL)
        ctypes.CDLL(str(folder / "libonnxruntime_providers_cuda.so"))
    except OSError as cause:
        name = str(cause).partition(":")[0]
        return f"{name} is missing: pip install 'onnxruntime-gpu[cuda,cudnn]'"
    return None


def _library(*names: str) -> Any:
    for name in names:
        with contextlib.suppress(OSError):
            return ctypes.CDLL(name)
    return None


def cuda_session(path: Path, recording: bool = False) -> Any:
    """Open a graph on the CUDA device; `recording` replays what a binding ran once."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(_FATAL)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL
    options.add_session_config_entry("session.disable_cpu_ep_fallback", "0")
    provider = {"enable_cuda_graph": "1" if recording else "0", "arena_extend_strategy": "kSameAsRequested"}
    provider["use_tf32"] = "0"  # what is in full precision stays so: TF32 keeps 10 bits of each factor
    return onnxruntime.InferenceSession(
        str(path), options, providers=[("CUDAExecutionProvider", provider), "CPUExecutionProvider"]
    )


def cuda_copier() -> Copy:
    """Give the function that copies on the CUDA device."""
    return copier(_cuda_runtime())


def cuda_free_bytes() -> int:
    """Give the memory of the CUDA device that nobody uses now."""
    return free_bytes(_cuda_runtime())


def _cuda_runtime() -> str:
    import onnxruntime

    major = onnxruntime.cuda_version.partition(".")[0]
    return f"libcudart.so.{major}" if sys.platform != "win32" else f"cudart64_{major}.dll"


@lru_cache(maxsize=1)
def cuda_processor() -> str:
    """Name the CUDA device and runtime, on which the last bits of a result depend."""
    driver = _library("libcuda.so.1", "nvcuda.dll")
    name = ctypes.create_string_buffer(100)
    driver.cuDeviceGetName(name, len(name), 0)
    return f"cuda-{name.value.decode(errors='replace').replace(' ', '-').lower()}-ort{_runtime()}"


def usable_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def processor() -> str:
    """Name the kind of processor and runtime, on which the last bits of a result depend."""
    found = [name for name in _INSTRUCTION_SETS if name in _flags()]
    return "-".join(["cpu", platform.machine().lower() or "unknown", *found[:2], f"ort{_runtime()}"])


def multiplies_bytes() -> bool:
    """Tell whether the processor has matrix units for whole bytes that ONNX Runtime uses."""
    return sys.platform == "linux" and "amx_int8" in _flags()


def _runtime() -> str:
    from importlib.metadata import PackageNotFoundError, version

    for package in ("onnxruntime-gpu", "onnxruntime"):
        with contextlib.suppress(PackageNotFoundError):
            return version(package)
    return "unknown"


def _flags() -> frozenset[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    lines = (line for line in text.splitlines() if line.startswith(("flags", "Features")))
    return frozenset(next(lines, "").partition(":")[2].split())
