"""What one can do with the chosen object as a whole: lock, class, colour, split, runs of its own,
and the walk to frames that need a look."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from annotator.core.errors import RequestError
from annotator.core.objects import SAFE_COLORS, Color, ObjectInfo
from annotator.core.types import Provenance
from annotator.services.runs.staleness import stale_frames
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLOR_NAMES = (
    QT_TR_NOOP("orange"),
    QT_TR_NOOP("sky blue"),
    QT_TR_NOOP("green"),
    QT_TR_NOOP("yellow"),
    QT_TR_NOOP("blue"),
    QT_TR_NOOP("vermilion"),
    QT_TR_NOOP("purple"),
)
"""Names of `SAFE_COLORS`, in their order: a colour alone is no label."""


def swatch(color: Color) -> QIcon:
    """A square of one colour, the same in a chosen row."""
    pixmap = QPixmap(32, 32)
    pixmap.fill(QColor(*color))
    icon = QIcon(pixmap)
    # Qt would tint the icon of the chosen row, and the colour is what it is there to show.
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


class ObjectCommands:
    """Each change is one undo step. All raise RequestError where they cannot act."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def chosen(self) -> ObjectInfo:
        """The chosen object. Raises RequestError if there is none."""
        document = self._workspace.document
        if document is None or self._workspace.object_id not in document.objects:
            raise RequestError(
                tr("No object is chosen."), tr("Choose one in the list, or add one.")
            )
        return document.objects[self._workspace.object_id]

    def change(self, info: ObjectInfo) -> None:
        """Give the object other properties."""
        if self._workspace.bench is not None:
            self._workspace.bench.edit.change_object(info)

    def toggle_lock(self) -> None:
        """Guard the object's masks on all frames against tools and runs, or open them again."""
        info = self.chosen()
        self.change(replace(info, locked=not info.locked))
        said = tr("{name} is open again.") if info.locked else tr("{name} is locked on all frames.")
        self._workspace.noticed.emit("info", said.format(name=info.name), "")

    @property
    def locked(self) -> bool:
        """Whether the chosen object is locked as a whole."""
        document = self._workspace.document
        info = None if document is None else document.objects.get(self._workspace.object_id)
        return info is not None and info.locked

    def classes(self) -> list[str]:
        """The classes in use, sorted."""
        document = self._workspace.document
        objects = [] if document is None else document.objects.values()
        return sorted({info.category for info in objects if info.category})

    def ask_class(self, parent: QWidget) -> None:
        """Let the person choose or type the class of the chosen object."""
        info = self.chosen()
        dialog = QInputDialog(parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Class of {name}").format(name=info.name))
        dialog.setLabelText(tr("Class (exports carry it as the category):"))
        dialog.setComboBoxEditable(True)
        dialog.setComboBoxItems(["", *self.classes()])
        dialog.setTextValue(info.category)
        dialog.textValueSelected.connect(partial(self._classify, info.id))
        dialog.open()

    def _classify(self, object_id: int, name: str) -> None:
        document = self._workspace.document
        info = None if document is None else document.objects.get(object_id)
        if info is not None and name.strip() != info.category:
            changed = replace(info, category=name.strip())
            self._workspace.attempt(lambda: self.change(changed))

    def fill_colors(self, menu: QMenu) -> None:
        """Add the colours that are told apart with any common colour vision."""
        for name, color in zip(COLOR_NAMES, SAFE_COLORS, strict=True):
            menu.addAction(swatch(color), tr(name), partial(self._recolor, color))

    def _recolor(self, color: Color) -> None:
        self._workspace.attempt(lambda: self.change(replace(self.chosen(), color=color)))

    def propagate(self) -> None:
        """Carry the chosen object's masks to all other frames, or those of the range."""
        self._run("propagate")

    def refresh(self) -> None:
        """Make the masks of all objects anew that are older than their key frames."""
        asked = {} if self._workspace.span is None else {"frames": self._workspace.span}
        self._workspace.run("refresh", **asked)

    def _run(self, task: str) -> None:
        asked: dict[str, object] = {"objects": [self.chosen().id]}
        if self._workspace.span is not None:
            asked["frames"] = self._workspace.span
        self._workspace.run(task, **asked)

    # -- walking

    def go_to_stale(self, direction: int) -> None:
        """The nearest frame before (-1) or after (1) this one with a mask that is out of date."""
        document = self._workspace.document
        if document is None:
            return
        stale = np.zeros(document.n_frames, bool)
        for object_id in document.objects:
            stale |= stale_frames(document, object_id)
        self._go(stale, direction, tr("No mask on that side is out of date."))

    def go_to_edited(self, direction: int) -> None:
        """The nearest frame with a mask that a person drew or corrected."""
        document = self._workspace.document
        if document is None:
            return
        edited = np.zeros(document.n_frames, bool)
        for object_id in document.objects:
            provenance = document.cells.provenance(object_id)
            edited |= (provenance == Provenance.HUMAN) | (provenance == Provenance.CORRECTED)
        self._go(edited, direction, tr("There is no frame on that side that you changed."))

    def _go(self, wanted: NDArray[np.bool_], direction: int, nothing: str) -> None:
        frames, here = np.flatnonzero(wanted), self._workspace.frame
        side = frames[frames > here] if direction > 0 else frames[frames < here][::-1]
        if not len(side):
            raise RequestError(nothing)
        self._workspace.walk(side.tolist())
