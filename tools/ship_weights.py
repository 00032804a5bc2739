"""Put trained weights among those that come with the application: half precision, and a card.

    python tools/ship_weights.py TRAINED/model.safetensors npmca --licence "CC BY-NC 4.0 ..."

Writes resources/weights/MODEL.safetensors. What is known about the training goes along in the
file's metadata; the figures in resources/weights/README.md are written by hand, from measurements.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import torch
from safetensors.torch import load_file

from annotator.backends.networks.checkpoints import INPUT_SIDE, load_network, store
from annotator.io.weights import CONFIG, LICENCE, read_weights, shipped_weights

_KEPT = (CONFIG, INPUT_SIDE, "recipe", "data", "start", "steps", "seconds", "hardware", "commit")


def ship(file: Path, model: str, licence: str) -> Path:
    """Returns the file it wrote. Matrices become float16; vectors, which weigh nothing, stay."""
    told = read_weights(file).metadata
    tensors = load_file(file)
    small = {
        k: t.half() if t.dim() > 1 and t.is_floating_point() else t for k, t in tensors.items()
    }
    metadata = {key: told[key] for key in _KEPT if key in told}
    metadata |= {
        "model": model,
        "source": "trained with Strokeflow, comes with it",
        "added": date.today().isoformat(),
        LICENCE: licence,
    }
    # Where the data lay on the machine of the training is nobody's business.
    data = json.loads(metadata.get("data", "[]"))
    metadata["data"] = json.dumps([Path(d.partition(":")[2]).name for d in data])
    metadata["start"] = Path(metadata.get("start", "random weights")).name
    out = shipped_weights() / f"{model}.safetensors"
    out.parent.mkdir(parents=True, exist_ok=True)
    store(small, out, metadata)
    with torch.no_grad():
        load_network(out, model)
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("model")
    parser.add_argument("--licence", required=True)
    given = parser.parse_args()
    written = ship(given.file, given.model, given.licence)
    print(f"{written}: {written.stat().st_size / 1e6:.2f} MB")
