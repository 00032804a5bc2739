"""The weights that come with the application: found, named with their licence, left out at will."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as PilImage

from annotator.app import Application, Workbench
from annotator.backends.base import FillRequest, Runtime
from annotator.backends.cards import GUIDED, REFINED
from annotator.backends.registry import create
from annotator.cli import main
from annotator.core.errors import RequestError
from annotator.io.codec import decode_label_map
from annotator.io.weights import (
    WeightFolders,
    licence_of,
    non_commercial,
    read_weights,
    shipped_weights,
)
from annotator.jobs.base import JobState, finish
from annotator.services.exchange.dataset import DatasetOrder
from annotator.services.exchange.dataset_task import export_dataset
from annotator.services.project.projects import create_project
from annotator.services.runs.requests import Prospect, StoredResult
from annotator.services.runs.runs import Setup, wait_for
from tests.backends.clip import N_FRAMES, STROKES, Clip, Watch, key, overlap, truth
from tests.backends.networks.tiny import random_weights
from tests.services.test_dataset import Control

FILES = sorted(shipped_weights().glob("*.safetensors"))


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Application:
    """One that a person has just installed."""
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "data"))
    return Application(inline=True)


@pytest.fixture
def bench(application: Application, tmp_path: Path) -> Iterator[Workbench]:
    folder = tmp_path / "clip"
    folder.mkdir()
    for frame in range(N_FRAMES):
        PilImage.fromarray(Clip().read(frame)).save(folder / f"{frame:03}.png")
    create_project(tmp_path / "p.strokeflow", folder)
    bench = application.open(tmp_path / "p.strokeflow")
    for name in ("disk", "box"):
        bench.edit.add_object(name)
    for object_id in (1, 2):
        bench.edit.set_mask(0, object_id, truth(0), "Draw")
    yield bench
    bench.close()
    application.close()


def test_they_are_small_and_each_says_what_it_is_and_how_it_was_made() -> None:
    assert {file.stem for file in FILES} == {"fgplg", "npmca", "refiner", "strokes"}
    assert sum(file.stat().st_size for file in FILES) <= 40e6
    for file in FILES:
        stored = read_weights(file)
        assert stored.content_sum() == stored.metadata["content_sha256"]
        told = json.loads(stored.metadata["recipe"])
        assert told["method"] == stored.metadata["model"] == file.stem
        assert int(stored.metadata["steps"]) == told["steps"]
        assert "davis2016" in stored.metadata["data"] or "set" in stored.metadata["data"]
        for told_of in ("data", "start", "source"):
            assert "/" not in stored.metadata[told_of]  # nobody's folders
        assert non_commercial(licence_of(file))
        assert file.stem in (shipped_weights() / "README.md").read_text("utf-8")


def test_a_fresh_machine_fills_with_them(bench: Workbench, application: Application) -> None:
    run = wait_for(application.runner, bench.inference.fill("propagate"))
    assert (run.backend, run.filled) == ("guided", N_FRAMES - 1)
    for frame in range(1, N_FRAMES):
        for object_id in (1, 2):
            assert overlap(bench.document.label_map(frame), frame, object_id) > 0.85
    assert bench.inference.choose("interpolate", Setup()).id == "refined"
    assert bench.inference.choose("saliency", Setup()).id == "strokes"


@pytest.mark.parametrize("card", [GUIDED, REFINED], ids=lambda card: card.id)
def test_they_find_the_objects_of_a_clip(card: object) -> None:
    assert card in (GUIDED, REFINED)
    task = next(t for t in ("propagate", "interpolate") if t in card.factories)
    folders = WeightFolders(Path("nowhere"), shipped_weights())
    weights = {m: str(folders.files(m)[0]) for m in ("npmca", "refiner")}
    runtime = Runtime("cpu", weights[card.model], models={m: weights[m] for m in card.uses})
    request = FillRequest(
        (1, 2, 3, 4, 5), (key(0, 1, 2), key(6, 1, 2)), (1, 2), "both", {}, runtime
    )
    for result in create(card.factories[task]).fill(Clip(), request, Watch()):
        for object_id in (1, 2):
            assert overlap(result.label_map, result.frame, object_id) > 0.9
            assert 0 < result.quality[object_id] <= 1


def test_scribbles_become_masks_with_them(bench: Workbench, application: Application) -> None:
    for object_id in (1, 2):
        bench.edit.clear_mask(0, object_id)
    bench.edit.add_strokes(0, list(STROKES))
    run = wait_for(application.runner, bench.inference.saliency())
    assert (run.backend, run.filled) == ("strokes", 1)
    for object_id in (1, 2):
        assert overlap(bench.document.label_map(0), 0, object_id) > 0.8
        assert bench.document.cell(0, object_id).backend == "strokes"


def test_live_masks_come_twice(bench: Workbench, application: Application) -> None:
    for object_id in (1, 2):
        bench.edit.clear_mask(0, object_id)
    order = bench.inference.live.order(0, STROKES, 1)
    found: list[StoredResult] = []
    for _ in range(100):  # the first ones come while the network's libraries are loaded
        found.clear()
        job = bench.inference.live.scribble(order, found.append, lambda _job: None)
        while not job.state.over:
            application.runner.poll(0.1)
        assert job.state is JobState.DONE
        if len(found) == 2:
            break
        time.sleep(0.2)
    first, better = found
    for result in found:
        label_map = decode_label_map(result.label_map)
        for object_id in (1, 2):
            assert overlap(label_map, 0, object_id) > 0.8
    assert first.quality != better.quality
    application.weights.set_commercial_only(True)
    found.clear()
    job = bench.inference.live.scribble(order, found.append, lambda _job: None)
    while not job.state.over:
        application.runner.poll(0.1)
    assert [result.quality for result in found] == [first.quality]


def test_what_is_foreseen_is_the_first_mask_and_the_better_one_follows(
    bench: Workbench, application: Application
) -> None:
    live = bench.inference.live
    order = live.order(0, STROKES, 1)
    shown: list[Prospect] = []
    first: list[StoredResult] = []
    finish(application.runner, live.foresee(order, shown.append, lambda _job: None))
    finish(application.runner, live.scribble(order, first.append, lambda _job: None))
    assert [p.result.label_map for p in shown] == [first[0].label_map]
    assert shown[0].result.quality == first[0].quality
    for _ in range(100):  # none comes while the network's libraries are loaded
        better: list[StoredResult] = []
        job = live.scribble(order, better.append, lambda _job: None, known=True)
        finish(application.runner, job)
        if better:
            break
        time.sleep(0.2)
    assert [result.quality != first[0].quality for result in better] == [True]


def test_the_switch_leaves_them_out(bench: Workbench, application: Application) -> None:
    assert application.models.list()[0].card.id
    assert main(["models", "terms", "commercial"]) == 0
    for task in ("propagate", "interpolate", "saliency"):
        assert bench.inference.choose(task, Setup()).id == "embedded"
    with pytest.raises(RequestError, match="no weights"):
        bench.inference.fill("propagate", setup=Setup(backend="guided"))
    assert not any(state.shipped for state in application.models.list())
    assert main(["models", "terms", "any"]) == 0
    assert bench.inference.choose("propagate", Setup()).id == "guided"


def test_terms_on_the_command_line(
    application: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "terms", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"terms": "any"}
    assert main(["models", "terms", "commercial", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"terms": "commercial"}
    assert application.weights.commercial_only
    assert main(["models", "terms", "free"]) == 2
    assert "any or commercial" in capsys.readouterr().err


def test_a_choice_that_cannot_be_read_is_the_strict_one(tmp_path: Path) -> None:
    folders = WeightFolders(tmp_path / "models", shipped_weights())
    assert folders.find("npmca") is not None
    (tmp_path / "terms.json").write_text("{broken")
    assert folders.commercial_only
    assert folders.find("npmca") is None


def test_weights_of_the_user_come_first_where_they_suit(
    bench: Workbench, application: Application
) -> None:
    equipment = bench.inference.equipment
    own = application.weights.stored("npmca")
    own.parent.mkdir(parents=True)
    random_weights("npmca", own.parent)
    assert application.weights.find("npmca") == own
    # The thesis' network cannot be guided: that backend goes on with the one that ships.
    assert application.weights.ships(Path(equipment.runtime(GUIDED).weights))
    random_weights("npmca", own.parent, guide="flow")
    assert equipment.runtime(GUIDED).weights == str(own)
    assert list(equipment.runtime(GUIDED).models) == ["refiner"]


def test_they_cannot_be_removed_but_replaced(application: Application) -> None:
    with pytest.raises(RequestError, match="come with Strokeflow"):
        application.models.remove("npmca")
    state = next(s for s in application.models.list() if s.card.id == "npmca")
    assert state.shipped
    assert state.installed
    assert non_commercial(state.licence)
    assert all(file.is_file() for file in FILES)


def test_a_data_set_says_which_masks_were_made_with_them(
    bench: Workbench, application: Application, tmp_path: Path
) -> None:
    wait_for(application.runner, bench.inference.fill("propagate"))
    bench.close()
    application.weights.set_commercial_only(True)  # what was made before stays what it is
    order = DatasetOrder((str(tmp_path / "p.strokeflow"),), "davis", str(tmp_path / "set"))
    for _ in export_dataset(order, Control()):
        pass
    readme = (tmp_path / "set/README.md").read_text("utf-8")
    assert f"{2 * (N_FRAMES - 1)} masks were made by the backend `guided`" in readme
    assert "non-commercial" in readme
    assert "| model:guided | 12 |" in readme
