"""Tiny data for trainings of seconds, and recipes shrunk to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from models.training.recipe import load_recipe

SIZE = (64, 96)
NETWORKS: dict[str, dict[str, Any]] = {
    "npmca": {"blocks": (1, 1, 1), "width": 8, "channels": 16, "decoder": 16},
    "scwssod": {"blocks": (1, 1, 1, 1), "width": 8, "channels": 8},
    "dcfm": {"convs": (1, 1, 1, 1, 1), "width": 8, "channels": 8},
    "refiner": {"width": 4},
    "rcrnet": {"blocks": (1, 1, 1, 1), "width": 8, "channels": 16, "skip": 8, "refine": 16},
}
NETWORKS["fgplg"] = NETWORKS["ner"] = NETWORKS["rcrnet"]
NETWORKS["strokes"] = NETWORKS["refiner"]


def draw(at: tuple[int, int], colour: tuple[int, int, int], seed: int) -> tuple[Any, Any]:
    """A picture of a disk on a textured ground, and its mask."""
    noise = np.random.default_rng(seed).integers(0, 160, (*SIZE, 3), dtype=np.uint8)
    image = cv2.GaussianBlur(noise, (0, 0), 2)
    mask = np.zeros(SIZE, np.uint8)
    cv2.circle(mask, at, 14, 1, -1)
    image[mask > 0] = colour
    return image, mask


def make_data(folder: Path) -> tuple[str, str]:
    """(videos spec, images spec): two clips of 8 frames, two groups of 4 pictures."""
    for n, colour in enumerate([(220, 60, 40), (40, 80, 220)]):
        for kind in ("frames", "masks"):
            (folder / "videos" / f"clip{n}" / kind).mkdir(parents=True)
        for t in range(8):
            image, mask = draw((24 + 5 * t, 32 + 2 * n), colour, 10 * n)
            base = folder / "videos" / f"clip{n}"
            Image.fromarray(image).save(base / "frames" / f"{t:05}.jpg", quality=95)
            Image.fromarray(mask * 255).save(base / "masks" / f"{t:05}.png")
        for kind in ("img", "mask"):
            (folder / "images" / f"group{n}" / kind).mkdir(parents=True)
        for i in range(4):
            image, mask = draw((30 + 9 * i, 30), colour, 50 + 10 * n + i)
            base = folder / "images" / f"group{n}"
            Image.fromarray(image).save(base / "img" / f"{i}.jpg", quality=95)
            Image.fromarray(mask).save(base / "mask" / f"{i}.png")
    return f"videos:{folder / 'videos'}", f"images:{folder / 'images'}"


def shrunk(preset: str, **more: Any) -> dict[str, Any]:
    """What to change in a preset so that an epoch of it takes seconds."""
    recipe = load_recipe(preset)
    size = (64, 64) if recipe.method in ("dcfm", "scwssod") else SIZE
    sampling = {**recipe.sampling, "group": 3}
    kinds = {k: v for k, v in recipe.network.items() if k in ("guide", "normalised")}
    network = {**NETWORKS[recipe.method], **kinds}
    if recipe.samples == "guided":
        size, sampling["lines"] = (64, 64), 64
    if recipe.samples == "refined":
        size = (32, 32)
    changes: dict[str, Any] = {
        "size": size,
        "network": network,
        "sampling": sampling,
        "batch": min(recipe.batch, 2),
        "steps": 0,
        "epochs": 1,
        "train_only": (),
    }
    return {**changes, **more}
