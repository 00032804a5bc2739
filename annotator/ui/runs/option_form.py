"""The options of a card as a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from annotator.core.options import Option, Value
from annotator.ui.words.phrases import localized

_MOST = 100_000


@dataclass(slots=True)
class Field:
    """One option of a card and the widget that shows it."""

    option: Option
    widget: QWidget
    value: Callable[[], Value]


class OptionForm(QGroupBox):
    """A row per option; hidden where there is none."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._form = QFormLayout(self)
        self.fields: list[Field] = []

    def show_options(self, options: Iterable[Option]) -> None:
        """Show these options with their defaults in place of the ones before."""
        while self._form.rowCount():
            self._form.removeRow(0)
        self.fields = [_field(option) for option in options]
        before = _before(self)
        for field in self.fields:
            title = localized(field.option.title)
            field.widget.setToolTip(localized(field.option.help))
            field.widget.setAccessibleName(title)
            self._form.addRow(title, field.widget)
            self.setTabOrder(before, field.widget)  # else it comes after the buttons
            before = field.widget
        self.setVisible(bool(self.fields))

    def values(self) -> dict[str, Value]:
        """What is set, by the options' names."""
        return {field.option.name: field.value() for field in self.fields}


def _before(widget: QWidget) -> QWidget:
    """Where Tab comes from: the widget before it that takes the keyboard."""
    at: QWidget | None = widget.previousInFocusChain()
    while at is not None and at is not widget.window():
        if at.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            return at
        at = at.previousInFocusChain()
    return widget.window()


def _field(option: Option) -> Field:
    """The widget of an option's type."""
    default = option.default
    if isinstance(default, bool):
        check = QCheckBox()
        check.setChecked(default)
        return Field(option, check, check.isChecked)
    if isinstance(default, str) and option.choices:
        box = QComboBox()
        box.addItems(option.choices)
        box.setCurrentText(default)
        return Field(option, box, box.currentText)
    if isinstance(default, str):
        line = QLineEdit(default)
        return Field(option, line, line.text)
    if isinstance(default, int):
        spin = QSpinBox()
        spin.setRange(int(option.minimum or 0), int(option.maximum or _MOST))
        spin.setValue(default)
        return Field(option, spin, spin.value)
    number = QDoubleSpinBox()
    number.setRange(float(option.minimum or 0), float(option.maximum or _MOST))
    number.setValue(default)
    return Field(option, number, number.value)
