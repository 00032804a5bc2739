"""Exporting by mouse and keyboard: options, frames, refusals, what is replaced, cancel."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.runs.job_panel import JobRow
from tests import fakes
from tests.ui.conftest import Driver
from tests.ui.test_exchange_dialogs import choose, click, ok, painted


def opened(driver: Driver, format_title: str, place: Path) -> TransferDialog:
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    driver.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = driver.window.findChildren(TransferDialog)[-1]
    choose(dialog.format, format_title)
    dialog.place.setFocus()
    dialog.place.selectAll()
    QTest.keyClicks(dialog.place, str(place))
    return dialog


def told(driver: Driver) -> str:
    return " ".join(label.text() for label in driver.window.notices.findChildren(QLabel))


def test_options_and_frames_by_keys(driver: Driver, clip: Path, tmp_path: Path) -> None:
    mine = painted(driver, clip)
    out = tmp_path / "masks"
    dialog = opened(driver, "Binary masks (PNG)", out)
    assert "IoU of the masks: 1 or more." in dialog.about.text()
    assert not dialog.there.isVisible()
    assert dialog.pick_folder.isVisible()
    assert not dialog.pick_file.isVisible()
    (layout,) = [f.widget for f in dialog.options.fields if f.option.name == "layout"]
    QTest.keyClick(layout, Qt.Key.Key_Down)
    dialog.last.setFocus()
    dialog.last.selectAll()
    QTest.keyClicks(dialog.last, "3")
    click(ok(dialog))
    driver.wait(lambda: not driver.workspace.exchange.jobs)
    assert driver.window.notices.text == "Exported 4 frames."
    assert "IoU with all objects together: 1.0000 on average" in told(driver)
    assert sorted(p.name for p in out.glob("*.png")) == [f"{i:05d}.png" for i in range(4)]
    with Image.open(out / "00000.png") as image:
        assert np.array_equal(np.array(image) > 0, mine > 0)
    facts = json.loads((out / "frames.json").read_text("utf-8"))
    assert [row["index"] for row in facts["frames"]] == [0, 1, 2, 3]


def test_an_earlier_export_is_replaced_and_that_is_said(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    painted(driver, clip)
    out = tmp_path / "masks"
    for times in range(2):
        dialog = opened(driver, "DAVIS (palette PNG)", out)
        assert dialog.there.isVisible() == bool(times)
        click(ok(dialog))
        driver.wait(lambda: not driver.workspace.exchange.jobs)
        assert driver.window.notices.text == "Exported 12 frames."


def test_a_folder_with_other_files_stays_as_it_is(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    painted(driver, clip)
    out = tmp_path / "holiday"
    out.mkdir()
    (out / "photo.png").write_bytes(b"precious")
    dialog = opened(driver, "DAVIS (palette PNG)", out)
    click(ok(dialog))
    driver.wait(lambda: "holds other files, such as photo.png" in driver.window.notices.text)
    assert "Choose a new or an empty folder." in told(driver)
    assert [p.name for p in out.iterdir()] == ["photo.png"]


def test_without_labels_there_is_nothing_to_export(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    dialog = opened(driver, "COCO (run-length masks)", tmp_path / "a.json")
    assert dialog.pick_file.isVisible()
    assert not dialog.pick_folder.isVisible()
    click(ok(dialog))
    driver.wait(lambda: "no labels to export" in driver.window.notices.text)
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize("ending", ["mp4", "webm", "gif"])
def test_an_overlay_of_each_kind(driver: Driver, clip: Path, tmp_path: Path, ending: str) -> None:
    painted(driver, clip)
    out = tmp_path / f"look.{ending}"
    click(ok(opened(driver, "Overlay video (MP4, WebM, GIF)", out)))
    driver.wait(lambda: "Exported 12 frames" in driver.window.notices.text)
    assert out.stat().st_size > 500
    assert out.with_suffix(".frames.json").is_file()


def test_cancel_leaves_nothing(driver: Driver, tmp_path: Path) -> None:
    painted(driver, fakes.image_folder(tmp_path / "long", 600))
    out = tmp_path / "out"
    out.mkdir()
    click(ok(opened(driver, "Overlay video (MP4, WebM, GIF)", out / "look.webm")))
    row = driver.window.findChildren(JobRow)[-1]
    driver.wait(row.cancel.isEnabled)
    click(row.cancel)
    driver.wait(lambda: "was cancelled" in driver.window.notices.text)
    assert list(out.iterdir()) == []


def test_frames_may_be_given_in_either_order(driver: Driver, clip: Path, tmp_path: Path) -> None:
    painted(driver, clip)
    dialog = opened(driver, "Binary masks (PNG)", tmp_path / "masks")
    dialog.first.setValue(9)
    dialog.last.setValue(4)
    assert dialog.frames == range(4, 10)
    dialog.reject()
