"""The dialog for a run: it shows what the cards say and builds the request."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QSpinBox

from annotator.backends.cards import DCFM, default_registry
from annotator.backends.registry import BackendRegistry
from annotator.core.errors import RequestError
from annotator.services.runs.runs import Setup
from annotator.ui.runs.run_dialog import RunDialog
from tests.ui.conftest import Driver


@pytest.fixture
def dialog(driver: Driver, clip: Path) -> RunDialog:
    driver.open(clip)
    assert driver.workspace.bench is not None
    driver.workspace.bench.inference.registry = default_registry()
    driver.window.table.actions["run_with"].trigger()
    found = driver.window.findChild(RunDialog)
    assert isinstance(found, RunDialog)
    return found


def choose(box: QComboBox, title: str) -> None:
    index = box.findText(title)
    assert index >= 0, [box.itemText(i) for i in range(box.count())]
    box.setCurrentIndex(index)


def test_it_builds_itself_from_the_card(dialog: RunDialog) -> None:
    choose(dialog.task, "Fill between key frames")
    choose(dialog.backend, "FGPLG (flow-guided labels)")
    assert dialog.fit.isChecked(), "there are no weights, so it can only run after a fit"
    assert dialog.ok.isEnabled()
    assert dialog.flow.isVisibleTo(dialog)
    titles = [field.option.name for field in dialog.options.fields]
    assert titles == ["size", "network", "start"]
    size = dialog.options.fields[0].widget
    assert isinstance(size, QSpinBox)
    assert (size.minimum(), size.maximum(), size.value()) == (64, 1024, 448)
    size.setValue(96)
    dialog.steps.setValue(7)
    dialog.frames.setText("2:5")
    task, asked = dialog.order()
    assert task == "interpolate"
    assert asked["frames"] == range(2, 5)
    assert asked["setup"] == Setup(
        backend="fgplg",
        flow="dis",
        options={"size": 96, "network": "compact", "start": "best"},
        fit_steps=7,
    )
    dialog.fit.setChecked(False)
    assert not dialog.ok.isEnabled()
    assert "cannot run" in dialog.about.text()


def test_the_best_backend_needs_no_choice_and_a_bad_range_is_told(dialog: RunDialog) -> None:
    choose(dialog.task, "Propagate")
    assert dialog.ok.isEnabled()
    assert "Embedded" in dialog.about.text()
    assert not dialog.device.isVisibleTo(dialog)
    task, asked = dialog.order()
    assert (task, asked["direction"], asked["frames"]) == ("propagate", "both", None)
    assert asked["setup"] == Setup()
    dialog.frames.setText("from the start")
    with pytest.raises(RequestError, match="no range of frames"):
        dialog.order()


def test_nothing_can_be_started_that_nothing_can_do(dialog: RunDialog) -> None:
    assert dialog.workspace.bench is not None
    registry = dialog.workspace.bench.inference.registry = BackendRegistry()
    registry.add(DCFM)
    choose(dialog.task, "Find the common object")
    assert not dialog.ok.isEnabled()
    assert "No backend can do this yet" in dialog.about.text()


def test_a_refusal_leaves_the_dialog_open(dialog: RunDialog) -> None:
    choose(dialog.task, "Propagate")
    button = dialog.findChild(QDialogButtonBox)
    assert button is not None
    dialog.frames.setText("x")
    dialog.ok.click()
    assert dialog.isVisible(), "the range makes no sense, so nothing was started"
    assert not dialog.workspace.desk.runs
