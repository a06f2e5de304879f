"""A peer: the process of another engine, started in its environment and given orders one at a time."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotterylang.home import home

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own under the cache, with some packages. `about` says what making it takes."""

    name: str
    packages: tuple[str, ...]
    about: str

    def python(self) -> Path:
        """Give its interpreter, making the environment first if need be."""
        folder = home() / "peers" / self.name
        python = folder / "bin" / "python"
        if not (folder / "ready").exists():
            print(f"setting up {self.name} in {folder}: {self.about}", file=sys.stderr, flush=True)
            venv.create(folder, clear=True, with_pip=True)
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", *self.packages], check=True)
            (folder / "ready").touch()
        return python


LLAMA_CPP = Environment("llama-cpp", ("llama-cpp-python",), "it is compiled, some ten minutes")


class Peer:
    """A running peer."""

    def __init__(self, name: str, python: Path, script: str, *words: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [str(python), str(HERE / script), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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
