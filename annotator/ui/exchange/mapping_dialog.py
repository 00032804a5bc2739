"""Which object takes what a label file brings, and what happens where a person was first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QListWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import Document
from annotator.core.errors import StrokeflowError
from annotator.core.types import VOID
from annotator.services.exchange.mapping import (
    AS_VOID,
    NEW,
    SKIP,
    Incoming,
    Wish,
    conflicts,
    resolve,
    usual_wish,
)
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import resize_within
from annotator.ui.words.phrases import localized

_LISTED = 500
_SWATCH = QSize(14, 14)


class MappingDialog(QDialog):
    """A row per object of the file. `mapping` and `overwrite` are what was chosen."""

    def __init__(
        self, parent: QWidget, incoming: Sequence[Incoming], document: Document, name: str
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._incoming = tuple(incoming)
        self._document = document
        self.mapping: dict[int, int] = {}
        self.setWindowTitle(tr("Objects of {name}").format(name=name))
        resize_within(self, 620, 460)
        self.choices = [self._choice(item) for item in self._incoming]
        self.table = self._make_table()
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.met = QListWidget()
        self.met.setAccessibleName(tr("Masks that are there already"))
        self.met.setMaximumHeight(130)
        self.replace = QCheckBox(tr("Replace them; undo brings them back in one step"))
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.ok = self.buttons.button(kinds.Ok)
        self.ok.setText(tr("Import"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.table, 1)
        column.addWidget(self.about)
        column.addWidget(self.met)
        column.addWidget(self.replace)
        column.addWidget(self.buttons)
        for box in self.choices:
            box.currentIndexChanged.connect(self._changed)
        self._changed()

    @property
    def overwrite(self) -> bool:
        return self.replace.isChecked()

    def wishes(self) -> dict[int, Wish]:
        """What shall become of each object of the file."""
        return {
            item.id: box.currentData()
            for item, box in zip(self._incoming, self.choices, strict=True)
        }

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(len(self._incoming), 4)
        table.setHorizontalHeaderLabels(
            [tr("In the file"), tr("Class"), tr("Frames"), tr("Becomes")]
        )
        table.setAccessibleName(tr("Objects of the file"))
        table.verticalHeader().hide()
        table.setIconSize(_SWATCH)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        for row, item in enumerate(self._incoming):
            color = (224, 224, 192) if item.info is None else item.info.color
            name = tr("void") if item.info is None else f"{item.id}  {localized(item.name)}"
            table.setItem(row, 0, QTableWidgetItem(_swatch(color), name))
            table.setItem(row, 1, QTableWidgetItem(item.info.category if item.info else ""))
            count = QTableWidgetItem(str(len(item.frames)))
            count.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, 2, count)
            table.setCellWidget(row, 3, self.choices[row])
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        return table

    def _choice(self, item: Incoming) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(tr("Becomes: {name}").format(name=item.name))
        box.setIconSize(_SWATCH)
        objects = self._document.objects
        usual = usual_wish(item)
        if isinstance(usual, int) and usual not in objects:
            box.addItem(tr("New object {id}").format(id=usual), usual)
        elif item.id != VOID:
            box.addItem(tr("New object"), NEW)
        for object_id, info in sorted(objects.items()):
            box.addItem(_swatch(info.color), f"{object_id}  {localized(info.name)}", object_id)
        box.addItem(tr("Void"), AS_VOID)
        box.addItem(tr("Skip"), SKIP)
        named = [o for o, info in objects.items() if item.info and info.name == item.info.name]
        wish = named[0] if len(named) == 1 else usual
        box.setCurrentIndex(max(box.findData(wish), 0))
        return box

    def _changed(self) -> None:
        try:
            self.mapping = resolve(self.wishes(), self._incoming, self._document)
        except StrokeflowError as error:
            self.about.setText(f"{localized(error.message)} {localized(error.hint)}")
            self.ok.setEnabled(False)
            return
        self.ok.setEnabled(any(self.mapping.values()))
        met = conflicts(self._incoming, self.mapping, self._document)
        self.met.clear()
        self.met.addItems([self._told(frame, o) for frame, o in met[:_LISTED]])
        if len(met) > _LISTED:
            self.met.addItem(tr("and {count} more").format(count=len(met) - _LISTED))
        for widget in (self.met, self.replace):
            widget.setVisible(bool(met))
        if met:
            self.about.setText(
                tr("{count} masks were made by hand, imported or locked already. They stay as they "
                   "are, unless you choose to replace them. Locked ones always stay.")
                .format(count=len(met))
            )  # fmt: skip
        else:
            self.about.setText(tr("No mask that a person made is in the way."))

    def _told(self, frame: int, object_id: int) -> str:
        name = localized(self._document.objects[object_id].name)
        told = tr("Frame {frame}: {name}").format(frame=frame, name=name)
        if self._document.is_locked(frame, object_id):
            told = tr("{what} (locked)").format(what=told)
        return told


def _swatch(color: tuple[int, int, int]) -> QIcon:
    picture = QPixmap(_SWATCH)
    picture.fill(QColor(*color))
    return QIcon(picture)
