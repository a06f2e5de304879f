"""Results: what a bench measured in, one file of JSON a bench out, part by part; the performance page is made of them.

`bench/results/BENCH.json` holds each part with its day, machine and command. Next door: `performance.py` reads them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"

_WORDS = {"avx512f": "AVX-512", "avx512_vnni": "VNNI", "amx_int8": "AMX"}


def machine() -> str:
    """Say on what the figures were measured."""
    from lotterylang.world.model import device

    if device.without_cuda() is None:
        return device.cuda_processor()
    flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split() if Path("/proc/cpuinfo").exists() else []
    able = " + ".join(word for flag, word in _WORDS.items() if flag in flags)
    return f"{device.usable_cores()} cores, {able or device.processor()}"


def keep(bench: str, parts: dict[str, Any], command: str) -> Path:
    """Write what was measured into the bench's file; parts that were not measured this time stay as they are."""
    path = FOLDER / f"{bench}.json"
    kept = load(bench)
    about = {"date": datetime.now(UTC).date().isoformat(), "machine": machine(), "command": command}
    kept |= {part: {**about, "figures": figures} for part, figures in parts.items()}
    FOLDER.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load(bench: str) -> dict[str, Any]:
    """Give what a bench's file holds, by part; nothing where there is no file."""
    path = FOLDER / f"{bench}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
