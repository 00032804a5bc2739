"""The two toolbars: what one does on top, the drawing tools on the left."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QSlider, QToolBar, QToolButton

from annotator.ui.commands.actions import ActionTable
from annotator.ui.i18n import tr
from annotator.ui.icons import draw_icon
from annotator.ui.workspace import Workspace


def make_toolbars(window: QMainWindow, table: ActionTable, workspace: Workspace) -> list[QToolBar]:
    """Build and place them; each action shows its icon and one word."""
    bars = []
    for name, title, area in (
        ("main", tr("Main toolbar"), Qt.ToolBarArea.TopToolBarArea),
        ("tools", tr("Tools"), Qt.ToolBarArea.LeftToolBarArea),
    ):
        bar = QToolBar(title)
        bar.setObjectName(f"toolbar_{name}")
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        bar.setIconSize(QSize(22, 22))
        bar.setMovable(False)
        table.fill_toolbar(bar, name)
        window.addToolBar(area, bar)
        bars.append(bar)
    bars[0].addSeparator()
    bars[0].addWidget(QLabel(tr("  Pen ")))
    slider = PenSlider(workspace)
    bars[0].addWidget(slider)
    bars[0].addWidget(slider.value_label)
    return bars


def mark_more(bars: list[QToolBar], color: str) -> None:
    """Arrows where a bar has more than there is room for; the style's own are black and tiny."""
    for bar in bars:
        side = "right" if bar.orientation() is Qt.Orientation.Horizontal else "down"
        # The button is 12 pixels high at most: without the margin around it, the sign is too.
        whole = draw_icon(f"mdi6.chevron-double-{side}", color).pixmap(QSize(64, 64), 1.0)
        sign = whole.copy(16, 16, 32, 32)
        for button in bar.findChildren(QToolButton, "qt_toolbar_ext_button"):
            button.setIcon(sign)
            button.setToolTip(tr("More tools"))
            button.setAccessibleName(tr("More tools"))


class PenSlider(QSlider):
    """The pen's diameter, which the keys and the wheel change too."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.value_label = QLabel()
        self.setRange(1, 160)
        self.setFixedWidth(110)
        self.setToolTip(tr("Pen width in pixels of the picture ([ and ], or Alt and the wheel)"))
        self.setAccessibleName(tr("Pen width"))
        self.valueChanged.connect(lambda value: workspace.set_radius(value / 2))
        workspace.radiusChanged.connect(self._show)
        self._show(workspace.radius)

    def _show(self, radius: float) -> None:
        # Only a move by the person counts: the slider shows whole numbers and ends before the pen.
        self.blockSignals(True)
        self.setValue(round(2 * radius))
        self.blockSignals(False)
        self.value_label.setText(tr(" {value:.0f} px ").format(value=2 * radius))
