"""Notices: what happened, in plain words, at the lower edge of the canvas; details to copy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized

_COLORS = {"info": "#3b6ea8", "busy": "#3b6ea8", "good": "#1f7a4d", "error": "#a8323a"}
_STAY_MS = {"info": 5000, "busy": 0, "good": 5000, "error": 0}


class NoticeBar(QFrame):
    """One notice over the lower edge of its parent, clear of the widgets `below`.

    Errors stay until they are closed, the others go by themselves.
    """

    def __init__(self, parent: QWidget, below: list[QWidget]) -> None:
        super().__init__(parent)
        self._over, self._below = parent, below
        self._text = QLabel()
        self._detail = QLabel()
        for label in (self._text, self._detail):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._offer = QPushButton()
        self._offer.setAccessibleName(tr("What can be done"))
        self._offer.clicked.connect(self.take_offer)
        self._offered: Callable[[], None] | None = None
        self._copy = QPushButton(tr("Copy"))
        self._copy.setToolTip(tr("Copy this text, to report it or to look it up."))
        self._copy.clicked.connect(self._to_clipboard)
        self._close = QPushButton(tr("Close"))
        self._close.clicked.connect(self.hide)
        texts = QVBoxLayout()
        texts.addWidget(self._text)
        texts.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(texts, 1)
        row.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._level = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setAccessibleName(tr("Notice"))
        self.hide()
        parent.installEventFilter(self)

    @property
    def text(self) -> str:
        """What is shown now, "" if nothing is."""
        return self._text.text() if self.isVisible() else ""

    @property
    def detail(self) -> str:
        """What is said below it, "" if nothing is shown."""
        return self._detail.text() if self.isVisible() else ""

    @property
    def offer(self) -> str:
        """The words of the button that does something about it, "" where there is none."""
        return self._offer.text() if self._offer.isVisible() else ""

    def tell(
        self,
        level: str,
        text: str,
        detail: str = "",
        offer: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a notice.

        Args:
            level: "info", "good", "busy" (stays until the next) or "error".
            offer: what can be done about it: words for a button, and the deed.
        """
        self._level = level
        text, detail = localized(text), localized(detail)
        self._text.setText(text)
        self._text.setStyleSheet("font-weight: bold; color: white;")
        self._detail.setText(detail)
        self._detail.setStyleSheet("color: white;")
        self._detail.setVisible(bool(detail))
        self._copy.setVisible(level == "error")
        if offer is not None:
            words, self._offered = offer
            self._offer.setText(words)
            self._offer.setAccessibleName(words)
        self._offer.setVisible(offer is not None)
        self._close.setVisible(offer is None)
        self.setStyleSheet(f"NoticeBar {{ background: {_COLORS[level]}; border-radius: 8px; }}")
        self._timer.stop()
        if _STAY_MS[level]:
            self._timer.start(_STAY_MS[level])
        self.show()
        self.raise_()
        self._place()

    def end_busy(self) -> None:
        """What was under way is over: hide that it is, and nothing that was told since."""
        if self._level == "busy":
            self.hide()

    def take_offer(self) -> None:
        """As if the button was pressed."""
        if self._offered is not None:
            self._offered()

    def _to_clipboard(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._text.text()}\n{self._detail.text()}".strip())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        width = min(self._over.width() - 24, 720)
        height = max(self.heightForWidth(width), 44)
        room = sum(widget.height() for widget in self._below if widget.isVisible())
        top = self._over.height() - room - height - 12
        self.setGeometry((self._over.width() - width) // 2, top, width, height)
