"""The dialog for folders of pictures: what it asks for, and what is told when it cannot be done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotator.ui.exchange.pictures_dialog import PicturesDialog
from tests import fakes
from tests.ui.conftest import Driver


def test_the_order_is_built_and_what_is_missing_is_told(driver: Driver, tmp_path: Path) -> None:
    pictures = fakes.image_folder(tmp_path / "pictures", 3)
    driver.window.table.actions["pictures"].trigger()
    dialog = driver.window.findChild(PicturesDialog)
    assert dialog is not None
    assert not dialog.ok.isEnabled()
    QTest.keyClicks(dialog.folder, str(pictures))
    assert not dialog.ok.isEnabled()
    QTest.keyClicks(dialog.out, str(pictures))
    assert dialog.order() == (pictures, pictures)
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    driver.wait(lambda: "over the pictures" in driver.window.notices.text)
    assert sorted(p.suffix for p in pictures.iterdir()) == [".png"] * 3
