"""Nonsense through every dialog and drop: a clear notice, no traceback, the project as it was."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from annotator.io.formats.registry import cards
from annotator.services.project.projects import create_project, open_project
from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.review.report_dialog import ReportDialog
from annotator.ui.tools.tool import Tool
from tests import fakes
from tests.ui.conftest import Driver
from tests.ui.test_end_to_end import drop
from tests.videos import write_video


def text_file(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("this is neither a video nor a project\n")
    return path


def truncated_video(folder: Path) -> Path:
    """A real head, and then nothing."""
    whole = folder / "whole.mp4"
    writer = cv2.VideoWriter(str(whole), cv2.VideoWriter.fourcc(*"mp4v"), 25, (64, 48))
    for _ in range(20):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    cut = folder / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[:200])
    return cut


def no_images(folder: Path) -> Path:
    path = folder / "documents"
    path.mkdir()
    text_file(path, "letter.txt")
    return path


def mixed_sizes(folder: Path) -> Path:
    path = fakes.image_folder(folder / "mixed", 3)
    cv2.imwrite(str(path / "00001.png"), np.zeros((9, 9, 3), np.uint8))
    return path


def damaged_image(folder: Path) -> Path:
    path = folder / "damaged"
    path.mkdir()
    (path / "00000.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    return path


def project_of(folder: Path, name: str) -> Path:
    return create_project(folder / name, fakes.image_folder(folder / f"{name}-clip", 3))


def newer_project(folder: Path) -> Path:
    path = project_of(folder, "newer")
    db = sqlite3.connect(path / "project.db")
    db.execute("PRAGMA user_version = 999")
    db.close()
    return path


def truncated_project(folder: Path) -> Path:
    path = project_of(folder, "short")
    database = path / "project.db"
    database.write_bytes(database.read_bytes()[:700])
    return path


def text_project(folder: Path) -> Path:
    path = folder / "text.strokeflow"
    path.mkdir()
    (path / "project.db").write_text("not a database, " * 300)
    return path


def foreign_database(folder: Path) -> Path:
    path = folder / "foreign.strokeflow"
    path.mkdir()
    db = sqlite3.connect(path / "project.db")
    db.execute("CREATE TABLE recipes (name TEXT)")
    db.commit()
    db.close()
    return path


def circle(folder: Path) -> Path:
    """A link to itself."""
    path = folder / "circle"
    path.symlink_to(path)
    return path


OPENED: dict[str, Callable[[Path], Path]] = {
    "empty video": lambda folder: (folder / "empty.mp4").touch() or folder / "empty.mp4",
    "text as video": lambda folder: text_file(folder, "text.mp4"),
    "text as project": lambda folder: text_file(folder, "text.strokeflow"),
    "text as nothing": lambda folder: text_file(folder, "notes.txt"),
    "truncated video": truncated_video,
    "folder without images": no_images,
    "images of two sizes": mixed_sizes,
    "damaged image": damaged_image,
    "newer project": newer_project,
    "truncated project": truncated_project,
    "text in a project": text_project,
    "foreign database": foreign_database,
    "nothing": lambda folder: folder / "there" / "is" / "nothing",
    "too long a name": lambda folder: folder / ("long" * 100 + ".mp4"),
    "links in a circle": circle,
}


@pytest.fixture
def at_work(driver: Driver, clip: Path) -> Driver:
    """A project with a mask is open; nonsense must not touch it."""
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.workspace.bench.session.flush()
    return driver


def state(driver: Driver) -> tuple[object, ...]:
    bench = driver.workspace.bench
    document = bench.document
    return (
        bench.session.folder,
        [document.label_map(frame).tobytes() for frame in range(document.n_frames)],
        dict(document.objects),
        [step.title for step in bench.session.store.steps()],
    )


def told(driver: Driver, before: tuple[object, ...]) -> str:
    """A notice is there and is for people; the project is what it was."""
    text = driver.window.notices.text
    assert text
    assert "Traceback" not in text
    assert "Error(" not in text
    assert state(driver) == before
    assert not any(step.undone for step in driver.workspace.bench.session.store.steps())
    return text


@pytest.mark.parametrize("kind", OPENED)
@pytest.mark.parametrize("way", ["drop", "dialog"])
def test_what_cannot_be_opened(
    at_work: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, way: str
) -> None:
    bad = OPENED[kind](tmp_path)
    files = sorted(tmp_path.rglob("*.strokeflow"))
    before = state(at_work)
    at_work.window.notices.hide()
    if way == "drop":
        drop(at_work, bad)
    else:
        folder = kind != "too long a name" and bad.is_dir()
        ask = "getExistingDirectory" if folder else "getOpenFileName"
        answer = str(bad) if folder else (str(bad), "")
        monkeypatch.setattr(QFileDialog, ask, lambda *_args, **_kw: answer)
        at_work.window.table.actions["open_folder" if folder else "open"].trigger()
    at_work.wait(lambda: not at_work.window.switcher.busy)
    told(at_work, before)
    assert sorted(tmp_path.rglob("*.strokeflow")) == files, "no project was made of it"


def test_what_is_no_file_is_told_when_it_is_dropped(at_work: Driver) -> None:
    before = state(at_work)
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/clip.mp4")])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    at_work.window.dropEvent(
        QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, left, none)
    )
    told(at_work, before)
    assert at_work.window.notices.detail == "What came is no file on this machine."


def test_a_bug_while_a_clip_is_opened_is_told(
    at_work: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Path:
        raise ZeroDivisionError("a bug")

    before = state(at_work)
    monkeypatch.setattr("annotator.ui.opening.open_or_create", broken)
    at_work.window.switcher.open_path(clip.parent)
    at_work.wait(lambda: not at_work.window.switcher.busy)
    assert "a bug" in told(at_work, before)


def test_media_that_are_not_those_of_the_project(
    at_work: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(at_work)
    for bad in (text_file(tmp_path, "other.mp4"), tmp_path / "none.mp4"):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, bad=bad: str(bad))
        at_work.window.notices.hide()
        at_work.window.table.actions["locate"].trigger()
        told(at_work, before)


def wrong_size(folder: Path) -> Path:
    folder.mkdir()
    for frame in range(12):
        cv2.imwrite(str(folder / f"{frame:05d}.png"), np.full((30, 30), 255, np.uint8))
    return folder


def wrong_names(folder: Path) -> Path:
    folder.mkdir()
    for frame in range(5):
        cv2.imwrite(str(folder / f"{'abcde'[frame]}.png"), np.full((48, 64), 255, np.uint8))
    return folder


IMPORTED: dict[str, Callable[[Path], Path]] = {
    "masks of another size": lambda folder: wrong_size(folder / "small"),
    "masks of other names": lambda folder: wrong_names(folder / "names"),
    "folder without images": no_images,
    "damaged image": damaged_image,
    "text": lambda folder: text_file(folder, "labels.json"),
    "nothing": lambda folder: folder / "nothing",
}


@pytest.mark.parametrize("kind", IMPORTED)
def test_labels_that_cannot_be_read(at_work: Driver, tmp_path: Path, kind: str) -> None:
    bad = IMPORTED[kind](tmp_path)
    before = state(at_work)
    for at, card in enumerate(c for c in cards() if c.can_import):
        at_work.window.notices.hide()
        at_work.window.dialogs.ask_import()
        dialog = at_work.window.findChildren(TransferDialog)[-1]
        dialog.format.setCurrentIndex(at)
        assert dialog.card.id == card.id
        dialog.place.setText(str(bad))
        dialog.accept()
        at_work.wait(lambda: not at_work.workspace.exchange.jobs)
        told(at_work, before)


@pytest.mark.parametrize("way", ["export", "report"])
def test_places_that_cannot_be_written(at_work: Driver, tmp_path: Path, way: str) -> None:
    before = state(at_work)
    blocked = text_file(tmp_path, "a file") / "out"
    at_work.window.notices.hide()
    if way == "export":
        at_work.window.dialogs.ask_export()
        dialog = at_work.window.findChild(TransferDialog)
    else:
        at_work.window.dialogs.ask_report()
        dialog = at_work.window.findChild(ReportDialog)
    dialog.place.setText(str(blocked))
    dialog.accept()
    at_work.wait(lambda: not at_work.workspace.exchange.jobs)
    told(at_work, before)
    assert (tmp_path / "a file").read_text().startswith("this is")


@pytest.mark.parametrize("kind", ["masks of another size", "folder without images", "nothing"])
def test_a_truth_that_does_not_fit(at_work: Driver, tmp_path: Path, kind: str) -> None:
    before = state(at_work)
    at_work.window.notices.hide()
    at_work.window.dialogs.ask_report()
    dialog = at_work.window.findChild(ReportDialog)
    dialog.place.setText(str(tmp_path / "r.html"))
    dialog.truth.setText(str(IMPORTED[kind](tmp_path)))
    dialog.accept()
    at_work.wait(lambda: not at_work.workspace.exchange.jobs)
    told(at_work, before)
    assert not (tmp_path / "r.html").exists()


def test_a_clip_that_is_cut_off(driver: Driver, tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mkv", frames=60)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 3 // 4])
    driver.open(clip)
    frames = driver.workspace.n_frames
    assert 0 < frames < 60
    told = f"clip.mkv seems to be cut off: only its first {frames} frames can be read."
    assert driver.window.notices.text == told


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_a_clip_in_a_folder_that_cannot_be_written(driver: Driver, tmp_path: Path) -> None:
    clip = fakes.image_folder(tmp_path / "locked" / "clip", 3)
    driver.workspace.fallback = text_file(tmp_path, "no folder") / "projects"
    clip.parent.chmod(0o500)
    try:
        driver.open_only(clip)
        if driver.workspace.bench is None:  # root may write everywhere
            assert driver.window.notices.text
    finally:
        clip.parent.chmod(0o700)


def test_several_things_dropped_at_once(at_work: Driver, tmp_path: Path) -> None:

    before = state(at_work)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a", "b")])
    at_work.window.notices.hide()
    at_work.window.dropEvent(
        QDropEvent(
            QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    assert "one" in told(at_work, before)


def test_a_frame_number_and_a_name_that_make_no_sense(at_work: Driver) -> None:
    box = at_work.window.transport.frame
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "99999x-3")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert 0 <= at_work.workspace.frame < 12
    item = at_work.window.objects.list.item(0)
    name = item.text()
    item.setText("   ")
    assert at_work.workspace.document.objects[1].name == name
    assert at_work.workspace.tool is Tool.BRUSH


def test_the_other_projects_of_the_disk_still_open(at_work: Driver, tmp_path: Path) -> None:
    """After all that, a good one opens."""
    good = project_of(tmp_path, "good")
    drop(at_work, truncated_project(tmp_path))
    at_work.wait(lambda: not at_work.window.switcher.busy)
    at_work.open(good)
    assert at_work.workspace.n_frames == 3
    open_project(good, writable=False).close()
