"""Remarks: all of them as a list; and one of them with what was said, and a place to write."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import ChangeSet
from annotator.services.remarks import (
    add_remark,
    delete_remark,
    edit_remark,
    find_remarks,
    reply,
)
from annotator.ui.i18n import tr
from annotator.ui.pins import pin_icon
from annotator.ui.remark_words import remark_line, thread
from annotator.ui.workspace import Tool, Workspace

_ID = Qt.ItemDataRole.UserRole
_LISTED = 300
_SHOWN = 90


class RemarkPanel(QWidget):
    """Two pages, since there is little room: the list, and the remark that is read or written.

    What is written is kept with Ctrl+Enter, the button, or when the person goes elsewhere.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.desk = workspace.review.remarks
        self.editing = False
        """What is in the field is the text of the chosen remark."""
        self._build()
        self.list_page = _page(
            _row(self.filter, self.search), self.list, _row(self.new, self.list_pin)
        )
        head = _row(self.back, self.title, self.resolve, self.edit, self.delete)
        head.setStretch(0, 0)
        side = QVBoxLayout()
        for button in (self.pin, self.keep_button):
            side.addWidget(button)
        side.addStretch(1)
        field = QHBoxLayout()
        field.addWidget(self.text, 1)
        field.addLayout(side)
        self.one_page = _page(head, self.talk, field)
        column = QVBoxLayout(self)
        for page in (self.list_page, self.one_page):
            column.addWidget(page)
        self._connect()
        self._show()

    def _build(self) -> None:
        self.filter = QComboBox()
        for name, text in (("open", tr("Open")), ("all", tr("All")), ("mine", tr("Mine"))):
            self.filter.addItem(text, name)
        self.filter.setAccessibleName(tr("Which remarks are listed"))
        self.filter.setToolTip(tr("Mine: those that you wrote or answered."))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search in the remarks"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Remarks"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.back = QPushButton("‹")
        self.back.setToolTip(tr("Back to the list; what you wrote is kept."))
        self.back.setAccessibleName(tr("Back to the list of remarks"))
        self.talk = QPlainTextEdit()
        self.talk.setReadOnly(True)
        self.talk.setTabChangesFocus(True)
        self.talk.setAccessibleName(tr("What was said"))
        self.resolve = QPushButton(tr("Resolve"))
        self.edit = QPushButton(tr("Edit"))
        self.edit.setToolTip(tr("Word this remark anew."))
        self.delete = QPushButton(tr("Delete"))
        self.delete.setToolTip(tr("With its replies; undo brings it back."))
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setToolTip(tr("Ctrl+Enter keeps it, so does going elsewhere; Esc drops it."))
        self.text.setTabChangesFocus(True)
        self.text.installEventFilter(self)
        self.new = QPushButton(tr("New"))
        self.new.setToolTip(tr("A new remark on this frame."))
        self.pin, self.list_pin = QPushButton(tr("Pin …")), QPushButton(tr("Pin …"))
        for button in (self.pin, self.list_pin):
            button.setToolTip(tr("Then click on the picture: the remark points to that place."))
            button.clicked.connect(lambda: self.workspace.choose_tool(Tool.REMARK))
        self.keep_button = QPushButton(tr("Write"))
        self._writers = (
            self.resolve, self.edit, self.delete, self.new, self.pin, self.list_pin,
            self.keep_button,
        )  # fmt: skip
        for button in (self.resolve, self.edit, self.delete, self.new, self.list_pin):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        workspace, desk = self.workspace, self.desk
        self.list.itemClicked.connect(lambda item: desk.choose(item.data(_ID)))
        self.list.itemActivated.connect(lambda item: desk.choose(item.data(_ID)))
        self.filter.currentIndexChanged.connect(lambda _: self._fill())
        self.search.textChanged.connect(lambda _: self._fill())
        self.resolve.clicked.connect(lambda: workspace.attempt(desk.toggle_resolved))
        self.edit.clicked.connect(self._edit)
        self.delete.clicked.connect(self._delete)
        self.new.clicked.connect(desk.begin)
        self.back.clicked.connect(desk.close)
        self.keep_button.clicked.connect(self.write)
        desk.leaving.connect(self.keep)
        desk.shown.connect(self._show)
        workspace.projectChanged.connect(self._project_changed)
        workspace.closing.connect(self.keep)
        workspace.changed.connect(self._document_changed)

    def sizeHint(self) -> QSize:
        """No wider than the panels beside it: the buttons share what there is."""
        return QSize(240, super().sizeHint().height())

    # -- writing

    def keep(self) -> None:
        """Store what was typed, if anything was."""
        bench = self.workspace.bench
        if bench is not None and not bench.session.read_only and self.text.toPlainText().strip():
            self.write()

    def write(self) -> None:
        """Store what was typed; what is refused stays in the field."""
        if not self.workspace.attempt(self._store):
            return
        self._drop()

    def _store(self) -> None:
        bench, desk, text = self.workspace.bench, self.desk, self.text.toPlainText()
        assert bench is not None
        if self.editing:
            edit_remark(bench.session, desk.chosen, text)
        elif desk.chosen:
            reply(bench.session, desk.chosen, text)
        else:
            add_remark(bench.session, desk.frame, text, place=desk.place, object_id=desk.object_id)

    def _edit(self) -> None:
        self.keep()
        remark = self.desk.remark
        if remark is not None:
            self.editing = True
            self._show()
            self.text.setPlainText(remark.text)
            self.text.selectAll()
            self.text.setFocus()

    def _delete(self) -> None:
        bench, chosen = self.workspace.bench, self.desk.chosen
        if bench is not None:
            self._drop()
            self.workspace.attempt(lambda: delete_remark(bench.session, chosen))

    def _drop(self) -> None:
        """Forget what was typed."""
        self.text.clear()
        self.editing = False
        if self.desk.chosen:
            self._show()
        else:
            self.desk.close()

    # -- showing

    def _project_changed(self) -> None:
        bench = self.workspace.bench
        writable = bench is not None and not bench.session.read_only
        self.text.clear()
        self.editing = False
        self.text.setReadOnly(not writable)
        for button in self._writers:
            button.setEnabled(writable)
        self._fill()
        self._show()

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.remarks:
            self._fill()

    def _show(self) -> None:
        """What is chosen, and what would be written now."""
        desk, document = self.desk, self.workspace.document
        remark = desk.remark
        if remark is None and self.editing:  # it was taken away meanwhile
            self.editing = False
            self.text.clear()
        self.list_page.setVisible(remark is None and not desk.composing)
        self.one_page.setVisible(remark is not None or desk.composing)
        self.talk.setVisible(remark is not None)
        reading = remark is not None and not self.editing
        for widget in (self.resolve, self.edit, self.delete):
            widget.setVisible(reading)
        self.title.setVisible(not reading)
        self.pin.setVisible(remark is None)
        layout = self.one_page.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(2, 1 if remark is None else 0)
        if remark is not None and document is not None:
            self.talk.setPlainText(thread(remark, document))
            self.resolve.setText(tr("Reopen") if remark.resolved else tr("Resolve"))
        if self.editing:
            title, button = tr("Change remark {id}").format(id=desk.chosen), tr("Change")
        elif remark is not None:
            title, button = tr("Reply to remark {id}").format(id=desk.chosen), tr("Reply")
        elif desk.place is not None:
            where = {"frame": desk.frame, "x": f"{desk.place[0]:.0f}", "y": f"{desk.place[1]:.0f}"}
            title = tr("New remark on frame {frame} at {x}, {y}").format(**where)
            button = tr("Write")
        else:
            title = tr("New remark on frame {frame}").format(frame=desk.frame)
            button = tr("Write")
        self.title.setText(title)
        self.text.setAccessibleName(title)
        self.text.setPlaceholderText(title)
        self.keep_button.setText(button)
        self._mark()

    def _mark(self) -> None:
        """The chosen one is the current one of the list too."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_ID) == self.desk.chosen:
                self.list.setCurrentRow(row)
                return
        self.list.setCurrentRow(-1)

    def _fill(self) -> None:
        bench = self.workspace.bench
        self.list.clear()
        if bench is None:
            return
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
        self._mark()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.write()
            self.text.clearFocus()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._drop()
            self.text.clearFocus()
            return True
        return False


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


def _page(*rows: QWidget | QHBoxLayout) -> QWidget:
    """One below the other; the second one takes the room that is left."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    for row in rows:
        if isinstance(row, QHBoxLayout):
            column.addLayout(row)
        else:
            column.addWidget(row)
    column.setStretch(1, 2)
    return page


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
