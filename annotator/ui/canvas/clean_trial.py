"""What cleaning up would do to the frame on the canvas, computed on a thread and laid over it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from annotator.core.types import LabelMap
from annotator.services.editing.cleaning import Cleaning, cleaned
from annotator.ui.canvas.computed_overlays import changed_pixels


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What would change on a frame.

    Attributes:
        wish: number of the question that it answers.
        picture: uint32 [H, W] premultiplied ARGB, clear where nothing changes.
        gained, lost: pixels.
    """

    wish: int
    picture: NDArray[np.uint32]
    gained: int
    lost: int


class TrialMaker(QObject):
    """Answers one question at a time, the newest first; those that were overtaken never.

    Signals:
        ready(Trial): the newest question is answered.
    """

    ready = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._state = threading.Condition()
        self._asked: tuple[LabelMap, tuple[int, ...], Cleaning] | None = None
        self._wish = 0
        self._closing = False
        threading.Thread(target=self._serve, name="clean-trial", daemon=True).start()

    def ask(self, label_map: LabelMap, objects: Sequence[int], cleaning: Cleaning) -> None:
        """What would become of these objects of a frame; the answer comes as `ready`."""
        with self._state:
            self._wish += 1
            self._asked = label_map, tuple(objects), cleaning
            self._state.notify()

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        with self._state:
            self._wish += 1
            self._asked = None

    def is_newest(self, trial: Trial) -> bool:
        return trial.wish == self._wish

    def close(self) -> None:
        """Answer nothing more."""
        with self._state:
            self._closing = True
            self._state.notify()

    def _serve(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._closing or self._asked is not None)
                if self._closing:
                    return
                assert self._asked is not None
                (before, objects, cleaning), self._asked = self._asked, None
                wish = self._wish
            after = cleaned(before, objects, cleaning)
            mine = [np.isin(labels, objects) for labels in (before, after)]
            trial = Trial(
                wish,
                changed_pixels(before, after),
                int((mine[1] & ~mine[0]).sum()),
                int((mine[0] & ~mine[1]).sum()),
            )
            if wish == self._wish and not self._closing:
                self.ready.emit(trial)
