"""What PEFT makes of two LoRA adapters: the record that the tests hold our merge against.

python bench/adapters.py, in an environment of its own with torch, transformers and peft. Writes
tests/rooms/data/adapters.json: for each adapter what PEFT saved of it, and the merged model's logits.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOMS = Path(__file__).parent.parent / "tests" / "rooms"


def model() -> Any:
    """Make the tiny model."""
    import tiny_adapter as tiny
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=tiny.VOCABULARY,
        hidden_size=tiny.WIDTH,
        intermediate_size=tiny.FEED_FORWARD,
        num_hidden_layers=tiny.LAYERS,
        num_attention_heads=tiny.HEADS,
        num_key_value_heads=tiny.KV_HEADS,
        max_position_embeddings=tiny.CONTEXT,
        rope_theta=tiny.ROPE_BASE,
        rms_norm_eps=tiny.EPSILON,
        tie_word_embeddings=True,
    )
    made = LlamaForCausalLM(config).eval()
    made.load_state_dict({name: torch.tensor(values) for name, values in tiny.base().items()}, strict=False)
    return made


def recorded(asked: dict[str, Any]) -> dict[str, Any]:
    """Put an adapter on the model, save it, load it again, merge it; give what was saved, and logits."""
    import tiny_adapter as tiny
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model
    from safetensors.numpy import load_file, save_file

    with tempfile.TemporaryDirectory() as place:
        get_peft_model(model(), LoraConfig(task_type="CAUSAL_LM", **asked)).save_pretrained(place)
        file = Path(place) / "adapter_model.safetensors"
        shapes = {name: list(values.shape) for name, values in load_file(file).items()}
        save_file(tiny.factors(shapes), file)
        config = json.loads((Path(place) / "adapter_config.json").read_text())
        config["target_modules"] = sorted(config["target_modules"])  # a set: its order is of this run
        merged = PeftModel.from_pretrained(model(), place).merge_and_unload()
    with torch.no_grad():
        logits = merged(torch.tensor([tiny.IDS])).logits[0, [0, 7, -1]]
        plain = model()(torch.tensor([tiny.IDS])).logits[0, [0, 7, -1]]
    rows = [[round(float(value), 5) for value in row] for row in logits]
    return {
        "config": config,
        "shapes": shapes,
        "logits": rows,
        "changed": round(float((logits - plain).abs().max()), 3),
    }


def main() -> int:
    """Record both adapters."""
    sys.path.insert(0, str(ROOMS))
    import tiny_adapter as tiny

    found = {name: recorded(asked) for name, asked in tiny.ADAPTERS.items()}
    path = ROOMS / "data" / "adapters.json"
    path.write_text(json.dumps(found, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps({name: one["changed"] for name, one in found.items()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
