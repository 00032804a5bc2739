"""The panel of how the canvas shows things."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from annotator.ui.canvas.display import DisplaySettings, OverlayMode
from annotator.ui.i18n import tr


class DisplayPanel(QWidget):
    """Overlay mode, opacity, onion skin and tone; follows changes made by keys."""

    def __init__(self, look: DisplaySettings) -> None:
        super().__init__()
        self.look = look
        self.mode = QComboBox()
        for mode in OverlayMode:
            self.mode.addItem(tr(mode.value), mode)
        self.mode.setToolTip(tr("What of the masks is drawn (key V for the next one)"))
        self.opacity = _slider(0, 100, round(100 * look.opacity), tr("Opacity of the masks"))
        self.onion = QCheckBox(tr("Contours of the neighbours"))
        self.onion.setToolTip(
            tr("Onion skin: the masks of the frames before and after, as contours")
        )
        self.pins = QCheckBox(tr("Pins of remarks"))
        self.pins.setToolTip(tr("Where remarks point to; resolved ones are faint."))
        self.pins.setChecked(look.pins)
        self.brightness = _slider(-100, 100, 0, tr("Brightness"))
        self.contrast = _slider(-100, 100, 0, tr("Contrast"))
        self.gamma = _slider(-100, 100, 0, tr("Gamma: opens dark parts to the right"))
        self.reset = QPushButton(tr("Reset the picture"))
        form = QFormLayout()
        form.addRow(tr("Show"), self.mode)
        form.addRow(tr("Opacity"), self.opacity)
        form.addRow("", self.onion)
        form.addRow("", self.pins)
        form.addRow(QLabel(tr("The picture, for viewing only:")))
        form.addRow(tr("Brightness"), self.brightness)
        form.addRow(tr("Contrast"), self.contrast)
        form.addRow(tr("Gamma"), self.gamma)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.reset)
        column.addStretch(1)
        self.mode.currentIndexChanged.connect(lambda _: look.set_mode(self.mode.currentData()))
        self.opacity.valueChanged.connect(lambda value: look.set_opacity(value / 100))
        self.onion.toggled.connect(look.set_onion)
        self.pins.toggled.connect(look.set_pins)
        for slider in self._tone():
            slider.valueChanged.connect(self._set_tone)
        self.reset.clicked.connect(self._reset)
        look.changed.connect(self._show)

    def _tone(self) -> tuple[QSlider, QSlider, QSlider]:
        return self.brightness, self.contrast, self.gamma

    def _set_tone(self) -> None:
        self.look.set_tone(
            brightness=self.brightness.value(),
            contrast=self.contrast.value(),
            gamma=self.gamma.value(),
        )

    def _reset(self) -> None:
        for slider in self._tone():
            slider.setValue(0)

    def _show(self) -> None:
        self.mode.setCurrentIndex(self.mode.findData(self.look.mode))
        self.opacity.setValue(round(100 * self.look.opacity))
        self.onion.setChecked(self.look.onion)
        self.pins.setChecked(self.look.pins)


def _slider(low: int, high: int, value: int, name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setValue(value)
    slider.setToolTip(name)
    slider.setAccessibleName(name)
    return slider
