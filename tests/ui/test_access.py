"""Everything has a name for screen readers, help by one click, and a way by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollBar,
    QTabBar,
    QTableWidget,
    QWhatsThis,
    QWidget,
)

from annotator.ui.commands.actions import plain
from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.review.report_dialog import ReportDialog
from annotator.ui.runs.model_manager import ModelManager
from annotator.ui.runs.survey_dialog import SurveyDialog
from annotator.ui.settings import Preferences
from tests.ui.conftest import Driver

INTERACTIVE = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit,
    QPlainTextEdit, QProgressBar,
)  # fmt: skip


def interactive(root: QWidget) -> Iterator[QWidget]:
    """Widgets that a person uses, without the inner parts of Qt's own ones."""
    for widget in root.findChildren(QWidget):
        if isinstance(widget, INTERACTIVE) and not isinstance(widget, QScrollBar) and own(widget):
            yield widget


def own(widget: QWidget) -> bool:
    """False for what Qt puts into its widgets: the list of a combo box, the buttons of a dock."""
    parent = widget.parentWidget()
    if type(parent) in (QDockWidget, QTableWidget, QKeySequenceEdit, QTabBar, QLineEdit):
        return False
    while parent is not None:
        if isinstance(parent, QComboBox | QAbstractSpinBox | QHeaderView):
            return False
        parent = parent.parentWidget()
    return not widget.objectName().startswith("qt_")


def spoken(widget: QWidget, root: QWidget) -> str:
    """What a screen reader says: its name, its text, or the label that stands for it."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.text()
    named = [label for label in root.findChildren(QLabel) if label.buddy() is widget]
    return named[0].text() if named else ""


def nameless(root: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__} {widget.toolTip()}"
        for widget in interactive(root)
        if not spoken(widget, root)
    ]


def test_every_widget_has_a_name_for_screen_readers(driver: Driver, clip: Path) -> None:
    assert nameless(driver.window) == []
    driver.open(clip)
    driver.window.custom.ask_settings()
    driver.window.custom.ask_keys()
    driver.window.dialogs.ask_export()
    driver.window.dialogs.ask_import()
    driver.window.dialogs.ask_report()
    driver.window.dialogs.ask_models()
    driver.window.dialogs.ask_survey()
    for kind in (TransferDialog, ReportDialog, ModelManager, SurveyDialog):
        assert driver.window.findChild(kind) is not None
    assert len(list(interactive(driver.window))) > 60
    assert nameless(driver.window) == []
    for widget in (driver.window.canvas, driver.window.timeline):
        assert widget.accessibleName()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_every_command_has_help_and_is_in_a_menu(driver: Driver) -> None:
    listed = set()
    for top in driver.window.menuBar().actions():
        listed |= {action.objectName() for action in top.menu().actions()}
    for spec in driver.window.table.specs:
        assert spec.id in listed, "the keyboard reaches it by the menus"
        action = driver.window.table.actions[spec.id]
        assert spec.help in action.whatsThis()
        assert plain(spec.text) in action.toolTip()


def test_letters_of_a_menu_are_not_given_twice(driver: Driver) -> None:
    letters = [
        text[text.index("&") + 1].lower()
        for text in (action.text() for action in driver.window.menuBar().actions())
    ]
    assert len(letters) == len(set(letters))


def test_help_by_one_click(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    window = driver.window
    window.table.actions["whats_this"].trigger()
    assert QWhatsThis.inWhatsThisMode()
    QWhatsThis.leaveWhatsThisMode()
    for part in ("canvas", "timeline", "objects", "run_panel", "review_panel", "history"):
        assert getattr(window, part).whatsThis()


def test_interactive_widgets_are_reached_by_tab(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    for widget in interactive(driver.window):
        if isinstance(widget, QProgressBar) or not widget.isVisible() or not widget.isEnabled():
            continue
        in_toolbar = widget.parentWidget() in driver.window.toolbars
        assert in_toolbar or widget.focusPolicy() & Qt.FocusPolicy.TabFocus, spoken(
            widget, driver.window
        )
    QApplication.processEvents()


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG defines it, 0 to 1."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_notes_of_the_settings_can_be_read(driver: Driver, theme: str) -> None:
    driver.window.custom.apply(Preferences(theme=theme))
    dialog = driver.window.custom.ask_settings()
    dialog.pages.setCurrentIndex(1)
    note = next(n for n in dialog.findChildren(QLabel, "note") if n.isVisible())
    place = note.mapTo(dialog, QPoint(note.width() // 2, note.height() + 4))
    ground = luminance(dialog.grab().toImage().pixelColor(place))
    ink = luminance(note.palette().color(note.foregroundRole()))
    low, high = sorted((ground, ink))
    assert (high + 0.05) / (low + 0.05) >= 4.5, "what WCAG asks for"
    dialog.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_where_the_keyboard_is_can_be_seen(driver: Driver, clip: Path, theme: str) -> None:
    window = driver.window
    window.custom.apply(Preferences(theme=theme))
    window.activateWindow()
    driver.wait(window.isActiveWindow)

    def looks(widget: QWidget) -> list[QImage]:
        made = []
        for by_keys in (False, True):
            QApplication.processEvents()
            other = window.transport.frame if window.workspace.bench else window.welcome.recent
            (widget if by_keys else other).setFocus(Qt.FocusReason.TabFocusReason)
            QApplication.processEvents()
            made.append(widget.grab().toImage())
        return made

    primary = window.welcome.findChild(QPushButton, "primary")
    window.welcome.recent.show()
    without, ringed = looks(primary)
    assert without != ringed
    driver.open(clip)
    window.docks[2].raise_()
    review = window.review_panel
    for widget in (
        window.canvas, window.timeline, window.objects.list, window.objects.add,
        review.only_chosen, review.threshold, review.list, review.findChild(QPushButton),
    ):  # fmt: skip
        without, ringed = looks(widget)
        assert without != ringed, spoken(widget, window)
    window.docks[1].raise_()
    without, ringed = looks(window.run_panel.directions.checkedButton())
    assert without != ringed
    window.objects.list.setFocus()
    plain_look = window.canvas.grab().toImage()
    window.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert window.canvas.grab().toImage() == plain_look, "who uses the mouse knows"


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_stays_in_sight_and_comes_back(driver: Driver, clip: Path, key: Qt.Key) -> None:
    driver.open(clip)
    window = driver.window
    window.activateWindow()
    driver.wait(window.isActiveWindow)
    reached = set()
    for upper, lower in ((0, 1), (4, 2)):
        for dock in (upper, lower):
            window.docks[dock].raise_()
        QApplication.processEvents()
        window.canvas.setFocus()
        for _ in range(80):
            QTest.keyClick(QApplication.focusWidget(), key)
            at = QApplication.focusWidget()
            if at is window.canvas:
                break
            assert not at.visibleRegion().isEmpty(), spoken(at, window)
            reached.add(at)
        assert at is window.canvas
    assert {window.timeline, window.objects.list, window.review_panel.list} <= reached
