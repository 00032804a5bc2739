"""Media that are replaced while their project is open: nothing is computed from other frames."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from annotator.app import Application
from annotator.core.changes import SetCells, SetLabel, SetObject
from annotator.core.errors import MediaError
from annotator.core.objects import new_object
from annotator.core.types import Cell, Provenance
from annotator.services.project.projects import create_project
from annotator.services.runs.runs import wait_for
from tests import fakes
from tests.videos import write_video


@pytest.mark.parametrize("kind", ["images", "video"])
@pytest.mark.parametrize("size", [(64, 48), (96, 64)], ids=["same size", "another size"])
def test_a_run_refuses_other_frames(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    place = tmp_path / ("clip.mp4" if kind == "video" else "clip")
    if kind == "video":
        write_video(place, size=(64, 48), frames=12)
    else:
        fakes.image_folder(place)
    application = Application(inline=True)
    application.registry = fakes.registry()
    bench = application.open(create_project(tmp_path / "p", place))
    mask = np.zeros((48, 64), np.uint8)
    mask[10:30, 5:25] = 1
    bench.session.apply(
        "Label",
        [
            SetObject(1, new_object(1)),
            SetLabel(0, mask),
            SetCells(0, {1: Cell(Provenance.HUMAN)}),
        ],
    )
    if kind == "video":
        place.unlink()
        write_video(
            place, size=size, images=[np.full((*size[::-1], 3), 9 * i, np.uint8) for i in range(12)]
        )
    else:
        shutil.rmtree(place)
        place.mkdir()
        for frame in range(12):
            cv2.imwrite(str(place / f"{frame:05d}.png"), np.full((*size[::-1], 3), frame, np.uint8))
    try:
        run = bench.inference.fill("propagate")
        with pytest.raises(MediaError, match="frames have changed"):
            wait_for(application.runner, run)
        assert not any(bench.document.label_map(frame).any() for frame in range(1, 12))
    finally:
        bench.close()
        application.close()
