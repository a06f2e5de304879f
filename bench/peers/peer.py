"""A peer: the process of another engine, started in its environment and given orders one at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lotterylang.home import home

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own under the cache. `installs` are the words of each `pip install`, `variables` are
    set for them, and `about` says what making it takes.
    """

    name: str
    installs: tuple[tuple[str, ...], ...]
    about: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def python(self) -> Path:
        """Give its interpreter, making the environment first if need be."""
        folder = home() / "peers" / self.name
        python = folder / "bin" / "python"
        if not (folder / "ready").exists():
            print(f"setting up {self.name} in {folder}: {self.about}", file=sys.stderr, flush=True)
            venv.create(folder, clear=True, with_pip=True)
            for words in self.installs:
                command = [str(python), "-m", "pip", "install", "--quiet", *words]
                subprocess.run(command, check=True, env=without_ours() | self.variables)
            (folder / "ready").touch()
        return python


def without_ours() -> dict[str, str]:
    """Give the variables for another environment: PYTHONPATH would bring ours along."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


class Peer:
    """A running peer."""

    def __init__(
        self, name: str, python: Path, script: str, *words: str, variables: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [str(python), str(HERE / script), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=without_ours() | {"HF_HUB_OFFLINE": "1"} | dict(variables or {}),
        )
        self._answer()

    def order(self, **order: Any) -> dict[str, Any]:
        """Have an order carried out. Errors: RuntimeError if the process ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
        raise RuntimeError(f"{self.name} ended with status {self._process.wait()}")
