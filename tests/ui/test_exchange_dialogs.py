"""Importing with a choice of objects, and making data sets, by mouse and keyboard."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QMessageBox, QPushButton, QWidget

from annotator.core.types import Provenance
from annotator.io.formats.davis import encode_png
from annotator.jobs.base import JobState
from annotator.services.project.projects import create_project
from annotator.ui.exchange.dataset_dialog import DatasetDialog
from annotator.ui.exchange.import_dialog import ImportDialog
from annotator.ui.exchange.mapping_dialog import MappingDialog
from annotator.ui.exchange.transfer import TransferDialog
from tests import fakes
from tests.ui.conftest import Driver


@pytest.fixture(name="masks")
def _masks(tmp_path: Path) -> Path:
    """Objects 1 and 3 and void on frames 0 and 4."""
    folder = tmp_path / "masks"
    folder.mkdir()
    for frame in (0, 4):
        label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
        label_map[10:30, 5 + frame : 25 + frame] = 1
        label_map[32:40, 30:50] = 3
        label_map[0, :9] = 255
        (folder / f"{frame:05d}.png").write_bytes(encode_png(label_map))
    return folder


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(box: QComboBox, text: str) -> None:
    """Type into a list of choices until it stands at `text`."""
    box.setFocus()
    for _ in range(box.count()):
        QTest.keyClick(box, Qt.Key.Key_Up)
    for _ in range(box.count()):
        if box.currentText() == text:
            return
        QTest.keyClick(box, Qt.Key.Key_Down)
    raise AssertionError(f"{text} is not among {[box.itemText(i) for i in range(box.count())]}")


def opened(driver: Driver, masks: Path) -> ImportDialog:
    driver.key(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    dialog = driver.window.findChildren(ImportDialog)[-1]
    choose(dialog.format, "DAVIS (palette PNG)")
    dialog.place.setFocus()
    QTest.keyClicks(dialog.place, str(masks))
    return dialog


def ok(dialog: TransferDialog) -> QPushButton:
    return dialog.buttons.button(dialog.buttons.StandardButton.Ok)


def painted(driver: Driver, clip: Path) -> np.ndarray:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((30, 15), (40, 20))
    driver.wait(lambda: driver.workspace.document.cell(0, 1).provenance is Provenance.HUMAN)
    return driver.workspace.document.label_map(0).copy()


def test_the_first_import_asks_nothing(driver: Driver, clip: Path, masks: Path) -> None:
    driver.open(clip)
    dialog = opened(driver, masks)
    click(ok(dialog))
    driver.wait(lambda: "Imported 2 frames" in driver.window.notices.text)
    driver.wait(lambda: driver.window.findChild(ImportDialog) is None)
    assert sorted(driver.workspace.document.objects) == [1, 3]


def test_objects_are_chosen_and_a_person_s_mask_stays(
    driver: Driver, clip: Path, masks: Path
) -> None:
    mine = painted(driver, clip)
    document = driver.workspace.document
    dialog = opened(driver, masks)
    click(ok(dialog))
    driver.wait(lambda: dialog.mapping is not None)
    mapping = dialog.mapping
    assert mapping is not None
    assert mapping.table.rowCount() == 3
    first, third, void = mapping.choices
    assert [first.currentText(), third.currentText()] == ["1  object 1", "New object 3"]
    assert mapping.met.count() == 1
    assert mapping.met.item(0).text() == "Frame 0: object 1"
    choose(third, "Skip")
    choose(void, "Skip")
    click(mapping.ok)
    driver.wait(lambda: "Imported 1 frames" in driver.window.notices.text)
    told = driver.window.notices.findChildren(QLabel)
    assert any("1 cells were yours already" in label.text() for label in told)
    assert np.array_equal(document.label_map(0), mine)
    assert set(np.unique(document.label_map(4))) == {0, 1}
    assert sorted(document.objects) == [1]


def test_replacing_is_one_step(driver: Driver, clip: Path, masks: Path) -> None:
    mine = painted(driver, clip)
    document = driver.workspace.document
    dialog = opened(driver, masks)
    click(ok(dialog))
    driver.wait(lambda: dialog.mapping is not None)
    mapping = dialog.mapping
    assert mapping is not None
    choose(mapping.choices[1], "1  object 1")
    QTest.keyClick(mapping.replace, Qt.Key.Key_Space)
    assert mapping.overwrite
    click(mapping.ok)
    driver.wait(lambda: "Imported 2 frames" in driver.window.notices.text)
    expected = np.zeros_like(mine)
    expected[10:30, 5:25] = 1
    expected[32:40, 30:50] = 1
    expected[0, :9] = 255
    assert np.array_equal(document.label_map(0), expected)
    assert document.cell(0, 1).provenance is Provenance.IMPORTED
    driver.window.activateWindow()  # no window manager does it here
    driver.wait(driver.window.isActiveWindow)
    driver.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    driver.wait(lambda: not document.label_map(4).any())
    assert np.array_equal(document.label_map(0), mine)
    assert document.cell(0, 1).provenance is Provenance.HUMAN
    assert not document.label_map(4).any()


def test_masks_that_do_not_fit_are_told_where_it_can_be_changed(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    small = tmp_path / "small"
    small.mkdir()
    Image.fromarray(np.eye(24, 32, dtype=np.uint8) * 255).save(small / "00000.png")
    dialog = opened(driver, small)
    click(ok(dialog))
    driver.wait(lambda: "32x24, but the frames are 64x48" in dialog.trouble.text())
    assert dialog.isVisible()
    (resize,) = [f.widget for f in dialog.options.fields if f.option.name == "resize"]
    QTest.keyClick(resize, Qt.Key.Key_Space)
    click(ok(dialog))
    driver.wait(lambda: "Imported 1 frames" in driver.window.notices.text)


def test_choosing_objects_can_be_asked_for_and_refused(
    driver: Driver, clip: Path, masks: Path
) -> None:
    driver.open(clip)
    dialog = opened(driver, masks)
    click(dialog.objects)
    driver.wait(lambda: dialog.mapping is not None)
    mapping = dialog.mapping
    assert isinstance(mapping, MappingDialog)
    for box in mapping.choices:
        choose(box, "Skip")
    assert not mapping.ok.isEnabled()
    mapping.reject()
    assert dialog.isVisible()
    dialog.reject()
    assert not driver.workspace.document.objects


def by_name(parent: QWidget, kind: type, name: str) -> QWidget:
    return next(w for w in parent.findChildren(kind) if w.accessibleName() == name)


def test_a_data_set_of_two_projects(
    driver: Driver, clip: Path, masks: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    click(ok(opened(driver, masks)))
    driver.wait(lambda: "Imported 2 frames" in driver.window.notices.text)
    other = create_project(tmp_path / "other", fakes.image_folder(tmp_path / "second"))
    driver.window.table.actions["dataset"].trigger()
    dialog = driver.window.findChild(DatasetDialog)
    assert dialog is not None
    listed = by_name(dialog, QListWidget, "Projects")
    assert isinstance(listed, QListWidget)
    assert listed.count() == 1
    dialog.projects.add([other, other])
    assert listed.count() == 2
    dialog.splits.setFocus()
    dialog.splits.clear()
    QTest.keyClicks(dialog.splits, "train=1,train=2")
    assert not dialog.ok.isEnabled()
    assert "same name" in dialog.trouble.text()
    dialog.splits.clear()
    QTest.keyClicks(dialog.splits, "train=1,val=1")
    choose(dialog.format, "COCO (run-length masks)")
    choose(dialog.images, "PNG")
    dialog.place.clear()
    QTest.keyClicks(dialog.place, str(tmp_path / "set"))
    click(dialog.ok)
    driver.wait(lambda: "Made a data set of 1 clips and 2 frames" in driver.window.notices.text)
    facts = json.loads((tmp_path / "set" / "dataset.json").read_text("utf-8"))
    assert facts["skipped"] == {"other": "none of its frames fulfils the conditions"}
    assert facts["choices"]["images"] == "png"


def test_a_data_set_needs_no_open_project(driver: Driver, tmp_path: Path) -> None:
    driver.window.table.actions["dataset"].trigger()
    dialog = driver.window.findChild(DatasetDialog)
    assert dialog is not None
    assert not dialog.ok.isEnabled()
    dialog.projects.add([tmp_path / "gone.strokeflow"])
    QTest.keyClicks(dialog.place, str(tmp_path / "set"))
    click(dialog.ok)
    driver.wait(lambda: "failed" in driver.window.notices.text)
    assert not (tmp_path / "set").exists()


def test_media_are_taken_into_the_project(driver: Driver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    bench = driver.workspace.bench
    assert bench is not None
    folder = bench.session.folder

    def asked() -> QMessageBox:
        driver.window.table.actions["embed"].trigger()
        (box,) = driver.window.findChildren(QMessageBox)
        return box

    QTest.keyClick(asked(), Qt.Key.Key_Escape)
    driver.wait(lambda: not driver.window.findChildren(QMessageBox))
    assert not (folder / "media").exists(), "nothing was agreed to"
    QTest.keyClick(asked(), Qt.Key.Key_Return)

    def inside() -> bool:
        media = bench.project.media
        return media is not None and media.path.is_relative_to(folder.resolve())

    driver.wait(inside)
    driver.wait(lambda: driver.window.canvas.shown == driver.workspace.frame)
    (entry,) = driver.workspace.jobs.entries
    assert entry.job is not None
    driver.wait(lambda: entry.job.state is JobState.DONE)
    shutil.rmtree(clip)
    driver.go(7)
    driver.window.table.actions["embed"].trigger()
    assert not driver.window.findChildren(QMessageBox)
    assert "already" in driver.window.notices.text
