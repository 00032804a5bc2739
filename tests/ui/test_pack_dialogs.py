"""A project as one file in the window: saved, dropped, unpacked, opened."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from annotator.io.packed import read_manifest
from annotator.jobs.base import JobState
from annotator.ui.exchange.pack_dialogs import PackDialog, UnpackDialog
from tests import fakes
from tests.ui.conftest import Driver
from tests.ui.test_access import nameless


def asked_to_pack(driver: Driver) -> PackDialog:
    driver.window.table.actions["pack"].trigger()
    dialog = driver.window.findChild(PackDialog)
    assert dialog is not None
    return dialog


def drop(driver: Driver, path: Path) -> UnpackDialog:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none
    )
    driver.window.dropEvent(event)
    dialog = driver.window.findChild(UnpackDialog)
    assert dialog is not None
    return dialog


def type_place(dialog: PackDialog | UnpackDialog, place: Path) -> None:
    # As pasted: QTest has no keys for Chinese.
    dialog.place.setText(str(place))


def test_a_copy_is_saved_dropped_and_opened(driver: Driver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((30, 15), (40, 20))
    bench = driver.workspace.bench
    assert bench is not None
    painted = bench.document.label_map(0).copy()
    folder = bench.session.folder
    dialog = asked_to_pack(driver)
    assert not nameless(dialog)
    assert dialog.place.text() == str(folder.with_suffix(".strokeflowz"))
    assert not dialog.media.isChecked()
    assert "KiB" in dialog.media.text()
    file = tmp_path / "out" / "copy 猫.strokeflowz"
    type_place(dialog, file)
    QTest.keyClick(dialog.media, Qt.Key.Key_Space)
    QTest.keyClick(dialog.place, Qt.Key.Key_Return)
    driver.wait(lambda: "Saved a copy as one file" in driver.window.notices.text)
    assert read_manifest(file).media == clip.name
    (entry,) = driver.workspace.jobs.entries
    driver.wait(lambda: entry.over)
    assert "Done" in entry.words()
    driver.close()
    shutil.rmtree(clip)
    shutil.rmtree(folder)

    unpacking = drop(driver, file)
    assert not nameless(unpacking)
    there = file.with_suffix(".strokeflow")
    assert unpacking.place.text() == str(there)
    QTest.keyClick(unpacking.place, Qt.Key.Key_Return)
    driver.wait(lambda: driver.workspace.bench is not None)
    assert driver.workspace.bench.session.folder == there
    driver.wait(lambda: driver.window.canvas.shown == 0)
    assert np.array_equal(driver.workspace.bench.document.label_map(0), painted)
    driver.window.table.actions["undo"].trigger()
    assert not driver.workspace.bench.document.label_map(0).any()


def test_places_that_will_not_do_are_told_before(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    dialog = asked_to_pack(driver)
    (tmp_path / "old.strokeflowz").write_bytes(b"old")
    type_place(dialog, tmp_path / "old")
    assert dialog.ok.isEnabled()
    assert "replaced" in dialog.there.text()
    (tmp_path / "folder.strokeflowz").mkdir()
    type_place(dialog, tmp_path / "folder")
    assert not dialog.ok.isEnabled()
    dialog.place.clear()
    assert not dialog.ok.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    (tmp_path / "old.strokeflow").mkdir()
    driver.window.switcher.open_path(tmp_path / "old.strokeflowz")
    unpacking = driver.window.findChild(UnpackDialog)
    assert unpacking is not None
    assert unpacking.place.text() == str(tmp_path / "old-2.strokeflow"), "nothing is replaced"
    type_place(unpacking, tmp_path / "old")
    assert not unpacking.ok.isEnabled()
    assert "already" in unpacking.there.text()
    type_place(unpacking, tmp_path / "new")
    QTest.keyClick(unpacking.place, Qt.Key.Key_Return)
    driver.wait(lambda: "no packed project" in driver.window.notices.text)
    assert not (tmp_path / "new.strokeflow").exists()
    assert driver.workspace.bench is not None, "what was open stays open"


def test_media_that_are_in_it_come_along_and_missing_ones_cannot(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    bench = driver.workspace.bench
    assert bench is not None
    inside = bench.session.folder / "media" / clip.name
    shutil.copytree(clip, inside)
    driver.window.switcher.locate(inside)
    driver.wait(lambda: not driver.window.switcher.busy)
    dialog = asked_to_pack(driver)
    assert (dialog.media.isChecked(), dialog.media.isEnabled()) == (True, False)
    assert dialog.order().files
    dialog.reject()
    driver.wait(lambda: driver.window.findChild(PackDialog) is None)
    bench.project.media.close()
    bench.project.media = None
    dialog = asked_to_pack(driver)
    assert (dialog.media.isChecked(), dialog.media.isEnabled()) == (False, False)
    assert "missing" in dialog.media.text()
    assert dialog.order().files == ()
    dialog.reject()


def test_what_was_opened_meanwhile_stays_open(driver: Driver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    dialog = asked_to_pack(driver)
    file = tmp_path / "other.strokeflowz"
    type_place(dialog, file)
    QTest.keyClick(dialog.place, Qt.Key.Key_Return)
    driver.wait(lambda: "Saved a copy" in driver.window.notices.text)
    unpacking = drop(driver, file)
    QTest.keyClick(unpacking.place, Qt.Key.Key_Return)
    second = fakes.image_folder(tmp_path / "second", 3)
    driver.open(second)
    driver.wait(lambda: not driver.workspace.exchange.jobs)
    assert (tmp_path / "other.strokeflow" / "project.db").exists()
    assert driver.workspace.bench is not None
    assert driver.workspace.bench.session.folder.stem == "second"


def test_packing_can_be_cancelled(
    driver: Driver, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    dialog = asked_to_pack(driver)
    type_place(dialog, tmp_path / "never")
    QTest.keyClick(dialog.place, Qt.Key.Key_Return)
    (entry,) = driver.workspace.jobs.entries
    driver.workspace.desk.cancel()
    driver.wait(lambda: entry.over)
    assert entry.job is not None
    assert entry.job.state in (JobState.CANCELLED, JobState.DONE)
    made = tmp_path / "never.strokeflowz"
    if made.exists():  # it was whole before the worker heard of it
        assert read_manifest(made).name == driver.workspace.bench.session.folder.stem
    assert not list(tmp_path.glob(".never*"))
