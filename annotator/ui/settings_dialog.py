"""The settings: what a person chooses once for all projects. Everything applies at once, except
the language, which the window speaks from its next start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.services.review.people import MAX_NAME, clean_name, login_name
from annotator.ui.i18n import LANGUAGES, tr
from annotator.ui.settings import LIMITS, Preferences


class SettingsDialog(QDialog):
    """Pages of settings.

    Args:
        now: what is chosen.
        apply: is given the new preferences after every change.
        places: what lies where, by a title of its own.
        ask_keys: opens the shortcut editor.
    """

    def __init__(
        self,
        parent: QWidget,
        now: Preferences,
        apply: Callable[[Preferences], None],
        places: Mapping[str, Path],
        ask_keys: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.now = now
        self._apply = apply
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(560)
        self.pages = QTabWidget()
        self.pages.setAccessibleName(tr("Pages of the settings"))
        self.pages.addTab(self._general(ask_keys), tr("General"))
        self.pages.addTab(self._drawing(), tr("Drawing"))
        self.pages.addTab(self._computing(), tr("Computing"))
        self.pages.addTab(self._data(places), tr("Data"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.defaults = QPushButton(tr("Reset all settings"))
        self.defaults.clicked.connect(self._reset)
        buttons.addButton(self.defaults, QDialogButtonBox.ButtonRole.ResetRole)
        column = QVBoxLayout(self)
        column.addWidget(self.pages)
        column.addWidget(buttons)
        # Else Enter in a field would press whatever button comes next.
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self._show()

    # -- pages

    def _general(self, ask_keys: Callable[[], object]) -> QWidget:
        page, form = _page()
        self.theme = self._choice(
            "theme",
            [("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))],
        )
        self.language = self._choice(
            "language", [("system", tr("As the system")), *LANGUAGES.items()]
        )
        self.restart = _note(tr("The window speaks it from its next start."))
        self.restart.hide()
        self.loop = self._switch("loop", tr("Begin again at the end"))
        self.speed = QDoubleSpinBox()
        self.speed.setSingleStep(0.25)
        self._number("speed", self.speed, tr(" × the speed of the clip"))
        keys = QPushButton(tr("Keyboard shortcuts …"))
        keys.clicked.connect(ask_keys)
        self.person = QLineEdit()
        self.person.setMaxLength(MAX_NAME)
        self.person.setPlaceholderText(tr("As logged in: {name}").format(name=login_name()))
        self.person.setToolTip(tr("Written on remarks, and with the frames that you accept."))
        self.person.setAccessibleName(tr("Your name"))
        self.person.textEdited.connect(lambda text: self._set("person", clean_name(text)))
        form.addRow(tr("Your name"), self.person)
        form.addRow(tr("Theme"), self.theme)
        form.addRow(tr("Language"), self.language)
        form.addRow("", self.restart)
        form.addRow(tr("Playback"), self.speed)
        form.addRow("", self.loop)
        form.addRow(tr("Keys"), keys)
        return page

    def _drawing(self) -> QWidget:
        page, form = _page()
        self.pen_width = QSpinBox()
        self._number("pen_width", self.pen_width, tr(" px"))
        self.protect = self._switch("protect", tr("Protect other objects"))
        self.live = self._switch("live", tr("Masks follow every scribble"))
        self.hover = self._switch("hover", tr("Preview while hovering"))
        form.addRow(tr("Width of the pen"), self.pen_width)
        form.addRow("", self.protect)
        form.addRow("", self.live)
        form.addRow(
            "",
            _note(
                tr(
                    "Off: scribbles are kept as they are, and 'Masks from scribbles' computes the "
                    "masks when you ask for it."
                )
            ),
        )
        form.addRow("", self.hover)
        form.addRow(
            "",
            _note(
                tr(
                    "Where the pointer rests, the tools 'Click' and 'Box hint' show what they "
                    "would make of the mask. Only where masks follow every scribble."
                )
            ),
        )
        return page

    def _computing(self) -> QWidget:
        page, form = _page()
        self.device = self._choice(
            "device",
            [
                ("auto", tr("The best one there is")),
                ("cpu", tr("Processor (CPU)")),
                ("cuda", tr("NVIDIA graphics card (CUDA)")),
                ("mps", tr("Apple graphics (MPS)")),
            ],
        )
        self.frame_cache = QSpinBox()
        self._number("frame_cache_mb", self.frame_cache, tr(" MiB"))
        form.addRow(tr("Device for runs"), self.device)
        form.addRow(tr("Memory for frames"), self.frame_cache)
        self.when_idle = self._switch("when_idle", tr("Make new what is out of date when idle"))
        form.addRow("", self.when_idle)
        form.addRow(
            "",
            _note(
                tr(
                    "More memory keeps more decoded frames, so that going back and forth is "
                    "quicker. A long clip needs no more than a short one."
                )
            ),
        )
        return page

    def _data(self, places: Mapping[str, Path]) -> QWidget:
        page, form = _page()
        self.history = QSpinBox()
        self._number("history_mb", self.history, tr(" MiB"))
        form.addRow(
            _note(
                tr(
                    "There is no save button: every action is on the disk a moment after it is "
                    "done, and 'Saved' at the lower right says so. A crash or a power cut costs "
                    "at most the stroke under the pen."
                )
            )
        )
        form.addRow(tr("Undo history"), self.history)
        form.addRow(
            "", _note(tr("Per project, on the disk. The oldest steps are forgotten beyond it."))
        )
        for title, place in places.items():
            form.addRow(title, _place(title, place))
        return page

    # -- fields

    def _choice(self, name: str, options: list[tuple[str, str]]) -> QComboBox:
        box = QComboBox()
        for value, text in options:
            box.addItem(text, value)
        box.currentIndexChanged.connect(lambda _: self._set(name, box.currentData()))
        return box

    def _switch(self, name: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.toggled.connect(lambda on: self._set(name, on))
        return box

    def _number(self, name: str, box: Any, suffix: str) -> None:
        low, high = LIMITS[name]
        box.setRange(type(getattr(self.now, name))(low), type(getattr(self.now, name))(high))
        box.setSuffix(suffix)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda value: self._set(name, value))

    def _set(self, name: str, value: object) -> None:
        if value == getattr(self.now, name):
            return
        self.now = replace(self.now, **{name: value})  # type: ignore[arg-type]
        if name == "language":
            self.restart.show()
        self._apply(self.now)

    def _reset(self) -> None:
        if self.now != Preferences():
            self.restart.setVisible(self.now.language != Preferences().language)
            self.now = Preferences()
            self._apply(self.now)
        self._show()

    def _show(self) -> None:
        now = self.now
        for box, value in (
            (self.theme, now.theme),
            (self.language, now.language),
            (self.device, now.device),
        ):
            box.setCurrentIndex(box.findData(value))
        self.person.setText(now.person)
        self.speed.setValue(now.speed)
        for number, wanted in (
            (self.pen_width, now.pen_width),
            (self.frame_cache, now.frame_cache_mb),
            (self.history, now.history_mb),
        ):
            number.setValue(wanted)
        for switch, on in (
            (self.loop, now.loop),
            (self.protect, now.protect),
            (self.live, now.live),
            (self.hover, now.hover),
            (self.when_idle, now.when_idle),
        ):
            switch.setChecked(on)


def _page() -> tuple[QWidget, QFormLayout]:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(16, 16, 16, 16)
    form.setVerticalSpacing(10)
    return page, form


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setObjectName("note")
    return label


def _place(title: str, place: Path) -> QWidget:
    """A path to read and copy, and a button that shows it."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    label = QLabel(str(place))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    show = QPushButton(tr("Show"))
    show.setAccessibleName(tr("Show: {place}").format(place=title))
    folder = place if place.is_dir() else place.parent
    show.setEnabled(folder.is_dir())
    show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
    line.addWidget(label, 1)
    line.addWidget(show)
    return row
