"""`train`: a network on data of one's own, from a recipe."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Mapping
from typing import Any

from annotator.cli.output import Progress, print_json
from annotator.core.errors import RequestError, RunError

_PACKAGE = "models.training"
"""Imported by name: the command line itself stays free of PyTorch."""
_LINE_S = 10.0


def train(method: str, order: Mapping[str, Any], as_json: bool) -> None:
    """Raises RequestError and RunError with what to do."""
    try:
        loop: Any = importlib.import_module(f"{_PACKAGE}.run")
        recipes: Any = importlib.import_module(f"{_PACKAGE}.recipe")
        errors: Any = importlib.import_module(f"{_PACKAGE}.errors")
    except ModuleNotFoundError as missing:
        raise RequestError(
            f"The networks' libraries are not installed ({missing.name} is missing).",
            "Install them with 'make networks' or pip install 'strokeflow[networks]'.",
        ) from missing
    try:
        recipe = recipes.load_recipe(order["recipe"])
        if recipe.method != method:
            raise RequestError(
                f"The recipe '{order['recipe']}' is for '{recipe.method}', not for '{method}'.",
                f"Run 'strokeflow train {recipe.method}', or choose another recipe.",
            )
        facts = loop.train(loop.Order(**order), _Shown())
    except errors.TrainingError as error:
        diverged = "diverged" in error.message
        raise (RunError if diverged else RequestError)(error.message, error.hint) from error
    if not facts:
        return  # another process of the same training reports
    if as_json:
        print_json(facts)
        return
    print(f"{order['out']}/model.safetensors  {facts['steps']} steps, loss {facts['loss']:.4f}")
    print(f"Use it: strokeflow models import {order['out']}/model.safetensors --as {method}")


class _Shown:
    """A live line on a terminal, else a line every few seconds."""

    def __init__(self) -> None:
        self._progress = Progress("training")
        self._due = 0.0

    def __call__(self, progress: Any) -> None:
        self._progress.show(progress.step, progress.total, progress.eta_s)
        now = time.monotonic()
        if not sys.stderr.isatty() and now >= self._due:
            self._due = now + _LINE_S
            print(
                f"step {progress.step}/{progress.total}  loss {progress.loss:.4f}  "
                f"{progress.eta_s:.0f} s left",
                file=sys.stderr,
                flush=True,
            )
