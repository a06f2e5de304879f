"""A GGUF file as a folder of transformers in fp32: `python write_folder.py FILE FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

file, folder = Path(sys.argv[1]), sys.argv[2]
model = AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name, dtype=torch.float32)
AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name).save_pretrained(folder)
model.save_pretrained(folder)
