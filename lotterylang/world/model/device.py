"""The device: which processor runs the graphs, and with how many threads. The only place that knows providers.

Only the CPU for now. `onnxruntime-gpu` lists CUDA on machines without a GPU too and writes raw C++ errors when asked
for it there, so no other provider is named.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

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


def usable_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def processor() -> str:
    """Name the kind of processor and runtime, on which the last bits of a result depend."""
    from importlib.metadata import PackageNotFoundError, version

    runtime = "unknown"
    for package in ("onnxruntime-gpu", "onnxruntime"):
        try:
            runtime = version(package)
            break
        except PackageNotFoundError:
            continue
    found = [name for name in _INSTRUCTION_SETS if name in _flags()]
    return "-".join(["cpu", platform.machine().lower() or "unknown", *found[:2], f"ort{runtime}"])


def _flags() -> frozenset[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    lines = (line for line in text.splitlines() if line.startswith(("flags", "Features")))
    return frozenset(next(lines, "").partition(":")[2].split())
