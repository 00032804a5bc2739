"""Weights of very small networks, and fits that take seconds, for tests of the adapters."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import torch

from annotator.backends.base import FitRequest, Runtime, ScribbleRequest
from annotator.backends.networks.checkpoints import METHOD, store
from annotator.backends.registry import BackendCard, create
from annotator.core.options import resolve_options
from annotator.io.weights import CONFIG
from models import loading
from tests.backends.clip import STROKES, Clip, Watch, key, truth

SIDE = 96
_RESNET: dict[str, Any] = {"blocks": (1, 1, 1, 1), "width": 8}
CONFIGS: dict[str, dict[str, Any]] = {
    "scwssod": {**_RESNET, "channels": 16},
    "fgplg": {**_RESNET, "channels": 16, "skip": 8, "refine": 16},
    "rcrnet": {**_RESNET, "channels": 16, "skip": 8, "refine": 16},
    "ner": {**_RESNET, "channels": 16, "skip": 8, "refine": 16},
    "dcfm": {"convs": (1, 1, 1, 1, 1), "width": 4, "channels": 8},
    "npmca": {"blocks": (1, 1, 1), "width": 8, "channels": 16, "decoder": 16},
    "refiner": {"width": 4},
    "strokes": {"width": 4},
}


def options(card: BackendCard, **given: Any) -> dict[str, Any]:
    small = {"size": SIDE} if any(option.name == "size" for option in card.options) else {}
    return resolve_options(card.options, {**small, **given})


def random_weights(method: str, folder: Path, model: str = "", **more: str) -> Path:
    """A stored model that has learnt nothing; `model` names it, the method without; `more` goes
    into its config."""
    torch.manual_seed(0)
    config = {**CONFIGS[method], **more}
    net = loading.build(method, config)
    out = folder / f"{model or method}.safetensors"
    told = {CONFIG: json.dumps(config), METHOD: method, "model": model or method}
    store(net.state_dict(), out, told)
    return out


def fit_request(card: BackendCard, out: Path, steps: int, **given: Any) -> FitRequest:
    """Everything that a project on the little clip could hold: three frames and scribbles."""
    drawn = ScribbleRequest(0, STROKES, (1, 2), truth(0) * 0)
    keys = tuple(key(frame, 1, 2) for frame in (0, 2, 3, 4, 6))
    scribbles = (drawn,) if "saliency" in card.factories else ()
    return FitRequest(scribbles, keys, (1, 2), steps, 0.0, out, options(card, **given))


_fitted: dict[str, Runtime] = {}


def fitted(card: BackendCard) -> Runtime:
    """Weights of a small network that was fitted on the little clip; made once."""
    if card.id not in _fitted:
        _fitted[card.id] = _fit(card)
    return _fitted[card.id]


def unlearnt(card: BackendCard) -> Runtime:
    """Random weights, for a card that cannot be fitted on a clip; made once."""
    if card.id not in _fitted:
        folder = Path(mkdtemp(prefix="strokeflow-random-"))
        _fitted[card.id] = Runtime("cpu", str(random_weights(card.model, folder, **card.config)))
    return _fitted[card.id]


def _fit(card: BackendCard) -> Runtime:
    out = Path(mkdtemp(prefix="strokeflow-fit-")) / "fitted.safetensors"
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch)
        request = fit_request(card, out, 200)
        updates = list(create(card.factories["fit"]).fit(Clip(), request, Watch()))
    assert updates[-1].loss < updates[0].loss
    return Runtime("cpu", str(out))


def shrink(patch: pytest.MonkeyPatch) -> None:
    """New networks of the adapters are very small ones."""
    from annotator.backends.networks import scwssod, triples

    patch.setattr(scwssod, "COMPACT", CONFIGS["scwssod"])
    patch.setattr(triples, "COMPACT", CONFIGS["fgplg"])
