"""Where a remark points to, in numbers: what dragging its pin does, for the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from annotator.core.review import Remark
from annotator.services.review.remarks import move_remark
from annotator.ui.i18n import tr
from annotator.ui.workspace import Workspace


class PinDialog(QDialog):
    """Moves the pin of a remark, or gives it one (at first in the middle of the picture)."""

    def __init__(self, parent: QWidget, workspace: Workspace, remark: Remark) -> None:
        super().__init__(parent)
        document = workspace.document
        assert document is not None
        self._workspace = workspace
        self._remark = remark.id
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Pin of remark {id}").format(id=remark.id))
        form = QFormLayout()
        middle = tuple((extent - 1) / 2 for extent in document.size)
        before = remark.place or middle
        self.left, self.top = QSpinBox(), QSpinBox()
        names = (tr("From the left"), tr("From the top"))
        for field, name, at, extent in zip(
            (self.left, self.top), names, before, document.size, strict=True
        ):
            field.setRange(0, extent - 1)
            field.setSuffix(tr(" px"))
            field.setValue(round(at))
            field.setAccessibleName(name)
            form.addRow(name, field)
        self._before = None if remark.place is None else (self.left.value(), self.top.value())
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(buttons)
        self.accepted.connect(self._move)

    def _move(self) -> None:
        bench, place = self._workspace.bench, (self.left.value(), self.top.value())
        if bench is not None and place != self._before:
            self._workspace.attempt(lambda: move_remark(bench.session, self._remark, place))
