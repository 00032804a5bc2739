"""An import that ends early: it is taken back, and never what a person did meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.errors import Cancelled, FormatError
from annotator.io.formats.davis import encode_png
from annotator.services.exchange import transfer_tasks
from annotator.services.exchange.transfer import ImportRun
from annotator.services.project.projects import create_project
from tests import fakes

FAILURES = [FormatError("The third file is damaged."), Cancelled()]


@pytest.fixture(name="bench")
def _bench(tmp_path: Path) -> Iterator[Workbench]:
    application = Application(inline=True)
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip", 6))
    bench = application.open(folder)
    yield bench
    bench.close()
    application.close()


@pytest.fixture(name="masks")
def _masks(tmp_path: Path) -> Path:
    folder = tmp_path / "masks"
    folder.mkdir()
    for frame in range(6):
        label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
        label_map[5:20, 5 : 30 + frame] = 1
        (folder / f"{frame:05d}.png").write_bytes(encode_png(label_map))
    return folder


def cut_short(
    bench: Workbench, masks: Path, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> ImportRun:
    """Import, with `failure` after two frames."""
    whole, seen = transfer_tasks.remapped, []

    def remapped(read: object, mapping: object) -> object:
        seen.append(read)
        if len(seen) == 3:
            raise failure
        return whole(read, mapping)

    monkeypatch.setattr(transfer_tasks, "remapped", remapped)
    run = bench.transfer.import_labels("davis", masks, on_end=lambda _: None)
    bench._application.runner.poll()
    return run


@pytest.mark.parametrize("failure", FAILURES, ids=["failed", "cancelled"])
def test_what_came_in_is_taken_back(
    bench: Workbench, masks: Path, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = cut_short(bench, masks, failure, monkeypatch)
    assert (run.frames, bench.document.objects) == (0, {})
    assert not any(bench.document.label_map(frame).any() for frame in range(6))


@pytest.mark.parametrize("failure", FAILURES, ids=["failed", "cancelled"])
def test_what_a_person_did_meanwhile_is_not_taken_back(
    bench: Workbench, masks: Path, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    acted: list[int] = []

    def act(_changed: object) -> None:
        if not acted:
            acted.append(0)
            acted[0] = bench.edit.add_object("mine").id

    bench.session.subscribe(act)
    run = cut_short(bench, masks, failure, monkeypatch)
    assert bench.document.objects[acted[0]].name == "mine"
    assert run.frames == 2
    assert [s.undone for s in bench.session.store.steps()] == [False, False]
