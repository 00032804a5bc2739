"""`batch`: many media, failures that stop nobody, and human work that stays."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from annotator.app import Application
from annotator.cli.batch.crew import carry_out
from annotator.cli.batch.orders import Advance, Order
from annotator.cli.verbs.batch import Lines
from annotator.core.types import Provenance
from annotator.services.exchange.batch import Medium
from annotator.services.project.projects import create_project, open_project
from tests import fakes
from tests.cli.batches import STEPS, batched, long_order, states, worker
from tests.cli.calls import asked, refused, run
from tests.cli.conftest import N_FRAMES
from tests.videos import write_video


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


def test_a_long_name_does_not_widen_the_table(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "begin" + 200 * "x" + "end"
    (clips.parent / "a").rename(clips.parent / name)
    clips.write_text(f"{name}\nd")
    steps = f"import davis '{tmp_path / 'masks' / 'a'}' --frames 0"
    (long, _) = batched(capsys, 0, clips, "--steps", steps)["media"]
    assert long["name"] == name
    assert run("batch", clips, "--steps", steps) == 0
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("beginx")
    assert "xend  skipped" in first
    assert "…" in first
    assert second.startswith("d ")
    assert len(first) < 100


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


def test_only_projects_in_a_stage_are_taken(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = (clips, "--steps", "export coco o/{name}.json", "--stage")
    done = batched(capsys, 0, *export, "done")
    assert states(done) == ["skipped"] * 3
    assert {row["message"] for row in done["media"]} == {"its stage is annotation"}
    assert not list(clips.parent.glob("*.strokeflow")), "nothing was made of them"
    assert states(batched(capsys, 0, clips, "--steps", STEPS)) == ["done"] * 3
    for name, stage in (("a", "done"), ("d", "review")):
        assert run("review", clips.parent / f"{name}.strokeflow", "--stage", stage) == 0
    assert states(batched(capsys, 0, *export, "done")) == ["done", "skipped", "skipped"]
    assert [p.name for p in (tmp_path / "o").glob("*.json")] == ["a.json"]
    done = batched(capsys, 0, *export, "review, done")
    assert states(done) == ["skipped", "skipped", "done"]
    messages = [row["message"] for row in done["media"]]
    assert messages[:2] == ["done before", "its stage is annotation"]
    database = clips.parent / "d.strokeflow" / "project.db"
    database.write_bytes(b"nothing")
    done = batched(capsys, 1, *export, "done")
    assert states(done) == ["skipped", "skipped", "failed"]
    assert "project.db" in done["media"][2]["message"]
    about = refused(capsys, 2, "batch", *export, "finished")
    assert "There is no stage 'finished'." in about


def test_a_video_that_is_cut_off_is_told(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mkv", frames=60)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 3 // 4])
    masks = tmp_path / "masks"
    masks.mkdir()
    Image.fromarray(np.eye(96, dtype=np.uint8)[:64]).save(masks / "00000.png")
    outcome = worker(create_project(tmp_path / "p", clip), f"import davis '{masks}'")
    assert outcome.state == "done"
    assert outcome.message.startswith("clip.mkv seems to be cut off: only its first ")


def test_steps_tell_how_far_they_are(
    project: Path, masks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.cli.batch.worker._TELL_S", 0)
    monkeypatch.setattr("annotator.cli.output._SHOW_S", 0)
    told: list[str | Advance] = []
    steps = f"import davis '{masks}' --frames 0; propagate --backend embedded"
    assert worker(project, steps, told.append).state == "done"
    begun = told.index("step 2 of 2, propagate")
    assert {a.done for a in told[begun + 1 :]} == set(range(N_FRAMES))
    assert {a.total for a in told[begun + 1 :]} == {N_FRAMES - 1}


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_the_steps_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    lines = Lines()
    a, b = (Order(Medium(name, "", ""), (), "") for name in ("a", "b"))
    lines.tell(a, "step 1 of 2, propagate")
    lines.tell(a, Advance(3, 9, 4.2))
    lines.tell(b, Advance(0, 0, None))
    lines.ended(a, "[1/2] a: done")
    lines.close()
    clear = "\x1b[K"
    assert screen.getvalue().split("\r")[1:] == [
        f"a: step 1 of 2, propagate{clear}\n",
        f"a 3/9, 4 s left{clear}",
        f"a 3/9, 4 s left  b ...{clear}",
        f"[1/2] a: done{clear}\n",
        f"b ...{clear}",
        clear,
    ]


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


def test_a_machine_without_the_folder_says_so(tmp_path: Path) -> None:
    order = msgspec.structs.replace(long_order(tmp_path), folder=str(tmp_path / "absent"))
    outcome = carry_out(order, lambda *_: None, lambda: False)
    assert outcome.state == "failed"
    assert "absent" in outcome.message


@pytest.mark.parametrize("task", ["propagate", "interpolate"])
def test_a_clip_with_nothing_to_fill_is_exported_all_the_same(tmp_path: Path, task: str) -> None:
    clip = write_video(tmp_path / "clip.mkv", frames=1)
    masks = tmp_path / "masks"
    masks.mkdir()
    Image.fromarray(np.eye(96, dtype=np.uint8)[:64]).save(masks / "00000.png")
    steps = f"import davis '{masks}'; {task}; export davis '{tmp_path / 'o'}'"
    outcome = worker(create_project(tmp_path / "p", clip), steps)
    assert outcome.state == "done", outcome.message
    assert f"{task}: nothing to fill" in outcome.message
    assert (tmp_path / "o" / "00000.png").is_file()
