"""The main job as a person starts it: `main()`, the embedded methods, mouse and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.cli import main
from annotator.core.types import Provenance
from annotator.services.project.projects import open_project
from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.main_window import MainWindow
from annotator.ui.settings import Settings
from tests import fakes
from tests.ui.conftest import Driver

CONTROL = Qt.KeyboardModifier.ControlModifier
LAST = 8


def story(driver: Driver, out: Path) -> None:
    """Scribble two frames, fill between, next worst, correct, accept, export, quit."""
    window, workspace = driver.window, driver.workspace
    driver.wait(lambda: window.canvas.shown == 0)
    driver.key(Qt.Key.Key_S)
    driver.draw((10, 20), (15, 20), (20, 20))
    driver.wait(lambda: workspace.document.cell(0, 1).provenance is Provenance.HUMAN, 60)
    for frame in range(1, LAST + 1):
        driver.key(Qt.Key.Key_Right)
        driver.wait(lambda at=frame: window.canvas.shown == at)
    driver.draw((18, 20), (23, 20), (28, 20))
    driver.wait(lambda: workspace.document.cell(LAST, 1).provenance is Provenance.HUMAN, 60)
    drawn = {f: np.array(workspace.document.label_map(f)) for f in (0, LAST)}
    driver.key(Qt.Key.Key_F)
    driver.wait(lambda: workspace.desk.runs and workspace.desk.runs[-1].filled == LAST - 1, 60)
    driver.finish_run()
    for frame, before in drawn.items():
        assert np.array_equal(workspace.document.label_map(frame), before)

    driver.key(Qt.Key.Key_W)
    worst = workspace.frame
    assert 0 < worst < LAST
    driver.wait(lambda: window.canvas.shown == worst)
    driver.key(Qt.Key.Key_B)
    driver.draw((50, 40), (55, 40))
    assert workspace.document.cell(worst, 1).provenance is Provenance.CORRECTED
    driver.key(Qt.Key.Key_W)
    second = workspace.frame
    assert second != worst
    driver.wait(lambda: window.canvas.shown == second)
    driver.key(Qt.Key.Key_A)
    assert workspace.document.cell(second, 1).provenance is Provenance.CORRECTED

    driver.key(Qt.Key.Key_E, CONTROL)
    dialog = window.findChild(TransferDialog)
    assert dialog is not None
    dialog.place.selectAll()
    QTest.keyClicks(dialog.place, str(out))
    QTest.keyClick(dialog.place, Qt.Key.Key_Return)
    driver.wait(lambda: "Exported" in window.notices.text, 60)


def activate(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_the_main_job_from_main(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, out = fakes.image_folder(tmp_path / "clip"), tmp_path / "labels"
    monkeypatch.setattr(
        "annotator.ui.start._settings", lambda _file: Settings(tmp_path / "window.ini")
    )
    seen: list[MainWindow] = []

    def exec_(_app: QApplication) -> int:
        window = next(
            w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()
        )
        seen.append(window)
        try:
            activate(window, qtbot)
            story(Driver(window, qtbot), out)
            # The dialog was the active window until now.
            activate(window, qtbot)
            QTest.keyClick(window.canvas, Qt.Key.Key_Q, CONTROL)
            qtbot.waitUntil(lambda: not window.isVisible())
        finally:
            window.close()
        return 0

    monkeypatch.setattr(QApplication, "exec", exec_)
    assert main([str(clip)]) == 0
    assert len(seen) == 1
    seen[0].deleteLater()

    project = open_project(clip.with_suffix(".strokeflow"), writable=False)
    try:
        document = project.session.document
        for frame in range(12):
            with Image.open(out / f"{frame:05d}.png") as image:
                assert np.array_equal(np.asarray(image), document.label_map(frame))
        truth = np.zeros((fakes.HEIGHT, fakes.WIDTH), bool)
        truth[10:30, 5 + 4 : 25 + 4] = True
        mask = document.label_map(4) == 1
        assert (mask & truth).sum() / (mask | truth).sum() > 0.7
        effort = list(project.session.store.effort())
        assert sum(strokes for *_, strokes, _, _ in effort) == 3
    finally:
        project.close()
