"""Exporting, the part that runs elsewhere: a folder or GGUF file in, an ONNX graph of it by Optimum out.

`python exporting.py SOURCE TARGET` in an environment with torch, transformers and Optimum, whose pins clash with ours.
So nothing of this project is imported here. Next door: `export.py` runs it, and imports it to know where it lies.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

TASK = "text-generation-with-past"


def exported(source: Path, target: Path) -> None:
    """Export a model with a memory of earlier tokens, in full precision, to the folder `target`."""
    from optimum.exporters.onnx import main_export

    if source.is_dir():
        main_export(str(source), output=target, task=TASK, do_validation=False, local_files_only=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        _unpacked(source, Path(folder))
        main_export(folder, output=target, task=TASK, do_validation=False, local_files_only=True)


def _unpacked(file: Path, folder: Path) -> None:
    """Write what a GGUF file holds as a folder of transformers, its weights in full precision."""
    import torch
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name, dtype=torch.float32)
    model.save_pretrained(folder)


if __name__ == "__main__":
    exported(Path(sys.argv[1]), Path(sys.argv[2]))
