"""A batch that was cut off, at any moment: the same command goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.cli.batch.crew import carry_out
from annotator.cli.batch.orders import Outcome
from annotator.core.types import Provenance
from annotator.services.editing.edit import EditService
from annotator.services.exchange.batch_record import load_record, with_old_ids
from annotator.services.exchange.transfer import TransferService
from annotator.services.project.projects import open_project
from annotator.services.runs.inference import InferenceService
from tests import fakes
from tests.cli.batches import (
    STEPS,
    batched,
    copy_masks,
    interrupted,
    long_order,
    wait_for_frames,
    worker,
)
from tests.cli.calls import asked, run
from tests.cli.conftest import N_FRAMES
from tests.conftest import ROOT
from tests.cut import cut_after


def cut() -> None:
    raise KeyboardInterrupt


def test_a_run_that_was_cut_off_goes_on_and_one_over_old_masks_begins_anew(
    project: Path, masks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = f"import davis '{masks}' --frames 0; propagate --backend embedded"
    with monkeypatch.context() as patch:
        cut_after(patch, 3)
        assert worker(project, steps).state == "failed"
    assert interrupted(project) == 1
    assert load_record(project).begun is not None
    assert worker(project, steps) == Outcome("done", "propagate: 2 frames by embedded")
    changed = f"{steps} --direction forward"
    with monkeypatch.context() as patch:
        cut_after(patch, 2)
        assert worker(project, changed).state == "failed"
    assert worker(project, changed) == Outcome("done", "propagate: 5 frames by embedded")
    assert interrupted(project) == 0


def test_a_run_that_was_to_replace_some_old_masks_replaces_all_of_them(
    project: Path, masks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = f"import davis '{masks}' --frames 0; propagate --backend embedded"
    assert worker(project, f"{first} --frames 3:5").message.endswith("2 frames by embedded")
    with monkeypatch.context() as patch:
        cut_after(patch, 2)
        assert worker(project, first).state == "failed"
    assert worker(project, first) == Outcome("done", "propagate: 5 frames by embedded")
    assert interrupted(project) == 0


def cut_import_after(patch: pytest.MonkeyPatch, results: int) -> None:
    """Imports end like in a killed process, after so many frames."""
    take, left = TransferService._take, [results]

    def few(*given: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        take(*given)

    patch.setattr(TransferService, "_take", few)


def test_an_import_that_was_cut_off_gives_what_the_whole_one_gives(
    project: Path, masks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "binary", "--frames", "5")
    steps = f"import binary '{masks}' --map 1=new --range 0:5; propagate --objects 2"
    with monkeypatch.context() as patch:
        cut_import_after(patch, 3)
        assert worker(project, steps).state == "failed"
    outcome = worker(project, steps)
    assert outcome.state == "done", outcome
    told, rest = outcome.message.split("; ", 1)
    assert told == "'Import binary: masks' was cut off last time, and was taken back"
    assert rest.startswith("import binary: 5 frames; propagate: 1 frames")
    facts = asked(capsys, "info", project)
    assert [found["id"] for found in facts["objects"]] == [1, 2]
    assert facts["cells"]["imported"] == 6
    assert facts["undo_steps"] == 3


def test_what_a_person_did_to_half_an_import_stays(
    project: Path, masks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = f"import binary '{masks}' --map 1=new"
    with monkeypatch.context() as patch:
        cut_import_after(patch, 3)
        assert worker(project, steps).state == "failed"
    asked(capsys, "import", project, masks, "--format", "binary", "--map", "1=7", "--frames", "5")
    assert worker(project, steps).state == "done"
    facts = asked(capsys, "info", project)
    assert [found["id"] for found in facts["objects"]] == [1, 7]
    assert facts["cells"]["imported"] == N_FRAMES + 1


def test_a_run_of_a_person_is_the_person_s_to_take_up(
    project: Path, masks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = f"import davis '{masks}' --frames 0"
    assert worker(project, first).state == "done"
    with monkeypatch.context() as patch:
        cut_after(patch, 2)
        assert run("run", project, "propagate", "--backend", "embedded") == 1
    steps = f"{first}; propagate --backend embedded"
    with monkeypatch.context() as patch:
        patch.setattr(InferenceService, "fill", lambda *_, **__: cut())
        assert worker(project, steps).state == "failed", "cut off before its run began"
    assert worker(project, steps) == Outcome("done", "propagate: 5 frames by embedded")
    assert interrupted(project) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts by signal")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_after_a_kill_or_ctrl_c_the_same_command_goes_on(
    slow_clip: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    child = subprocess.Popen(
        [sys.executable, ROOT / "main.py", "batch", slow_clip, "--steps", STEPS, "--json"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background has them ignore Ctrl+C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    project = slow_clip.parent / "long.strokeflow"
    wait_for_frames(project, 5)
    child.send_signal(signal.Signals[name])
    out, told = child.communicate(timeout=30)
    if name == "SIGINT":
        assert child.returncode == 1
        assert "The same command goes on" in told
        assert '"state": "stopped"' in out
    (slow_clip.parent / "slow" / "sitecustomize.py").unlink()
    (row,) = batched(capsys, 0, slow_clip, "--steps", STEPS)["media"]
    filled = int(row["message"].split("propagate: ")[1].split()[0])
    assert 0 < filled <= 99 - 5, "what was filled before is kept"
    assert "import" not in row["message"]
    assert asked(capsys, "info", project)["cells"] == {"imported": 1, "model:embedded": 99}


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_process_that_dies_is_a_medium_that_failed(slow_clip: Path) -> None:
    place = slow_clip.parent
    order = long_order(place)
    (place / "slow" / "sitecustomize.py").write_text(
        "import os, sys, signal\n"
        "if 'annotator.cli.batch.worker' in ' '.join(sys.orig_argv):\n"
        "    print('no more memory', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    outcome = carry_out(order, lambda *_: None, lambda: False)
    assert outcome.state == "failed"
    assert "code -9" in outcome.message
    assert "It said: no more memory" in outcome.message


def imported(project: Path, object_id: int) -> list[int]:
    opened = open_project(project, writable=False)
    try:
        cells = opened.session.document.cells.provenance(object_id)
        return np.flatnonzero(cells == Provenance.IMPORTED).tolist()
    finally:
        opened.close()


def test_an_import_with_other_frames_replaces_what_it_brought_before(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "binary", "--frames", "5")
    steps = f"import binary '{masks}' --map 1=new --frames 0,1,2,3; propagate --objects 2"
    assert worker(project, steps).state == "done"
    opened = open_project(project)
    edit, mask = EditService(opened.session), np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    mask[:5, :5] = 2
    edit.set_mask(1, 2, mask, "Draw")
    edit.set_locked([2], [2], True)
    opened.close()
    outcome = worker(project, steps.replace("0,1,2,3", "4"))
    assert outcome.state == "done", outcome
    assert imported(project, 1) == [5], "another import is nobody's business"
    assert imported(project, 2) == [1, 2, 4], "what a person touched stays"
    opened = open_project(project)
    document = opened.session.document
    assert sorted(document.objects) == [1, 2], "the step after it names the object by its id"
    assert (document.label_map(1) == mask).all()
    assert document.cell(0, 2).label == "model:embedded"
    assert opened.session.store.steps()[-3].title == "Take back: import binary"
    for _ in range(3):
        opened.session.undo()
    assert document.cell(0, 2).provenance is Provenance.IMPORTED
    opened.close()


def test_only_what_would_be_new_gets_an_id_of_before() -> None:
    old = ("1=2", "2=9", "3=3", "4=skip")
    mapping = ["1=5", "2=6", "3=skip", "4=7", "255=void"]
    assert with_old_ids(mapping, old, {"2", "3"}) == ["1=2", "2=6", "3=skip", "4=7", "255=void"]


def test_an_import_of_another_folder_replaces_the_first_one(project: Path, masks: Path) -> None:
    copy_masks(masks, masks.parent / "other")
    assert worker(project, f"import davis '{masks}' --frames 0,2").state == "done"
    changed = f"import davis '{masks.parent / 'other'}' --frames 3"
    with pytest.MonkeyPatch.context() as patch:
        cut_import_after(patch, 0)
        assert worker(project, changed).state == "failed"
    assert worker(project, changed).state == "done"
    assert imported(project, 1) == [3]
    assert worker(project, changed).message == ""
    assert imported(project, 1) == [3]
