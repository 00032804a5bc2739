"""The course of a training: its points in a file, in TensorBoard, and for its card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

CURVE = "curve.jsonl"
PICTURES = "validation"

Point = dict[str, float]
"""`step` with `loss`, or with `validation`, `J` and `mae`."""


class Curve:
    """The points of a training so far, in order. Only one process of a training writes them.

    Args:
        out: folder of the training.
        points: of what was done before.
    """

    def __init__(self, out: Path, points: Sequence[Point] = ()) -> None:
        self.points = list(points)
        self._out = out
        self._log: SummaryWriter | None = None

    def begin(self, step: int) -> None:
        """Write from here on; what an earlier process wrote after `step` goes."""
        lines = [json.dumps(point) + "\n" for point in self.points]
        (self._out / CURVE).write_text("".join(lines), encoding="utf-8")
        self._log = SummaryWriter(str(self._out / "tensorboard"), purge_step=step)

    def close(self) -> None:
        if self._log is not None:
            self._log.close()

    def note(self, point: Point) -> None:
        self.points.append(point)
        if self._log is None:
            return
        with (self._out / CURVE).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(point) + "\n")
        for name, value in point.items():
            if name != "step":
                self._log.add_scalar(name, value, int(point["step"]))

    def show(self, picture: NDArray[np.uint8], step: int) -> None:
        """Keep what a validation looked like, uint8 [H, W, 3]."""
        if self._log is None:
            return
        folder = self._out / PICTURES
        folder.mkdir(exist_ok=True)
        Image.fromarray(picture).save(folder / f"{step:07}.png")
        self._log.add_image("validation", picture, step, dataformats="HWC")

    @property
    def losses(self) -> list[tuple[int, float]]:
        """(step, loss) of every step."""
        return [(int(p["step"]), p["loss"]) for p in self.points if "loss" in p]

    @property
    def checks(self) -> list[Point]:
        """The validations."""
        return [p for p in self.points if "validation" in p]


def load_curve(out: Path) -> Sequence[Point]:
    """The points of a training's curve, in order."""
    text = (out / CURVE).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
