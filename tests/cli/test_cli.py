"""The command line's contract: verbs, exit codes, JSON, one clear sentence for bad input."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import annotator
from annotator.cli import VERBS
from annotator.services.project.projects import create_project
from tests import fakes
from tests.cli.calls import asked, refused, run
from tests.cli.conftest import N_FRAMES
from tests.conftest import ROOT


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"strokeflow {annotator.__version__}\n"


@pytest.mark.parametrize("text", ["-2:", "5:5", "4:2", ":0", "3", "a:b"])
def test_a_range_without_a_frame_is_refused(
    text: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, 2, "run", project, "propagate", f"--frames={text}")
    assert f"'{text}' is no frame range" in said


def test_the_job_from_import_to_export_and_eval(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = asked(capsys, "import", project, masks, "--format", "davis", "--frames", "0,5")
    assert (done["frames"], done["objects"]) == (2, [1])
    done = asked(capsys, "run", project, "interpolate", "--backend", "embedded")
    assert (done["backend"], done["filled"]) == ("embedded", 4)
    facts = asked(capsys, "info", project)
    assert facts["cells"] == {"imported": 2, "model:embedded": 4}
    assert facts["frames"] == N_FRAMES
    ranked = asked(capsys, "review", project, "--worst", "3")["frames"]
    assert len(ranked) == 3
    assert ranked[0]["quality"] <= ranked[-1]["quality"]
    out = tmp_path / "out"
    assert asked(capsys, "export", project, "--format", "davis", "--out", out)["frames"] == 6
    score = asked(capsys, "eval", "--pred", out, "--gt", masks)
    assert score["J"] > 0.8
    again = asked(capsys, "import", project, masks, "--format", "davis", "--range", "0:6")
    assert again["kept_cells"] == [[0, 1], [5, 1]], "imported cells are not imported over"


def test_import_every_takes_the_last_frame_too(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(capsys, "import", project, masks, "--format", "davis", "--every", 2)["frames"] == 4


def test_options_of_formats_and_provenance_there_and_back(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis", "--frames", "0,5")
    asked(capsys, "run", project, "interpolate", "--backend", "embedded")
    out = tmp_path / "cvat"
    asked(
        capsys, "export", project, "--format", "cvat", "--out", out, "--option", "layout=images"
    )  # fmt: skip
    assert "<image id=" in (out / "annotations.xml").read_text("utf-8")
    cells = asked(capsys, "info", project)["cells"]
    for keep, expected in (("yes", cells), ("no", {"imported": sum(cells.values())})):
        other = tmp_path / f"{keep}.strokeflow"
        assert run("new", other, "--media", tmp_path / "clip") == 0
        capsys.readouterr()
        asked(capsys, "import", other, out, "--format", "cvat", "--option", f"keep={keep}")
        assert asked(capsys, "info", other)["cells"] == expected
    wrong = ("export", project, "--format", "cvat", "--out", tmp_path / "w", "--option")
    assert run(*wrong, "layout=circle") == 2
    assert "Choose one of video, images" in capsys.readouterr().err
    assert run(*wrong, "layout") == 2
    (card,) = [c for c in asked(capsys, "formats")["formats"] if c["id"] == "cvat"]
    assert card["options"][0]["choices"] == ["video", "images"]
    assert {o["name"] for o in card["import_options"]} == {"match", "start", "resize", "keep"}


def test_listings(capsys: pytest.CaptureFixture[str]) -> None:
    ids = {card["id"] for card in asked(capsys, "formats")["formats"]}
    assert ids >= {"davis", "binary", "davis-scribbles", "saliency", "coco", "overlay"}
    (embedded,) = [c for c in asked(capsys, "backends")["backends"] if c["id"] == "embedded"]
    assert embedded["tasks"] == ["saliency", "propagate", "interpolate", "cosaliency"]
    models = {model["id"]: model for model in asked(capsys, "models", "list")["models"]}
    assert models.keys() >= {"scwssod", "dcfm", "rcrnet", "fgplg", "ner"}
    assert not any(model["installed"] for model in models.values())
    assert "things" in asked(capsys, "models", "list", "--flows")["flows"]["raft_small"]
    for verb in ("formats", "backends", "models"):
        assert run(verb) == 0
    assert "embedded" in capsys.readouterr().out


def test_every_command_is_a_verb() -> None:
    from annotator.cli.parse import app

    named = {c.name or (c.callback.__name__ if c.callback else "") for c in app.registered_commands}
    assert named | {group.name for group in app.registered_groups} == set(VERBS)


def test_every_verb_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in VERBS:
        assert run(verb, "--help") == 0
        assert "Usage: strokeflow" in capsys.readouterr().out


def test_simulate_json_has_the_contract_s_fields(
    tmp_path: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = fakes.image_folder(tmp_path / "clip", N_FRAMES)
    found = asked(capsys, "simulate", "--media", clip, "--gt", masks, "--protocol", "every:3")
    assert set(found) == {
        "protocol", "backend", "J", "F", "JF", "frames", "seconds", "frames_per_second",
        "per_frame", "rounds",
    }  # fmt: skip
    assert found["frames"] == N_FRAMES
    assert found["backend"] == "embedded"


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("info", "absent"), "not a Strokeflow project"),
        (("new", "x", "--media", "absent.mp4"), "no file"),
        (("run", "PROJECT", "magic"), "no task 'magic'"),
        (("run", "PROJECT", "propagate"), "no objects"),
        (("run", "PROJECT", "propagate", "--backend", "magic"), "no backend"),
        (("run", "PROJECT", "propagate", "--frames", "x"), "no frame range"),
        (("run", "PROJECT", "propagate", "--device", "cuda"), "does not run on"),
        (("run", "PROJECT", "propagate", "--resume"), "was interrupted"),
        (("import", "PROJECT", "absent", "--format", "davis"), "absent"),
        (("import", "PROJECT", "absent", "--format", "magic"), "no format"),
        (("import", "PROJECT", "absent", "--format", "davis", "--every", "0"), "--every"),
        (("export", "PROJECT", "--format", "davis", "--out", "o"), "no labels"),
        (("absent.mp4",), "no 'absent.mp4'"),
        (("gui", "a", "b"), "One video"),
        (("eval", "--pred", "absent", "--gt", "absent"), "absent"),
    ],
)
def test_bad_input_is_told_in_one_sentence_with_code_2(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    word: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    # SQLite keeps files of its own beside a database that was only read; the index is a cache.
    before = sorted(p for p in tmp_path.rglob("*") if project not in p.parents)
    filled = [str(project) if arg == "PROJECT" else arg for arg in args]
    assert word in refused(capsys, 2, *filled)
    after = sorted(p for p in tmp_path.rglob("*") if project not in p.parents)
    assert after == before, "nothing is left behind"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")
def test_no_screen_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert "no screen" in refused(capsys, 2)


def test_bad_usage_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new") == 2
    assert run("run", "p", "propagate", "--colour", "red") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_media_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("hello")
    (tmp_path / "folder").mkdir()
    for name in ("empty.mp4", "text.mp4", "folder"):
        told = refused(capsys, 2, "new", tmp_path / "p", "--media", tmp_path / name)
        assert name in told
        assert not (tmp_path / "p.strokeflow").exists()


def test_masks_of_the_wrong_size_or_damaged_are_refused_whole(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = asked(capsys, "info", project)
    (masks / "00003.png").write_bytes(b"")
    assert "00003.png" in refused(capsys, 2, "import", project, masks, "--format", "davis")
    Image.fromarray(np.zeros((7, 9), np.uint8)).save(masks / "00003.png")
    assert "00003.png" in refused(capsys, 2, "import", project, masks, "--format", "davis")
    assert asked(capsys, "info", project) == good


def test_a_project_from_a_newer_version_or_damaged(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = project / "project.db"
    db = sqlite3.connect(database)
    db.execute("PRAGMA user_version = 99")
    db.close()
    assert "newer Strokeflow" in refused(capsys, 2, "info", project)
    data = bytearray(database.read_bytes())
    for bad in (b"", b"not a database at all" * 40, bytes(data[:2000])):
        database.write_bytes(bad)
        told = refused(capsys, 2, "info", project)
        assert "damaged" in told or "not a Strokeflow project" in told
        assert database.read_bytes() == bad, "the file is left as it is"


def test_a_project_that_another_process_writes_is_not_changed(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from annotator.io.store import open_store

    store, _ = open_store(project)
    try:
        told = refused(capsys, 2, "import", project, masks, "--format", "davis")
        assert "open for writing" in told
        assert asked(capsys, "info", project)["frames"] == N_FRAMES
    finally:
        store.close()


def test_media_that_moved(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clip").rename(tmp_path / "other")
    assert not asked(capsys, "info", project)["media_found"]
    assert "ocate" in refused(capsys, 2, "run", project, "propagate")
    fakes.image_folder(tmp_path / "clip", N_FRAMES - 1)
    assert "changed" in refused(capsys, 2, "run", project, "propagate")


def test_python_main_py_is_the_same_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "formats"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "davis" in done.stdout


SLOW_RUN = """
import sys, time
from annotator.cli import main
from annotator.services.runs.inference import InferenceService

changes = InferenceService._changes
def slowly(*given):
    time.sleep(0.1)
    return changes(*given)
InferenceService._changes = slowly
raise SystemExit(main(sys.argv[1:]))
"""
"""The command line, a tenth of a second slower per frame: on a busy machine the run of little
frames could be over before we see that it has begun."""


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts by signal")
def test_ctrl_c_keeps_finished_frames_and_resume_does_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import signal
    import time

    clip = fakes.image_folder(tmp_path / "clip", 300)
    project = create_project(tmp_path / "p", clip)
    masks = tmp_path / "one"
    masks.mkdir()
    label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    label_map[10:30, 5:25] = 255
    Image.fromarray(label_map).save(masks / "00000.png")
    asked(capsys, "import", project, masks, "--format", "davis", "--frames", "0")
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW_RUN, "run", project, "propagate"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        # A shell that runs the tests in the background has them ignore Ctrl+C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    database = f"file:{project / 'project.db'}?mode=ro"
    while time.monotonic() < deadline:
        with contextlib.closing(sqlite3.connect(database, uri=True)) as db:
            if db.execute("SELECT count(*) FROM labels").fetchone()[0] > 3:
                break
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "finished frames of a run are kept" in told
    filled = asked(capsys, "info", project)["cells"]["model:embedded"]
    assert 3 <= filled < 299
    done = asked(capsys, "run", project, "propagate", "--resume")
    assert done["frames"] == 299 - filled
    assert asked(capsys, "info", project)["cells"]["model:embedded"] == 299


INTERRUPTED_WHILE_LOADING = """
import signal, sys

class Finder:
    def find_spec(self, name, *rest):
        if name == sys.argv[1]:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
from annotator.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize(
    "order", [("typer", "formats"), ("annotator.cli.parse", "info", "x"), ("annotator.cli.guard",)]
)
def test_ctrl_c_while_the_code_is_loaded_says_one_line(order: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_LOADING, *order],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "strokeflow: stopped.\n")


def test_report_is_written_with_truth(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis", "--frames", "0,5")
    out = tmp_path / "report.html"
    facts = asked(capsys, "report", project, "--out", out, "--gt", masks)
    assert facts["truth_frames"] == N_FRAMES
    assert facts["by_state"]["imported"] == [1.0, 2]
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    no = tmp_path / "no.html"
    told = refused(capsys, 2, "report", project, "--out", no, "--gt", tmp_path / "x")
    assert "x" in told
    assert not no.exists()


def test_looking_mapping_and_overwriting(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("import", project, masks, "--format", "davis")
    assert asked(capsys, *given, "--frames", "0")["objects"] == [1]
    seen = asked(capsys, *given, "--look", "--map", "1=new")
    assert seen["objects"][0]["becomes"] == 2
    assert seen["conflicts"] == []
    assert asked(capsys, *given, "--look")["conflicts"] == [[0, 1]]
    assert run(*given, "--look") == 0
    assert "frame 0 object 1" in capsys.readouterr().out
    done = asked(capsys, *given, "--map", "object 1=new")
    assert (done["frames"], done["objects"]) == (N_FRAMES, [1, 2])
    done = asked(capsys, *given, "--map", "1=2", "--overwrite")
    assert (len(done["replaced_cells"]), done["kept_cells"]) == (N_FRAMES, [])
    assert "no object 'bear'" in refused(capsys, 2, *given, "--map", "bear=1")
    assert "cannot become" in refused(capsys, 2, *given, "--map", "1=bear")


def test_a_data_set_from_the_command_line(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis", "--every", "2")
    out = tmp_path / "set"
    given = ("dataset", tmp_path, "--format", "yolo-seg", "--out", out)
    done = asked(capsys, *given, "--splits", "train=1", "--images", "link", "--licence", "mine")
    assert done["splits"]["train"]["clips"] == ["a_b"]
    assert (done["frames"], done["findings"]) == (4, [])
    assert len(list((out / "labels" / "train").iterdir())) == 4
    assert run(*given, "--splits", "train=1", "--assign", "a_b=train") == 0
    assert "Made" in capsys.readouterr().out
    assert "is no split" in refused(capsys, 2, *given, "--splits", "..=1")
    assert "assigns no clip" in refused(capsys, 2, *given, "--assign", "x")
    twice = ("dataset", project.with_suffix(""), project, "--format", "davis")
    named = asked(capsys, *twice, "--out", tmp_path / "both", "--splits", "train=1")
    assert named["splits"]["train"]["clips"] == ["a_b"], "named in two ways, it is one clip"
