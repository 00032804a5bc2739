"""Remarks: all of them as a list; and one of them with what was said, and a place to write."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import ChangeSet
from annotator.core.review import Remark, Reply
from annotator.services.review.remarks import add_remark, delete_remark, edit_remark, is_own, reply
from annotator.ui.i18n import tr
from annotator.ui.review.drafts import Draft, Drafts, Target
from annotator.ui.review.pin_dialog import PinDialog
from annotator.ui.review.remark_desk import Place
from annotator.ui.review.remark_list import RemarkList, page, row
from annotator.ui.tools.tool import Tool
from annotator.ui.words.remark_words import thread, words_line
from annotator.ui.workspace import Workspace

_NOTE_MS = 500


class RemarkPanel(QWidget):
    """Two pages, since there is little room: the list, and the remark that is read or written.

    What is written is kept with Ctrl+Enter, the button, or when the person goes elsewhere. Until
    then it is a draft, half a second after it was typed at the latest. A draft that is taken up
    again and left as it is stays one.
    """

    def __init__(self, workspace: Workspace, drafts: Drafts) -> None:
        super().__init__()
        self.workspace = workspace
        self.desk = workspace.review.remarks
        self.drafts = drafts
        self.part: int | None = None
        """What of the chosen remark is worded anew: 0 its text, n its n-th reply; None nothing."""
        self._target: Target | None = None
        self._given = ""
        """What was in the field before the person typed."""
        self._original = ""
        """The words that are changed, "" if new ones are written."""
        self._pinned: tuple[Place | None, int] = None, 0
        """Where they point to, and the object there; the desk may be elsewhere already."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_NOTE_MS)
        self._rest.timeout.connect(self._note)
        self.list_page = RemarkList(workspace, drafts)
        self._build()
        head = row(self.back, self.title, self.resolve, self.edit, self.delete)
        head.setStretch(0, 0)
        side = QVBoxLayout()
        for button in (self.pin, self.move_pin, self.keep_button):
            side.addWidget(button)
        side.addStretch(1)
        field = QHBoxLayout()
        field.addWidget(self.text, 1)
        field.addLayout(side)
        self.one_page = page(QWidget(), head, self.talk, field)
        column = QVBoxLayout(self)
        for shown in (self.list_page, self.one_page):
            column.addWidget(shown)
        self._connect()
        self._show()

    def _build(self) -> None:
        self.back = QPushButton("‹")
        self.back.setToolTip(tr("Back to the list; what you wrote is kept."))
        self.back.setAccessibleName(tr("Back to the list of remarks"))
        self.talk = QPlainTextEdit()
        self.talk.setReadOnly(True)
        self.talk.setTabChangesFocus(True)
        self.talk.setAccessibleName(tr("What was said"))
        self.resolve = QPushButton(tr("Resolve"))
        self.edit = QPushButton(tr("Edit"))
        self.edit.setToolTip(tr("Word anew what you wrote: the remark, or a reply."))
        self.texts = QMenu(self)
        self.delete = QPushButton(tr("Delete"))
        self.delete.setToolTip(tr("With its replies; undo brings it back."))
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setToolTip(tr("Ctrl+Enter keeps it, so does going elsewhere; Esc drops it."))
        self.text.setTabChangesFocus(True)
        self.text.installEventFilter(self)
        self.pin = QPushButton(tr("Pin …"))
        self.pin.setToolTip(self.list_page.pin.toolTip())
        self.move_pin = QPushButton(tr("Pin …"))
        self.move_pin.setToolTip(
            tr("Where the remark points to. With the hand, its pin can be dragged as well.")
        )
        self.keep_button = QPushButton(tr("Write"))
        self._writers = (
            self.resolve, self.delete, self.list_page.new, self.pin, self.list_page.pin,
            self.move_pin, self.keep_button,
        )  # fmt: skip
        for button in (self.resolve, self.edit, self.delete):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        workspace, desk = self.workspace, self.desk
        self.list_page.chosen.connect(desk.choose)
        self.list_page.resumed.connect(self._resume)
        self.list_page.new.clicked.connect(desk.begin)
        for button in (self.pin, self.list_page.pin):
            button.clicked.connect(lambda: workspace.choose_tool(Tool.REMARK))
        self.move_pin.clicked.connect(self._ask_place)
        self.resolve.clicked.connect(lambda: workspace.attempt(desk.toggle_resolved))
        self.edit.clicked.connect(self._ask_edit)
        self.delete.clicked.connect(self._delete)
        self.back.clicked.connect(desk.close)
        self.keep_button.clicked.connect(self.write)
        self.text.textChanged.connect(self._typed)
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
        """Store what was typed, if anything was; what is refused stays a draft."""
        bench, text = self.workspace.bench, self.text.toPlainText()
        writable = bench is not None and not bench.session.read_only
        if writable and text.strip() and text != self._given:
            self.write()

    def write(self) -> None:
        """Store what was typed; what is refused stays in the field."""
        if self.workspace.attempt(self._store):
            self._drop()
        else:
            self._note()

    def _store(self) -> None:
        bench, desk, text = self.workspace.bench, self.desk, self.text.toPlainText()
        assert bench is not None
        if self.part is not None:
            answer = self.part - 1 if self.part else None
            edit_remark(bench.session, desk.chosen, text, answer)
        elif desk.chosen:
            reply(bench.session, desk.chosen, text)
        else:
            add_remark(bench.session, desk.frame, text, place=desk.place, object_id=desk.object_id)

    def _ask_edit(self) -> None:
        """Which of one's own words, if there are several."""
        remark, own = self.desk.remark, self._own()
        if remark is None or len(own) < 2:
            self._edit(own[0] if own else 0)
            return
        self.texts.clear()
        for part in own:
            words = words_line(_words(remark, part))
            self.texts.addAction(words.replace("&", "&&"), partial(self._edit, part))
        self.texts.popup(self.edit.mapToGlobal(QPoint(0, self.edit.height())))

    def _edit(self, part: int) -> None:
        self.keep()
        if self.desk.remark is not None:
            self.part = part
            self._show()
            if self._given == self._original:
                self.text.selectAll()
            self.text.setFocus()

    def _own(self) -> list[int]:
        """Parts of the chosen remark that the person wrote."""
        remark, bench = self.desk.remark, self.workspace.bench
        if remark is None or bench is None or bench.session.read_only:
            return []
        parts = range(1 + len(remark.replies))
        return [part for part in parts if is_own(bench.session, _words(remark, part))]

    def _delete(self) -> None:
        bench, chosen = self.workspace.bench, self.desk.chosen
        if bench is not None:
            self._drop()
            self.workspace.attempt(lambda: delete_remark(bench.session, chosen))

    def _ask_place(self) -> None:
        if self.desk.remark is not None:
            PinDialog(self, self.workspace, self.desk.remark).open()

    def _drop(self) -> None:
        """Forget what was typed."""
        if self._target is not None:
            self.drafts.forget(self._target)
        self._fill_in("")
        self.part = None
        if self.desk.chosen:
            self._show()
        else:
            self.desk.close()

    # -- drafts

    def _typed(self) -> None:
        if self._target is not None and not self._rest.isActive():
            self._rest.start()

    def _note(self) -> None:
        """What is in the field outlives the window from now on."""
        target, text = self._target, self.text.toPlainText()
        self._rest.stop()
        if target is None:
            return
        if text.strip() and text != self._original:
            self.drafts.put(Draft(target, text, *self._pinned))
        else:
            self.drafts.forget(target)

    def _resume(self, draft: Draft) -> None:
        """Go on with a draft, where it was begun."""
        document, target = self.workspace.document, draft.target
        assert document is not None
        remark = document.remarks.get(target.remark)
        if target.remark and (remark is None or (target.part or 0) > len(remark.replies)):
            # What it answers or changes is gone: it can only become a remark of its own.
            self.drafts.forget(target)
            target = Target(target.frame)
            before = self.drafts.get(target)
            text = draft.text if before is None else f"{before.text}\n\n{draft.text}"
            self.drafts.put(msgspec.structs.replace(before or draft, target=target, text=text))
        self.desk.resume(target.frame, target.remark)
        if target.part is not None:
            self._edit(target.part)

    def _turn_to(self, target: Target | None) -> None:
        """Something else is written now, or nothing."""
        if self._rest.isActive():
            self._note()
        self._target = target
        self._pinned = self.desk.place, self.desk.object_id
        draft = None if target is None else self.drafts.get(target)
        remark = self.desk.remark
        if remark is None or self.part is None:
            self._original = ""
        else:
            self._original = _words(remark, self.part).text
        self._fill_in(self._original if draft is None else draft.text)
        if target is None:
            self.list_page.fill()
        elif draft is not None and draft.place is not None and self.desk.place is None:
            self.desk.aim(draft.place, draft.object_id)

    def _fill_in(self, text: str) -> None:
        self._given = text
        self.text.setPlainText(text)
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self._rest.stop()  # nobody typed that

    # -- showing

    def _project_changed(self) -> None:
        bench = self.workspace.bench
        writable = bench is not None and not bench.session.read_only
        self.text.setReadOnly(not writable)
        for button in self._writers:
            button.setEnabled(writable)
        self.list_page.fill()
        self._show()

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.remarks:
            self.list_page.fill()
            self.list_page.mark(self.desk.chosen)

    def _show(self) -> None:
        """What is chosen, and what would be written now."""
        desk, document = self.desk, self.workspace.document
        remark = desk.remark
        if self._target is None or self._target.remark != desk.chosen:
            self.part = None
        elif remark is not None and (self.part or 0) > len(remark.replies):
            self.part = None  # the reply was taken away meanwhile
        target = Target(desk.frame) if desk.composing else None
        if remark is not None:
            target = Target(remark.frame, remark.id, self.part)
        if target != self._target:
            self._turn_to(target)
        elif desk.composing and self._pinned != (desk.place, desk.object_id):
            self._pinned = desk.place, desk.object_id
            self._rest.start()
        self.list_page.setVisible(target is None)
        self.one_page.setVisible(target is not None)
        self.talk.setVisible(remark is not None)
        reading = remark is not None and self.part is None
        for widget in (self.resolve, self.edit, self.delete, self.move_pin):
            widget.setVisible(reading)
        self.title.setVisible(not reading)
        self.pin.setVisible(remark is None)
        self.edit.setEnabled(bool(self._own()))
        layout = self.one_page.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(2, 1 if remark is None else 0)
        if remark is not None and document is not None:
            self.talk.setPlainText(thread(remark, document))
            self.resolve.setText(tr("Reopen") if remark.resolved else tr("Resolve"))
        title, button = self._asked()
        self.title.setText(title)
        self.text.setAccessibleName(title)
        self.text.setPlaceholderText(title)
        self.keep_button.setText(button)
        self.list_page.mark(desk.chosen)

    def _asked(self) -> tuple[str, str]:
        """What is to be written, and the word on the button."""
        desk = self.desk
        if self.part is not None:
            title = tr("Change a reply to remark {id}") if self.part else tr("Change remark {id}")
            return title.format(id=desk.chosen), tr("Change")
        if desk.remark is not None:
            return tr("Reply to remark {id}").format(id=desk.chosen), tr("Reply")
        if desk.place is not None:
            where = {"frame": desk.frame, "x": f"{desk.place[0]:.0f}", "y": f"{desk.place[1]:.0f}"}
            return tr("New remark on frame {frame} at {x}, {y}").format(**where), tr("Write")
        return tr("New remark on frame {frame}").format(frame=desk.frame), tr("Write")

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


def _words(remark: Remark, part: int) -> Remark | Reply:
    """See `Target.part`."""
    return remark.replies[part - 1] if part else remark
