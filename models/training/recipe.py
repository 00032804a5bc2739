"""Recipes: readable TOML presets in resources/recipes, or a file of one's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from models.training.errors import TrainingError

OPTIMISERS = ("adam", "sgd")
SCHEDULES = ("constant", "triangle", "one-cycle")
SAMPLES = (
    "images",
    "scribbles",
    "groups",
    "static",
    "video",
    "triples",
    "clips",
    "guided",
    "motion",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything about a training but its data and machine.

    Attributes:
        method: network, as in `models.loading`.
        about: one sentence: whose recipe it is.
        samples: what a sample is, see `models.training.tasks`.
        size: (height, width) of what the network sees.
        steps: optimiser steps; `epochs` over the samples of the data where it is 0.
        batch: samples per optimiser step, over all devices together.
        accumulate: parts that a batch is computed in, one after another.
        optimiser: "adam" (decay added to the gradient) or "sgd" (Nesterov, momentum 0.9).
        rate: learning rate; with a schedule the highest one.
        backbone_rate: rate of the backbone relative to `rate`.
        schedule: "constant", "triangle" (up to half of the steps and down) or "one-cycle".
        train_only: beginnings of names of the parameters that are trained; all by default.
        clip: largest norm of the gradient; 0 = no limit.
        ema: decay of the moving average of the weights that is stored; 0 = the last weights.
        freeze_statistics: batch normalisation keeps its means and variances.
        seed: of weights and samples.
        network: fields of the network's config.
        sampling: settings of the samples.
    """

    method: str
    about: str
    samples: str
    size: tuple[int, int]
    steps: int = 0
    epochs: int = 0
    batch: int = 1
    accumulate: int = 1
    optimiser: str = "adam"
    rate: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 0.0
    backbone_rate: float = 1.0
    schedule: str = "constant"
    train_only: tuple[str, ...] = ()
    clip: float = 0.0
    ema: float = 0.0
    freeze_statistics: bool = False
    seed: int = 0
    network: Mapping[str, Any] = field(default_factory=dict)
    sampling: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def presets() -> list[str]:
    """Names of the recipes that ship with the application."""
    folder = files("resources").joinpath("recipes")
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


def load_recipe(name: str, **changes: Any) -> Recipe:
    """The preset `name`, or the recipe in the TOML file `name`, with fields replaced by `changes`.

    Raises TrainingError for a recipe that does not exist or says something unknown.
    """
    if name in presets():
        text = files("resources").joinpath("recipes", f"{name}.toml").read_text("utf-8")
    elif name.endswith(".toml") and Path(name).is_file():
        text = Path(name).read_text("utf-8")
    else:
        raise TrainingError(
            f"There is no recipe '{name}'.",
            f"There are {', '.join(presets())}; or give a .toml file.",
        )
    try:
        return _checked({**tomllib.loads(text), **changes})
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise TrainingError(
            f"The recipe '{name}' cannot be used: {error}.", "Compare it with a preset."
        ) from error


def _checked(table: Mapping[str, Any]) -> Recipe:
    known = {f.name for f in fields(Recipe)}
    if unknown := sorted(set(table) - known):
        raise ValueError(f"it says {', '.join(unknown)}, which means nothing")
    tuples = {k: tuple(table[k]) for k in ("size", "betas", "train_only") if k in table}
    recipe = Recipe(**{**table, **tuples})
    for value, allowed in (
        (recipe.samples, SAMPLES),
        (recipe.optimiser, OPTIMISERS),
        (recipe.schedule, SCHEDULES),
    ):
        if value not in allowed:
            raise ValueError(f"'{value}' is none of {', '.join(allowed)}")
    if recipe.batch < 1 or recipe.batch % recipe.accumulate:
        raise ValueError("the batch cannot be split into 'accumulate' parts")
    if bool(recipe.steps) == bool(recipe.epochs):
        raise ValueError("it needs 'steps' or 'epochs', and not both")
    return recipe
