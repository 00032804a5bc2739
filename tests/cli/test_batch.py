"""`batch`: many media, failures that stop nobody, kills, and human work that stays."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from annotator.app import Application
from annotator.cli.batch.crew import carry_out, on_a_worker
from annotator.cli.batch.orders import Order, Outcome, order_for
from annotator.cli.batch.steps import parse_steps
from annotator.cli.batch.worker import Worker
from annotator.core.types import Provenance
from annotator.services.batch import Medium
from annotator.services.batch_record import load_record
from annotator.services.inference import InferenceService
from annotator.services.projects import open_project
from tests import fakes
from tests.cli.calls import asked, refused, run
from tests.cli.conftest import N_FRAMES
from tests.conftest import ROOT

STEPS = "import davis masks/{name} --frames 0; propagate --backend embedded; export coco o/{name}"


@pytest.fixture
def clips(tmp_path: Path, masks: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three clips and a list of them; their masks lie in `masks/NAME`."""
    monkeypatch.chdir(tmp_path)
    masks.rename(tmp_path / "one")
    for name in ("a", "b c", "d"):
        fakes.image_folder(tmp_path / "clips" / name, N_FRAMES)
        copy_masks(tmp_path / "one", tmp_path / "masks" / name)
    (tmp_path / "clips" / "list.txt").write_text("a\nb c\n\n# and\nd\n")
    return tmp_path / "clips" / "list.txt"


def copy_masks(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())


def states(done: dict[str, Any]) -> list[str]:
    return [row["state"] for row in done["media"]]


def worker(project: Path, steps: str) -> Outcome:
    """What the process of one medium does, in this process."""
    medium = Medium(project.stem, str(project), str(project))
    order = order_for(medium, parse_steps(steps, several=False, elsewhere=False))
    return Worker(order, lambda _told: None).work()


def batched(capsys: pytest.CaptureFixture[str], code: int, *args: object) -> dict[str, Any]:
    capsys.readouterr()
    assert run("batch", *args, "--json") == code
    told = capsys.readouterr()
    assert told.out.count("\n") == 1, "one JSON object on stdout, nothing else"
    assert "Traceback" not in told.err
    return json.loads(told.out)


def test_one_that_fails_stops_nobody_and_the_same_command_does_the_rest(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "masks" / "b c" / "00000.png"
    whole = broken.read_bytes()
    broken.write_bytes(b"")
    done = batched(capsys, 1, clips, "--steps", STEPS, "--jobs", 2)
    assert set(done) == {"media", "done", "skipped", "failed", "stopped", "seconds"}
    assert states(done) == ["done", "failed", "done"]
    assert [done[state] for state in ("done", "skipped", "failed", "stopped")] == [2, 0, 1, 0]
    first, second, _ = done["media"]
    assert set(first) == {"name", "project", "state", "seconds", "message"}
    assert (first["name"], first["project"]) == ("a", str(clips.parent / "a.strokeflow"))
    assert first["seconds"] > 0
    assert "propagate: 5 frames by embedded" in first["message"]
    assert "00000.png" in second["message"]
    broken.write_bytes(whole)
    assert states(batched(capsys, 0, clips, "--steps", STEPS)) == ["skipped", "done", "skipped"]
    assert run("batch", clips, "--steps", STEPS) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0].split() == ["name", "state", "seconds", "message"]
    assert "[3/3] d: skipped" in told.err
    assert len(list((tmp_path / "o").iterdir())) == 3


def test_changed_steps_run_from_the_first_changed_one(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips.write_text("a")
    order = ("batch", clips, "--projects", tmp_path / "p", "--steps")
    assert states(asked(capsys, *order, STEPS)) == ["done"]
    changed = STEPS.replace("o/{name}", "o/{name}.json")
    (row,) = asked(capsys, *order, changed)["media"]
    assert row["message"] == f"export coco: {N_FRAMES} frames"
    (tmp_path / "o" / "a.json").unlink()
    (row,) = asked(capsys, *order, changed)["media"]
    assert row["message"] == f"export coco: {N_FRAMES} frames", "what is gone is made again"
    (row,) = asked(capsys, *order, changed.replace("propagate", "propagate --frames 0:3"))["media"]
    assert row["message"].startswith("propagate: 2 frames")
    assert sorted(p.name for p in (tmp_path / "p").iterdir()) == ["a.strokeflow"]


def test_media_that_changed_are_not_taken_for_done(
    clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips.write_text("a")
    assert states(batched(capsys, 0, clips, "--steps", STEPS)) == ["done"]
    fakes.image_folder(clips.parent / "a", N_FRAMES + 1)
    (row,) = batched(capsys, 1, clips, "--steps", STEPS)["media"]
    assert row["state"] == "failed"
    assert "other media" in row["message"]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("absent", "--steps", "auto"), "no list"),
        (("LIST", "--steps", "magic"), "no step 'magic'"),
        (("LIST", "--steps", "propagate --backend magic"), "no backend 'magic'"),
        (("LIST", "--steps", "export coco all.json"), "Every project"),
        (("LIST", "--steps", "auto", "--jobs", "2", "--scheduler", "x"), "exclude each other"),
        (("GONE", "--steps", "auto"), "gone"),
    ],
)
def test_bad_input_is_told_before_anything_is_made(
    clips: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    word: str,
) -> None:
    gone = tmp_path / "gone.txt"
    gone.write_text("clips/a\ngone\n")
    before = sorted(tmp_path.rglob("*"))
    places = {"LIST": clips, "GONE": gone}
    assert word in refused(capsys, 2, "batch", *[places.get(arg, arg) for arg in args])
    assert sorted(tmp_path.rglob("*")) == before
    assert run("batch", clips) == 2
    assert run("batch", clips, "--steps", "auto", "--jobs", "0") == 2


def test_human_work_is_not_touched(project: Path, masks: Path, tmp_path: Path) -> None:
    opened = Application(inline=True).open(project)
    opened.edit.add_object()
    for frame in (1, 4):
        pen = opened.edit.begin_paint(frame, 1, 6, erase=False)
        pen.extend(np.array([[50.0, 40.0]], np.float32))
        pen.commit()
    mine = {frame: np.array(opened.document.label_map(frame)) for frame in (1, 4)}
    opened.close()
    for steps in (
        f"import davis '{masks}' --frames 0,1; propagate --backend embedded",
        f"import davis '{masks}' --frames 1; propagate --direction forward; auto",
    ):
        assert worker(project, steps).state == "done"
        again = open_project(project)
        for frame, label_map in mine.items():
            assert np.array_equal(again.session.document.label_map(frame), label_map)
            assert again.session.document.cell(frame, 1).provenance is Provenance.HUMAN
        assert again.session.document.cell(2, 1).label.startswith("model:")
        again.close()


def cut_after(patch: pytest.MonkeyPatch, results: int) -> None:
    """Runs end like in a killed process, after so many results."""
    changes, left = InferenceService._changes, [results]

    def few(*given: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return changes(*given)

    patch.setattr(InferenceService, "_changes", few)


def cut() -> None:
    raise KeyboardInterrupt


def interrupted(project: Path) -> int:
    opened = open_project(project)
    try:
        return len(opened.session.store.open_runs())
    finally:
        opened.close()


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


SLOWLY = """
import time
from annotator.services.inference import InferenceService
changes = InferenceService._changes
def slowly(*given):
    time.sleep(0.05)
    return changes(*given)
InferenceService._changes = slowly
"""
"""As `sitecustomize` of every process: a run that is not over before we see that it has begun."""


@pytest.fixture
def slow_clip(tmp_path: Path, masks: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of one clip, whose runs take their time in other processes."""
    monkeypatch.chdir(tmp_path)
    fakes.image_folder(tmp_path / "long", 100)
    (tmp_path / "masks").rename(tmp_path / "one")
    copy_masks(tmp_path / "one", tmp_path / "masks" / "long")
    (tmp_path / "list").write_text("long")
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "sitecustomize.py").write_text(SLOWLY)
    paths = [str(tmp_path / "slow"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    return tmp_path / "list"


def long_order(place: Path) -> Order:
    medium = Medium("long", str(place / "long"), str(place / "long.strokeflow"))
    return order_for(medium, parse_steps(STEPS, several=True, elsewhere=False))


def wait_for_frames(project: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    database = f"file:{project / 'project.db'}?mode=ro"
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(
            sqlite3.connect(database, uri=True)
        ) as db:  # fmt: skip
            if db.execute("SELECT count(*) FROM labels").fetchone()[0] > count:
                return
        time.sleep(0.02)
    raise AssertionError("the run did not begin")


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


def test_a_machine_without_the_folder_says_so(tmp_path: Path) -> None:
    order = msgspec.structs.replace(long_order(tmp_path), folder=str(tmp_path / "absent"))
    outcome = carry_out(order, lambda *_: None, lambda: False)
    assert outcome.state == "failed"
    assert "absent" in outcome.message


needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra 'cluster' is not installed"
)


@pytest.fixture
def cluster() -> Iterator[Any]:
    import distributed

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None,
        protocol="tcp://", host="127.0.0.1",
    ) as made:  # fmt: skip
        yield made


@needs_dask
def test_a_cluster_does_the_same(
    cluster: Any, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "masks" / "b c" / "00000.png").write_bytes(b"")
    order = (clips, "--steps", STEPS, "--scheduler", cluster.scheduler_address)
    assert states(batched(capsys, 1, *order)) == ["done", "failed", "done"]
    assert states(batched(capsys, 1, *order)) == ["skipped", "failed", "skipped"]
    assert len(list((tmp_path / "o").iterdir())) == 2


@needs_dask
def test_a_cluster_stops_what_nobody_wants_any_more(cluster: Any, slow_clip: Path) -> None:
    order = long_order(slow_clip.parent)
    project = Path(order.medium.project)
    client = cluster.get_client()
    future = client.submit(on_a_worker, order)
    wait_for_frames(project, 5)
    client.cancel(future)
    client.close()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not _free(project):
        time.sleep(0.2)
    assert interrupted(project) == 1


def _free(project: Path) -> bool:
    opened = open_project(project)
    try:
        return not opened.session.read_only
    finally:
        opened.close()


@needs_dask
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "no where"])
def test_a_scheduler_that_does_not_answer(
    clips: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    began = time.monotonic()
    told = refused(capsys, 2, "batch", clips, "--steps", "auto", "--scheduler", address)
    assert f"No Dask scheduler answers at '{address}'" in told
    assert time.monotonic() - began < 20


def test_without_the_library_the_way_to_it_is_told(
    clips: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    told = refused(capsys, 2, "batch", clips, "--steps", "auto", "--scheduler", "tcp://x:1")
    assert "pip install 'strokeflow[cluster]'" in told
