"""Put trained weights among those that come with the application: half precision, and a card.

    python tools/ship_weights.py npmca TRAINED/model.safetensors --licence "CC BY-NC 4.0 ..."

Of several files of one training (`strokeflow train --keep-every`) it takes the mean, which is
better than the last one alone (Izmailov et al., "Averaging weights leads to wider optima", 2018).
Writes resources/weights/MODEL.safetensors. What is known about the training goes along in the
file's metadata; the figures in resources/weights/README.md are written by hand, from measurements.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import torch
from safetensors.torch import load_file

from annotator.backends.networks.checkpoints import INPUT_SIDE, load_network, store
from annotator.io.weights import CONFIG, LICENCE, read_weights, shipped_weights

_KEPT = (CONFIG, INPUT_SIDE, "recipe", "data", "start", "steps", "seconds", "hardware", "commit")


def ship(files: Sequence[Path], model: str, licence: str) -> Path:
    """Returns the file it wrote. Matrices become float16; vectors, which weigh nothing, stay. The
    last file is the one that says how it was trained."""
    told = read_weights(files[-1]).metadata
    each = [load_file(file) for file in files]
    tensors = {
        k: torch.stack([one[k] for one in each]).mean(0) if last.is_floating_point() else last
        for k, last in each[-1].items()
    }
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
    parser.add_argument("model")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--licence", required=True)
    given = parser.parse_args()
    written = ship(given.files, given.model, given.licence)
    print(f"{written}: {written.stat().st_size / 1e6:.2f} MB")
