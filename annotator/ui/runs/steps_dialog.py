"""The steps of plug-and-play adaptation on the frame that is shown, map by map."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from annotator.backends.saliency.step_store import Steps, StepStore
from annotator.core.document import ChangeSet
from annotator.core.types import Image
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.panels.fields import resize_within
from annotator.ui.workspace import Workspace

_CODED = "flow"
_TITLES = {
    _CODED: QT_TR_NOOP("1. Motion to the next frame, colour-coded"),
    "motion": QT_TR_NOOP("2. What stands out by motion"),
    "colour": QT_TR_NOOP("3. What stands out by colour"),
    "low": QT_TR_NOOP("4. Both, multiplied"),
    "twin": QT_TR_NOOP("5. What the twin learnt from key frames"),
    "final": QT_TR_NOOP("6. Steps 4 and 5, multiplied"),
}
_COLUMNS = 3


class _Tile(QWidget):
    """A picture as large as there is room, and what it is."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.image = QImage()
        self._title = title
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(260, 170)

    def show_picture(self, picture: Image | None) -> None:
        """uint8 [h, w, 3]; None where this step was not taken."""
        self.image = QImage()
        if picture is not None:
            whole = np.ascontiguousarray(picture)
            height, width = whole.shape[:2]
            shown = QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888)
            self.image = shown.copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        text = painter.fontMetrics().height() + 6
        room = QRectF(0, text, self.width(), self.height() - text)
        painter.setPen(self.palette().color(self.foregroundRole()))
        line = QRectF(0, 0, self.width(), text)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        title = painter.fontMetrics().elidedText(
            self._title, Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(line, left, title)
        if self.image.isNull():
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), "-")
            return
        scale = min(room.width() / self.image.width(), room.height() / self.image.height())
        size = QSize(round(self.image.width() * scale), round(self.image.height() * scale))
        painter.drawImage(QRectF(0, text, size.width(), size.height()), self.image)


class StepsDialog(QDialog):
    """Stays open beside the window and follows the frame."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.workspace = workspace
        self.setWindowTitle(tr("Steps of the adaptation"))
        resize_within(self, 900, 460)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.tiles = {name: _Tile(tr(title)) for name, title in _TITLES.items()}
        grid = QGridLayout()
        for index, tile in enumerate(self.tiles.values()):
            grid.addWidget(tile, *divmod(index, _COLUMNS))
        column = QVBoxLayout(self)
        column.addWidget(self.about)
        column.addLayout(grid, 1)
        workspace.frameChanged.connect(self._refresh)
        workspace.projectChanged.connect(self._refresh)
        workspace.changed.connect(self._changed)
        self._refresh()

    def _changed(self, changed: ChangeSet) -> None:
        if changed.everything or self.workspace.frame in changed.labels:
            self._refresh()

    def _refresh(self) -> None:
        steps = self._steps()
        for name, tile in self.tiles.items():
            tile.show_picture(None if steps is None else _picture(steps, name))
        self.about.setText(self._words(steps))

    def _steps(self) -> Steps | None:
        bench = self.workspace.bench
        if bench is None:
            return None
        store = StepStore(str(bench.session.folder / "cache"), bench.document.n_frames)
        return store.get(self.workspace.frame)

    def _words(self, steps: Steps | None) -> str:
        if steps is None:
            return tr(
                "Nothing here yet. Choose Run > Run with options, the task 'Masks from scribbles, "
                "or of what is salient' and the backend 'Plug-and-play adaptation'; its maps of "
                "every frame are kept until the next such run."
            )
        told = (
            tr("Frame {frame} is a key frame: motion and colour agree (non-overlap {ratio}).")
            if steps.key
            else tr(
                "Frame {frame} is no key frame: motion and colour differ (non-overlap {ratio})."
            )
        )
        return told.format(frame=self.workspace.frame, ratio=f"{steps.ratio:.2f}")


def _picture(steps: Steps, name: str) -> Image | None:
    """uint8 [h, w, 3] of a step; None where it was not taken."""
    if name == _CODED:
        return steps.picture()
    if name not in steps.names:
        return None
    level = steps.map(name)
    # Products of maps are dark: each is shown as bright as it can be.
    bright = level.astype(np.float32) * (255 / max(int(level.max()), 1))
    return np.repeat(np.rint(bright).astype(np.uint8)[..., None], 3, axis=2)
