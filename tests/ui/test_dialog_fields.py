"""What the dialogs have in common: room for their texts, typed paths, fields while they work."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from annotator.io.formats.davis import encode_png
from annotator.ui.exchange.dataset_dialog import DatasetDialog
from annotator.ui.exchange.import_dialog import import_dialog
from annotator.ui.exchange.pictures_dialog import PicturesDialog
from annotator.ui.exchange.transfer import export_dialog
from annotator.ui.review.report_dialog import ReportDialog
from annotator.ui.runs.proposal_dialog import ProposalDialog
from tests import fakes
from tests.ui.conftest import Driver


@pytest.fixture(name="project")
def _project(driver: Driver, clip: Path) -> Driver:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((30, 15), (40, 20))
    return driver


@pytest.mark.parametrize("kind", ["export", "import", "data set"])
def test_texts_have_the_room_they_need_for_every_format(project: Driver, kind: str) -> None:
    window, workspace = project.window, project.workspace
    if kind == "data set":
        dialog = DatasetDialog(window, workspace)
        dialog.open()
    else:
        make = {"export": export_dialog, "import": import_dialog}[kind]
        dialog = make(window, workspace)

    def fits() -> bool:
        needed = dialog.about.heightForWidth(dialog.about.width())
        return needed <= dialog.about.height() <= needed + dialog.fontMetrics().lineSpacing()

    for index in range(dialog.format.count()):
        dialog.format.setCurrentIndex(index)
        project.wait(fits, 5)
    dialog.reject()


def test_a_home_folder_and_blanks_are_understood(
    project: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    window, workspace = project.window, project.workspace
    dialog = export_dialog(window, workspace)
    dialog.place.setText(" ~/labels ")
    dialog.accept()
    project.wait(lambda: "Exported" in window.notices.text)
    assert (tmp_path / "labels" / "00000.png").is_file()
    dialog = export_dialog(window, workspace)
    dialog.place.setText("~/labels")
    assert dialog.there.isVisible(), "it would be replaced"
    dialog.reject()
    importing = import_dialog(window, workspace, Path("~/labels"), "davis")
    importing.accept()
    project.wait(lambda: importing.mapping is not None)
    importing.mapping.reject()
    importing.reject()

    report, pictures = ReportDialog(window, workspace), PicturesDialog(window, workspace)
    report.place.setText("~/r.html")
    report.truth.setText(" ~/labels")
    assert report.order() == (tmp_path / "r.html", tmp_path / "labels")
    pictures.folder.setText("~/a")
    pictures.out.setText("~/b ")
    assert pictures.order() == (tmp_path / "a", tmp_path / "b")
    made = DatasetDialog(window, workspace)
    made.place.setText("~/set")
    assert made.order().out == str(tmp_path / "set")
    made.place.setText("~nobody-of-that-name/set")
    assert made.order().out == "~nobody-of-that-name/set"


def test_what_was_read_is_what_is_imported(project: Driver, tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    label_map = project.workspace.document.label_map(0) * 0
    label_map[5:9, 5:9] = 1
    (masks / "00004.png").write_bytes(encode_png(label_map))
    dialog = import_dialog(project.window, project.workspace, masks, "davis")
    dialog.place.setFocus()
    dialog.accept()
    QTest.keyClicks(dialog.place, "-other")
    dialog.accept()
    QApplication.processEvents()
    assert dialog.place.text() == str(masks)
    assert not dialog.format.isEnabled()
    project.wait(lambda: dialog.mapping is not None)
    project.wait(lambda: dialog.format.isEnabled())
    dialog.mapping.accept()
    project.wait(lambda: "Imported 1 frames" in project.window.notices.text)


def test_a_file_that_cannot_be_read_leaves_the_dialog_as_it_was(
    project: Driver, tmp_path: Path
) -> None:
    nothing = fakes.image_folder(tmp_path / "pictures", 2)
    dialog = import_dialog(project.window, project.workspace, nothing / "no", "coco")
    dialog.activateWindow()
    dialog.place.setFocus()
    dialog.accept()
    project.wait(lambda: dialog.trouble.isVisible() and "Reading" not in dialog.trouble.text())
    assert dialog.focusWidget() is dialog.place
    assert dialog.place.isEnabled()
    assert dialog.objects.isEnabled()
    dialog.reject()


def test_a_folder_without_projects_is_told(
    project: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "none"))
    dialog = DatasetDialog(project.window, project.workspace)
    dialog.open()
    add = [b for b in dialog.findChildren(QPushButton) if b.text() == "Add folder of projects …"]
    QTest.mouseClick(add[0], Qt.MouseButton.LeftButton)
    assert dialog.trouble.isVisible()
    assert "There is no project in" in dialog.trouble.text()
    assert dialog.ok.isEnabled(), "what is listed can be used all the same"
    dialog.reject()


def test_other_work_is_no_search_and_labelling_ends_the_search(
    project: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, did = project.workspace.prelabel, []
    monkeypatch.setattr(desk, "look_for_objects", lambda: None)
    monkeypatch.setattr(desk, "stop_looking", lambda: did.append("stop"))
    monkeypatch.setattr(desk, "label", lambda _first: did.append("label"))
    monkeypatch.setattr(project.workspace.exchange, "jobs", ["a download"])
    dialog = ProposalDialog(project.window, project.workspace)
    dialog.open()
    assert "Nothing was found" in dialog.about.text()
    dialog.accept()
    assert did == ["stop", "label"]
    project.workspace.exchange.jobs.clear()
