"""The window and its dialogs on the screen of a small laptop, 1366 x 768 at 150 %."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QStyleOptionViewItem, QWidget

from annotator.ui.panels.delegates import NoteDelegate
from tests.ui.conftest import Driver

SMALL = QSize(911, 512)


@pytest.fixture
def small(driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    monkeypatch.setattr(QScreen, "availableSize", lambda _screen: SMALL)
    driver.open(clip)
    driver.window.resize(SMALL.width(), SMALL.height() - 30)
    QApplication.processEvents()
    return driver


def test_the_window_fits(small: Driver) -> None:
    assert small.window.width() == SMALL.width()
    assert small.window.height() == SMALL.height() - 30


@pytest.mark.parametrize(
    "action", ["dataset", "shortcuts", "auto", "models", "steps", "export", "survey"]
)
def test_dialogs_fit(small: Driver, action: str) -> None:
    small.window.table.actions[action].trigger()
    QApplication.processEvents()
    dialog = next(d for d in small.window.findChildren(QDialog) if d.isVisible())
    assert dialog.width() <= SMALL.width()
    assert dialog.height() <= SMALL.height() - 40
    dialog.reject()


@pytest.mark.parametrize("action", ["export", "import", "pack", "survey"])
def test_tab_goes_through_the_options_before_the_buttons(small: Driver, action: str) -> None:
    small.window.table.actions[action].trigger()
    dialog = next(d for d in small.window.findChildren(QDialog) if d.isVisible())
    order: list[QWidget] = []
    at = dialog.nextInFocusChain()
    while at is not dialog:
        if at.isVisible() and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(at)
        at = at.nextInFocusChain()
    heights = [w.mapTo(dialog, w.rect().center()).y() for w in order]
    bottom = heights.index(max(heights))
    assert all(isinstance(w, QPushButton) for w in order[bottom:]), order
    dialog.reject()


def test_a_long_class_leaves_room_for_the_name(small: Driver) -> None:
    small.workspace.bench.edit.add_object("the cat on the mat", "vehicle of a very long kind")
    names = small.window.objects.list
    delegate = names.itemDelegate()
    assert isinstance(delegate, NoteDelegate)
    option, index = QStyleOptionViewItem(), names.model().index(0, 0)
    option.initFrom(names.viewport())
    option.widget = names
    option.rect = names.visualItemRect(names.item(0))
    delegate.initStyleOption(option, index)
    assert option.text.startswith("the ")
    assert "…" in delegate.shown_note(option, index)
