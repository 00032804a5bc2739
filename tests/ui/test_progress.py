"""What a run tells the window costs no turn of the event loop a whole repaint."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from annotator.io.store import Store
from annotator.ui.bench.driver import PaintWatch
from annotator.ui.panels.progress import ProgressBar
from tests.ui.conftest import Driver


def test_a_new_value_is_painted_later(qtbot: QtBot) -> None:
    bar = ProgressBar()
    qtbot.addWidget(bar)
    bar.show()
    qtbot.waitExposed(bar)
    QCoreApplication.processEvents()
    watch = PaintWatch(bar)
    for done in range(1, 8):
        bar.tell(done, 10)
    assert watch.count == 0
    QCoreApplication.processEvents()
    assert watch.count == 1
    assert (bar.value(), bar.maximum()) == (7, 10)
    bar.tell(7, 10)
    QCoreApplication.processEvents()
    assert watch.count == 1, "nothing new"
    bar.tell(0, 0)
    assert (bar.minimum(), bar.maximum()) == (0, 0)


def test_results_wait_while_the_disk_is_behind(
    driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for the disk is the results' part, not the window's."""
    driver.open(clip)
    workspace = driver.workspace
    driver.workspace.bench.edit.add_object()
    driver.draw((20, 20), (30, 20))
    driver.finish_run()
    driver.wait(lambda: not workspace.live.busy)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "backlog", property(lambda _: 100))
        patch.setattr(
            workspace.bench.session, "flush", lambda: pytest.fail("the window waits for the disk")
        )
        workspace.run("propagate")
        driver.qtbot.wait(400)
        assert workspace.running is not None
        assert workspace.desk.runs[-1].filled == 0
    driver.finish_run()
    assert workspace.desk.runs[-1].filled > 0
