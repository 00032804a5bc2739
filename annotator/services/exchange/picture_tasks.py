"""Work on folders of pictures, as it runs in the worker process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np

from annotator.backends.base import FillBackend, FillRequest
from annotator.backends.registry import create
from annotator.core.errors import RunError
from annotator.core.types import FrameResult
from annotator.io.formats.grey import encode_grey
from annotator.io.formats.writing import export_folder
from annotator.io.media.pictures import PictureFolder
from annotator.jobs.base import TaskControl
from annotator.services.exchange.pictures import PicturesReport, PicturesTask

_OBJECT = 1


def cosaliency(task: PicturesTask, control: TaskControl) -> Iterator[PicturesReport]:
    """Write all maps or none; yields one report."""
    pictures, out = PictureFolder(Path(task.folder)), Path(task.out)
    count = len(pictures)
    backend = cast(FillBackend, create(task.gear.factory))
    request = FillRequest(
        tuple(range(count)), (), (_OBJECT,), options=task.gear.options, runtime=task.gear.runtime
    )
    control.progress(0, count)
    done = 0
    with export_folder(out) as folder:
        for result in backend.fill(pictures, request, control):
            (folder / f"{pictures.name(result.frame)}.png").write_bytes(encode_grey(_grey(result)))
            done += 1
            control.progress(done, count)
        if done != count:
            raise RunError(
                f"The backend gave {done} maps for {count} pictures.", "Nothing was written."
            )
    yield PicturesReport(count, out)


def _grey(result: FrameResult) -> np.ndarray:
    """uint8 [H, W]: the soft map, or the mask in white where the backend gives none."""
    soft = result.soft.get(_OBJECT)
    if soft is None:
        return np.where(result.label_map == _OBJECT, np.uint8(255), np.uint8(0))
    return np.rint(np.clip(soft, 0.0, 1.0) * 255.0).astype(np.uint8)
