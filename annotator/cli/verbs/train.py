"""`train`: a network on data of one's own, from a recipe."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from annotator.cli.output import Progress, print_json
from annotator.core.errors import RequestError, RunError
from annotator.services.exchange.training_data import plain_specs

_PACKAGE = "models.training"
"""Imported by name: the command line itself stays free of PyTorch."""
_LINE_S = 10.0
MOTION = "motion"
"""Not a network but what one learns from: colour-coded flow."""


def train(method: str, order: Mapping[str, Any], as_json: bool) -> None:
    """Raises RequestError and RunError with what to do."""
    with _told_well():
        loop: Any = importlib.import_module(f"{_PACKAGE}.run")
        recipes: Any = importlib.import_module(f"{_PACKAGE}.recipe")
        _refuse_no_method(method, recipes)
        recipe = recipes.load_recipe(order["recipe"])
        if method != _method_of(recipe):
            raise RequestError(
                f"The recipe '{order['recipe']}' is not for '{method}'.",
                f"It trains '{_method_of(recipe)}' on {recipe.samples}; choose another one.",
            )
        if order["resume"] and not (order["out"] / loop.STATE).is_file():
            raise RequestError(
                f"There is no training in {order['out']} to go on with.",
                "Leave out --resume to begin one, also where it was ended before its first save.",
            )
        facts = loop.train(loop.Order(**_with_folders(order)), _Shown())
    if not facts:
        return  # another process of the same training reports
    if as_json:
        print_json(facts)
        return
    print(f"{order['out']}/model.safetensors  {facts['steps']} steps, loss {facts['loss']:.4f}")
    print(f"Use it: strokeflow models import {order['out']}/model.safetensors --as {method}")


def _method_of(recipe: Any) -> str:
    return str(recipe.samples if recipe.samples == MOTION else recipe.method)


def _refuse_no_method(method: str, recipes: Any) -> None:
    known = {name: _method_of(recipes.load_recipe(name)) for name in recipes.presets()}
    if method in known.values():
        return
    hint = f"There are {', '.join(sorted(set(known.values())))}."
    if method in known:
        hint = f"It is a recipe: write 'train {known[method]} --recipe {method}'."
    raise RequestError(f"There is no method '{method}'.", hint)


def protocol(
    data: str, test: str, out: Path, plans: Sequence[str], changes: Mapping[str, Any], as_json: bool
) -> None:
    """FGPLG's pipeline for each plan. Raises RequestError and RunError with what to do."""
    with _told_well():
        study: Any = importlib.import_module(f"{_PACKAGE}.protocol")
        shown = _Shown()
        outcomes = study.conduct(
            study.Study(data, test, out, tuple(map(study.read_plan, plans)), changes=dict(changes)),
            lambda stage, progress: shown(progress, stage),
        )
    if as_json:
        print_json({"plans": [asdict(outcome) for outcome in outcomes]})
        return
    print(study.table(outcomes), end="")


def _with_folders(order: Mapping[str, Any]) -> dict[str, Any]:
    """The order with projects and COCO files as folders, which lie in its `out`."""
    place, keep = order["out"] / "data", order["resume"]
    return {
        **order,
        "data": tuple(plain_specs(order["data"], place, keep)),
        "validation": tuple(plain_specs(order["validation"], place / "validation", keep)),
    }


@contextmanager
def _told_well() -> Iterator[None]:
    """Errors of the training as those of this application."""
    try:
        errors: Any = importlib.import_module(f"{_PACKAGE}.errors")
        try:
            yield
        except errors.TrainingError as error:
            diverged = "diverged" in error.message
            raise (RunError if diverged else RequestError)(error.message, error.hint) from error
    except ModuleNotFoundError as missing:
        raise RequestError(
            f"The networks' libraries are not installed ({missing.name} is missing).",
            "Install them with 'make networks' or pip install 'strokeflow[networks]'.",
        ) from missing


class _Shown:
    """A live line on a terminal, else a line every few seconds."""

    def __init__(self) -> None:
        self._progress = Progress("training")
        self._due = 0.0

    def __call__(self, progress: Any, stage: str = "") -> None:
        self._progress.show(progress.step, progress.total, progress.eta_s)
        now = time.monotonic()
        if not sys.stderr.isatty() and now >= self._due:
            self._due = now + _LINE_S
            print(
                *([stage] if stage else []),
                f"step {progress.step}/{progress.total}  loss {progress.loss:.4f}  "
                f"{progress.eta_s:.0f} s left",
                sep="  ",
                file=sys.stderr,
                flush=True,
            )
