"""Labelling without a label in the window, with the real embedded backends and real events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.app import Application
from annotator.core.types import Provenance
from annotator.jobs.base import Job, JobState
from annotator.services.runs.runs import Setup
from annotator.services.runs.staleness import stale_frames
from annotator.ui.canvas.display import OverlayMode
from annotator.ui.runs.proposal_dialog import ProposalDialog
from annotator.ui.runs.steps_dialog import StepsDialog
from annotator.ui.start import make_window
from tests.moving import HEIGHT, SIDE, WIDTH, square, write_clip
from tests.ui.conftest import Driver

FRAMES = 10


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "moving", FRAMES)


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[Driver]:
    def host(wake: Callable[[], None]) -> Application:
        return Application(inline=False, on_message=wake)

    window = make_window(host, tmp_path / "window.ini")
    window.resize(1100, 760)
    qtbot.addWidget(window)
    window.show()
    yield Driver(window, qtbot)
    window.close()


def dialog_of(person: Driver) -> ProposalDialog | None:
    return person.window.findChild(ProposalDialog)


def test_from_an_unlabelled_clip_to_a_corrected_one(person: Driver, clip: Path):
    workspace = person.workspace
    person.open(clip)

    # One key: proposals with pictures; the best is marked, Enter labels the clip.
    person.key(
        Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    person.wait(lambda: dialog_of(person) is not None)
    dialog = dialog_of(person)
    assert dialog is not None
    person.wait(lambda: dialog.list.count() > 0 and not workspace.exchange.jobs, 180)
    assert dialog.ok.isEnabled()
    assert not dialog.list.item(0).icon().isNull()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    person.wait(lambda: workspace.document.cells.counts().get("model:auto") == FRAMES, 120)
    person.finish_run()
    (object_id,) = workspace.document.objects
    truth = np.zeros((HEIGHT, WIDTH), bool)
    truth[square(5)] = True
    found = workspace.document.label_map(5) == object_id
    assert (found & truth).sum() / (found | truth).sum() > 0.7
    assert workspace.object_id == object_id

    person.window.activateWindow()
    QTest.qWaitForWindowActive(person.window)

    # Another key: the clip is looked at, and the frame most worth a mask is shown.
    before = workspace.frame
    person.key(
        Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    person.wait(lambda: workspace.prelabel.suggestions, 60)
    best = workspace.prelabel.suggestions[0].frame
    person.wait(lambda: workspace.frame == best or best == before)
    assert "Suggested" in person.window.timeline.describe(best)

    # The map of doubts comes with the masks of the embedded backends.
    person.window.look.set_mode(OverlayMode.HEAT)
    layers = person.window.canvas.stack
    person.wait(lambda: layers.special is not None)
    assert not layers.special.remark
    person.window.look.set_mode(OverlayMode.MASK)

    # What is annotated is suggested no longer.
    person.key(Qt.Key.Key_A)
    person.wait(lambda: workspace.document.cell(best, object_id).provenance is Provenance.CORRECTED)
    person.wait(lambda: best not in [s.frame for s in workspace.prelabel.suggestions])


def test_what_is_out_of_date_is_made_new_when_idle_but_not_under_the_pen(
    person: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
):
    workspace = person.workspace
    person.open(clip)
    desk = workspace.prelabel
    desk._idle.setInterval(100)
    bench = workspace.bench
    info = bench.edit.add_object("square")
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[square(0)] = info.id
    bench.edit.set_mask(0, info.id, mask, "Draw")
    workspace.run("propagate")
    person.wait(lambda: workspace.document.cells.counts().get("model:embedded") == FRAMES - 1, 60)
    person.finish_run()

    down = Qt.MouseButton.LeftButton
    monkeypatch.setattr(QGuiApplication, "mouseButtons", staticmethod(lambda: down))
    desk.when_idle = True
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[square(5)] = info.id
    bench.edit.set_mask(5, info.id, mask, "Draw")
    assert stale_frames(bench.document, info.id).any()
    QTest.qWait(600)
    assert workspace.running is None
    assert stale_frames(bench.document, info.id).any()

    down = Qt.MouseButton.NoButton
    person.wait(lambda: not stale_frames(bench.document, info.id).any(), 60)
    person.finish_run()
    assert bench.document.cell(5, info.id).provenance is Provenance.CORRECTED
    assert (bench.document.label_map(5) == mask).all()


def test_cancelling_the_dialog_labels_nothing(person: Driver, clip: Path):
    person.open(clip)
    QTest.mouseClick(person.window.run_panel.auto, Qt.MouseButton.LeftButton)
    dialog = dialog_of(person)
    assert dialog is not None
    person.wait(lambda: not person.workspace.exchange.jobs, 180)
    dialog.reject()
    assert not person.workspace.document.objects


def test_a_search_ends_with_its_dialog_and_the_next_one_begins_anew(person: Driver, clip: Path):
    person.open(clip)
    workspace, made = person.workspace, []
    examine = workspace.exchange.examine

    def watched(title: str, submit: Callable[..., Job], again: Callable[[], object]) -> None:
        examine(title, lambda ended: made.append(submit(ended)) or made[-1], again)

    workspace.exchange.examine = watched
    QTest.mouseClick(person.window.run_panel.auto, Qt.MouseButton.LeftButton)
    dialog_of(person).reject()
    person.wait(lambda: made[0].state.over)
    assert made[0].state is JobState.CANCELLED
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert dialog_of(person) is None

    QTest.mouseClick(person.window.run_panel.auto, Qt.MouseButton.LeftButton)
    workspace.prelabel.look_for_objects()  # "Again" in the list of jobs
    person.wait(lambda: made[2].state.over, 180)
    assert [job.state for job in made[1:]] == [JobState.CANCELLED, JobState.DONE]
    found = [(p.frame, p.source) for p in workspace.prelabel.proposals]
    assert found
    assert len(set(found)) == len(found) == dialog_of(person).list.count()


def test_every_step_of_the_adaptation_can_be_looked_at(person: Driver, clip: Path):
    workspace = person.workspace
    person.open(clip)
    person.window.table.actions["steps"].trigger()
    dialog = person.window.findChild(StepsDialog)
    assert dialog is not None
    assert "Nothing here yet" in dialog.about.text()
    assert all(tile.image.isNull() for tile in dialog.tiles.values())
    workspace.run("saliency", setup=Setup(backend="adapt"))
    person.wait(lambda: workspace.document.cells.counts().get("model:adapt") == FRAMES, 120)
    person.finish_run()
    person.go(4)
    assert "key frame" in dialog.about.text()
    shown = [name for name, tile in dialog.tiles.items() if not tile.image.isNull()]
    assert set(shown) >= {"flow", "motion", "colour", "low", "final"}
    # The square moves: it is brighter than the ground on the map of the motion.
    motion = dialog.tiles["motion"].image
    rows, columns = square(4)
    middle = motion.pixelColor((columns.start + SIDE // 2) // 2, (rows.start + SIDE // 2) // 2)
    assert middle.red() > motion.pixelColor(2, 2).red() + 50
    dialog.close()
