"""The list of remarks, and of what somebody began to write and did not keep."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from annotator.services.review.remarks import find_remarks
from annotator.ui.canvas.pins import pin_icon
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import wrap_rows
from annotator.ui.review.drafts import Drafts
from annotator.ui.words.remark_words import remark_line
from annotator.ui.workspace import Workspace

_ID, _DRAFT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_LISTED = 300
_SHOWN = 90


class RemarkList(QWidget):
    """Filter, search, the rows, and the buttons that begin a new remark.

    Signals:
        chosen(id): a remark is to be looked at.
        resumed(draft): a `Draft` is to be written on.
    """

    chosen = Signal(int)
    resumed = Signal(object)

    def __init__(self, workspace: Workspace, drafts: Drafts) -> None:
        super().__init__()
        self._workspace = workspace
        self._drafts = drafts
        self.filter = QComboBox()
        for name, text in (("open", tr("Unresolved")), ("all", tr("All")), ("mine", tr("Mine"))):
            self.filter.addItem(text, name)
        self.filter.setAccessibleName(tr("Which remarks are listed"))
        self.filter.setToolTip(tr("Mine: those that you wrote or answered."))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search in the remarks"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Remarks"))
        wrap_rows(self.list)
        self.new = QPushButton(tr("New"))
        self.new.setToolTip(tr("A new remark on this frame."))
        self.pin = QPushButton(tr("Pin …"))
        self.pin.setToolTip(tr("Then click on the picture: the remark points to that place."))
        for button in (self.new, self.pin):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        page(self, row(self.filter, self.search), self.list, row(self.new, self.pin))
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        self.filter.currentIndexChanged.connect(lambda _: self.fill())
        self.search.textChanged.connect(lambda _: self.fill())

    def mark(self, remark_id: int) -> None:
        """The remark that is looked at is the current one here too."""
        for at in range(self.list.count()):
            if self.list.item(at).data(_ID) == remark_id:
                self.list.setCurrentRow(at)
                return
        self.list.setCurrentRow(-1)

    def fill(self) -> None:
        """Show what is there now."""
        bench = self._workspace.bench
        self.list.clear()
        if bench is None:
            return
        self._add_drafts()
        which = self.filter.currentData()
        found = find_remarks(
            bench.document,
            only_open=which == "open",
            person=bench.session.person if which == "mine" else None,
            text=self.search.text(),
        )
        for remark in found[:_LISTED]:
            where = tr("Frame {frame}").format(frame=remark.frame)
            replies = f"  ↩ {len(remark.replies)}" if remark.replies else ""
            item = QListWidgetItem(f"{where}{replies}\n{_short(remark_line(remark))}")
            item.setIcon(pin_icon(pinned=remark.place is not None, resolved=remark.resolved))
            item.setData(_ID, remark.id)
            self.list.addItem(item)
        if len(found) > _LISTED:
            rest = tr("… and {count} more: search for them").format(count=len(found) - _LISTED)
            last = QListWidgetItem(rest)
            last.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(last)

    def _add_drafts(self) -> None:
        sought = self.search.text().strip().casefold()
        for draft in self._drafts.all():
            if sought in draft.text.casefold():
                said = tr("Frame {frame}, not kept yet").format(frame=draft.target.frame)
                item = QListWidgetItem(f"✎ {said}\n{_short(draft.text.strip().splitlines()[0])}")
                item.setToolTip(tr("You began to write this: go on, or drop it with Esc."))
                item.setData(_DRAFT, draft)
                self.list.addItem(item)

    def _take(self, item: QListWidgetItem) -> None:
        draft = item.data(_DRAFT)
        if draft is not None:
            self.resumed.emit(draft)
        elif item.data(_ID) is not None:
            self.chosen.emit(item.data(_ID))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


def page(widget: QWidget, *rows: QWidget | QHBoxLayout) -> QWidget:
    """Place rows one below the other on `widget`; the second one takes the room that is left."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    for part in rows:
        if isinstance(part, QHBoxLayout):
            column.addLayout(part)
        else:
            column.addWidget(part)
    column.setStretch(1, 2)
    return widget


def row(*widgets: QWidget) -> QHBoxLayout:
    """Widgets side by side, of one width."""
    line = QHBoxLayout()
    for widget in widgets:
        line.addWidget(widget, 1)
    return line
