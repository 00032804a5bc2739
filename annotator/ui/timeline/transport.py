"""The row over the timeline: play, step, frame number, and what the colours mean."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QToolButton, QWidget

from annotator.ui.commands.actions import plain
from annotator.ui.i18n import tr
from annotator.ui.timeline.rows import STATE_COLORS
from annotator.ui.timeline.timeline import LEGEND
from annotator.ui.workspace import Workspace

_BUTTONS = ("previous_key", "previous", "play", "next", "next_key")


class Transport(QWidget):
    """Moves through the clip; the legend gives way where the window is narrow."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.frame = QSpinBox()
        self.frame.setAccessibleName(tr("Frame"))
        self.frame.setToolTip(tr("The frame on the canvas; the first one is 0."))
        self.frame.setKeyboardTracking(False)
        self.frame.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.frame.valueChanged.connect(workspace.go_to)
        # The next key belongs to the tools again, not to the number.
        self.frame.editingFinished.connect(self.frame.clearFocus)
        self.where = QLabel()
        self.legend = QLabel(_legend_html())
        # It may be squeezed to nothing: the window must not be wider for it.
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.legend.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._legend_width = self.legend.sizeHint().width()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 8, 0)
        self._row.setSpacing(2)
        self._row.addSpacing(8)
        self._row.addWidget(self.frame)
        self._row.addWidget(self.where)
        self._row.addWidget(self.legend, 1)
        workspace.projectChanged.connect(self._project_changed)
        workspace.frameChanged.connect(self._show_frame)

    def fill(self, actions: Mapping[str, QAction]) -> None:
        """Put the buttons in front."""
        for at, name in enumerate(_BUTTONS):
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setIconSize(QSize(20, 20))
            button.setAccessibleName(plain(actions[name].text()))
            self._row.insertWidget(at, button)

    def _project_changed(self) -> None:
        self.frame.blockSignals(True)
        self.frame.setRange(0, max(self.workspace.n_frames - 1, 0))
        self.frame.blockSignals(False)
        self._show_frame(self.workspace.frame)

    def _show_frame(self, frame: int) -> None:
        self.frame.blockSignals(True)
        self.frame.setValue(frame)
        self.frame.blockSignals(False)
        text = tr(" of 0 to {last}").format(last=max(self.workspace.n_frames - 1, 0))
        if self.workspace.reader is not None:
            text += f"     {self.workspace.reader.media.pts(frame):.2f} s"
        self.where.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = self.width() - self.where.geometry().right() - 16
        self.legend.setText(_legend_html() if room >= self._legend_width else "")


def _legend_html() -> str:
    squares = "&nbsp;&nbsp; ".join(
        f"<span style='color:{STATE_COLORS[state].name()}'>■</span>&nbsp;{tr(word)}"
        for state, word in LEGEND.items()
    )
    key = tr("key frame").replace(" ", "&nbsp;")
    return f"{squares}&nbsp;&nbsp; <b>·</b>&nbsp;{key}"
