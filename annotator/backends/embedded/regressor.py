"""A small monotone regressor whose weights are a text file: logistic, then a calibration curve."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

FAR = 4.0
"""Inputs are cut off at this many deviations: nothing was learnt beyond."""
_LEAST = 1e-3
_LOG_FLOOR = 1e-2

SCALES = ("plain", "odds", "log")


def rescale(scale: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """An input as the regressor adds it up: as it is, as log odds of [0, 1], or as logarithm."""
    if scale == "odds":
        inside = np.clip(values, _LEAST, 1 - _LEAST)
        return np.asarray(np.log(inside / (1 - inside)))
    return np.asarray(np.log(values + _LOG_FLOOR)) if scale == "log" else values


@dataclass(frozen=True, slots=True, eq=False)
class Regressor:
    """From named numbers to an estimate in [0, 1].

    Attributes:
        names: F inputs, in order.
        scales: how each is rescaled first, see `rescale`.
        mean, deviation, weights: float64 [F], of the rescaled inputs.
        bias: added to the weighted sum, in log odds.
        knots: float64 [K, 2], ascending: what the sum says as a probability, and what it then was
            on average (isotonic regression); linear in between.
    """

    names: tuple[str, ...]
    scales: tuple[str, ...]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    knots: NDArray[np.float64]

    def raw(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Uncalibrated estimates [N] of inputs [N, F]."""
        columns = [rescale(s, table[:, i]) for i, s in enumerate(self.scales)]
        scaled = np.clip((np.stack(columns, 1) - self.mean) / self.deviation, -FAR, FAR)
        return np.asarray(1 / (1 + np.exp(-(scaled @ self.weights + self.bias))))

    def __call__(self, inputs: Mapping[str, float]) -> float:
        """The calibrated estimate of one mask. Raises KeyError where an input is missing."""
        row = np.array([[inputs[name] for name in self.names]])
        return float(np.interp(self.raw(row)[0], self.knots[:, 0], self.knots[:, 1]))

    def to_text(self, about: str) -> str:
        """The file that `parse` reads, with `about` as its comment."""
        lines = [f"# {line}" for line in about.splitlines()]
        lines.append(f"bias = {self.bias:.5g}")
        lines.append("# what the weighted sum says, what J then was on average")
        knots = ", ".join(f"[{a:.4f}, {b:.4f}]" for a, b in self.knots)
        lines.append(f"knots = [{knots}]")
        for i, name in enumerate(self.names):
            lines += [
                f"\n[inputs.{name}]",
                f'scale = "{self.scales[i]}"',
                f"mean = {self.mean[i]:.5g}",
                f"deviation = {self.deviation[i]:.5g}",
                f"weight = {self.weights[i]:.5g}",
            ]
        return "\n".join(lines) + "\n"


def parse(text: str) -> Regressor:
    """A regressor from its text. Raises KeyError or ValueError for another one."""
    told = tomllib.loads(text)
    inputs = told["inputs"]

    def column(key: str) -> NDArray[np.float64]:
        return np.array([entry[key] for entry in inputs.values()], float)

    scales = tuple(entry["scale"] for entry in inputs.values())
    if not set(scales) <= set(SCALES):
        raise ValueError(f"unknown scales in {scales}")
    return Regressor(
        tuple(inputs),
        scales,
        column("mean"),
        column("deviation"),
        column("weight"),
        float(told["bias"]),
        np.array(told["knots"], float),
    )


@lru_cache(maxsize=4)
def load(name: str) -> Regressor:
    """The regressor `resources/quality/NAME.toml`."""
    return parse(resources.files("resources").joinpath(f"quality/{name}.toml").read_text("utf-8"))
