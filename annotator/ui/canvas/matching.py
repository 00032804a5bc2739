"""Where a point or an object was matched, shown over the key frame and the frame before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from annotator.core.types import Image
from annotator.jobs.base import Job, JobState
from annotator.services.runs.matching import MatchedFrame
from annotator.ui.canvas.canvas import Canvas
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized
from annotator.ui.workspace import Workspace

_DIM = 0.35
"""How much of a picture is left where nothing was matched."""


def glowing(picture: Image, heat: NDArray[np.uint8]) -> Image:
    """The picture, dim and grey where heat is low, through red to yellow where it is high.

    The scale is that of black-body colours: lightness alone tells high from low as well.
    """
    grey = picture.mean(-1, keepdims=True) * _DIM
    level = heat.astype(np.float32)[..., None] / 255
    ramp = np.concatenate([np.clip(k * level, 0, 1) for k in (3.0, 1.5, 0.4)], -1) * 255
    share = np.clip(1.6 * level, 0, 0.85)
    return ((1 - share) * grey + share * ramp).clip(0, 255).astype(np.uint8)


class _Sheet(QWidget):
    """A picture that fills its place and keeps its proportions."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.image = QImage()
        self.setMinimumSize(240, 150)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return QSize(430, 250)

    def show_pixels(self, pixels: Image | None) -> None:
        if pixels is None:
            self.image = QImage()
        else:
            height, width = pixels.shape[:2]
            data = np.ascontiguousarray(pixels)
            kind = QImage.Format.Format_RGB888
            self.image = QImage(data.tobytes(), width, height, 3 * width, kind).copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(self.backgroundRole()).darker(130))
        if self.image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        kept = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = self.rect()
        place.setSize(kept)
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self.image)


class MatchingView(QDialog):
    """A window beside the main one; it stays while the person goes on working."""

    def __init__(self, parent: QWidget, workspace: Workspace, canvas: Canvas) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self._at = (-1, -1)
        self._job: Job | None = None
        self._asked: object = None
        """The last question: what still comes in answer to an earlier one is not shown."""
        self.setModal(False)
        self.setWindowTitle(tr("Matching"))
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.titles = [QLabel(), QLabel()]
        self.sheets = [_Sheet(tr("Key frame")), _Sheet(tr("Frame before"))]
        again = QPushButton(tr("Match the &chosen object"))
        again.setAutoDefault(False)
        again.clicked.connect(self.ask_object)
        row = QHBoxLayout()
        for title, sheet in zip(self.titles, self.sheets, strict=True):
            column = QVBoxLayout()
            column.addWidget(title)
            column.addWidget(sheet, 1)
            row.addLayout(column)
        column = QVBoxLayout(self)
        column.addWidget(self.about)
        column.addLayout(row, 1)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        canvas.pointed.connect(self._point)
        workspace.projectChanged.connect(self._forget)

    def ask_object(self) -> None:
        """Where the chosen object of this frame was matched."""
        self._ask(None)

    def ask_point(self) -> None:
        """Where what is under the pointer was matched."""
        self._ask(self._at if self._at[0] >= 0 else None)

    def _point(self, x: int, y: int) -> None:
        # The pointer leaves the canvas on its way to a menu: the last place counts.
        if x >= 0:
            self._at = (x, y)

    def _ask(self, point: tuple[int, int] | None) -> None:
        workspace = self.workspace
        frame, object_id = workspace.frame, workspace.object_id
        bench = workspace.bench
        if bench is None:
            return
        if self._job is not None and not self._job.state.over:
            workspace.host.runner.cancel(self._job)
        document = bench.document
        name = document.objects[object_id].name if object_id in document.objects else ""
        texts = {
            True: tr("Where “{name}” of frame {frame} was matched. Brighter: more of it.").format(
                name=name, frame=frame
            ),
            False: tr("Where the marked point of frame {frame} was matched, for “{name}”.").format(
                name=name, frame=frame
            ),
        }

        def submit(forget: Callable[[Job], None]) -> Job:
            asked = self._asked = object()

            def over(job: Job) -> None:
                forget(job)
                self._ended(asked, job)

            self._clear(texts[point is None])
            take = partial(self._take, asked)
            self._job = bench.matching.ask(frame, object_id, point, take, over)
            self.show()
            self.raise_()
            return self._job

        workspace.exchange.question(submit)

    def _clear(self, about: str = "") -> None:
        self.about.setText(about)
        for title, sheet in zip(self.titles, self.sheets, strict=True):
            title.clear()
            sheet.show_pixels(None)

    def _forget(self) -> None:
        self._at, self._asked = (-1, -1), None
        self._clear()
        self.hide()

    def _take(self, asked: object, found: MatchedFrame) -> None:
        if asked is not self._asked:
            return
        number = sum(not sheet.image.isNull() for sheet in self.sheets)
        texts = (tr("Key frame {frame}"), tr("Frame {frame}, the one before"))
        self.titles[number].setText(texts[number].format(frame=found.frame))
        self.sheets[number].show_pixels(glowing(found.picture, found.heat))

    def _ended(self, asked: object, job: Job) -> None:
        if job.state is JobState.FAILED and asked is self._asked:
            self._clear(localized(str(job.error)))
