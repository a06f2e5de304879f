"""Golden logits: small random models of every family in, what transformers computes of them out.

Recorded once, in an environment of its own with torch, transformers and gguf (never ours):
`python bench/golden.py` writes `tests/rooms/data/golden.npz`, `--check` compares instead. `tests/rooms/test_golden.py`
holds our graphs against it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "rooms" / "data" / "golden.npz"

sys.path.insert(0, str(ROOT / "tests" / "rooms"))

from tiny_models import MODELS, ids, write  # noqa: E402


def logits(name: str, folder: Path) -> np.ndarray:
    """Compute the logits after each token in full precision. Shapes: -> (tokens, vocabulary)."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    place = write(name, folder)
    source = {}
    if place.is_file():  # its reader of GGUF leaves out some of the metadata, so the shape is told
        config = AutoConfig.for_model(**MODELS[name].config)
        source = {"gguf_file": place.name, "config": config}
    model = AutoModelForCausalLM.from_pretrained(
        place.parent if source else place, dtype=torch.float32, attn_implementation="eager", **source
    )
    with torch.no_grad():
        found = model(torch.tensor([ids()])).logits[0].float().numpy()
    return np.asarray(found, np.float32)


def main() -> None:
    """Record, or compare with what is recorded."""
    with tempfile.TemporaryDirectory() as folder:
        found = {name: logits(name, Path(folder)) for name in MODELS}
    if "--check" not in sys.argv:
        np.savez_compressed(GOLDEN, **found)  # type: ignore[arg-type]
    stored = np.load(GOLDEN)
    apart = {name: float(np.abs(values - stored[name]).max()) for name, values in found.items()}
    for name, difference in apart.items():
        print(f"{name:16} spread {found[name].std():6.2f}  apart {difference:.1e}")
    print(json.dumps({"apart": apart, "bytes": GOLDEN.stat().st_size}))
    if max(apart.values()) > 1e-4:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
