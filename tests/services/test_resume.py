"""A run that was cut off and taken up again gives what it would have given at once, bit by bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.changes import SetCells, SetLabel
from annotator.core.types import Cell, Provenance
from annotator.services.project.projects import create_project, project_folder
from annotator.services.runs.planning import plan_rest
from annotator.services.runs.runs import Setup, wait_for
from tests import moving
from tests.cut import cut_after

N_FRAMES = 13
EMBEDDED = Setup(backend="embedded")


def two_halves(bench: Workbench, keys_of_second: tuple[int, ...]) -> None:
    """The left and the right half of what moves, which dispute each other's pixels."""
    left, right = bench.edit.add_object("left").id, bench.edit.add_object("right").id
    for frame in (0, 6, 12):
        label_map = np.zeros((moving.HEIGHT, moving.WIDTH), np.uint8)
        rows, columns = moving.square(frame)
        middle = columns.start + moving.SIDE // 2
        label_map[rows, columns.start : middle] = left
        cells = {left: Cell(Provenance.HUMAN)}
        if frame in keys_of_second:
            label_map[rows, middle : columns.stop] = right
            cells[right] = Cell(Provenance.HUMAN)
        bench.session.apply("Draw", [SetLabel(frame, label_map), SetCells(frame, cells)])


def state(bench: Workbench) -> list[Any]:
    """Everything that a run writes."""
    document, session = bench.document, bench.session
    session.flush()
    soft = [(f, o, session.soft(f, o)) for f in range(N_FRAMES) for o in document.objects]
    return [
        [document.label_map(f).tobytes() for f in range(N_FRAMES)],
        [document.cells.frame(f) for f in range(N_FRAMES)],
        [(f, o, None if s is None else s.tobytes()) for f, o, s in soft],
    ]


@pytest.mark.parametrize("cuts", [(3,), (9,), (4, 4), (7, 2)])
@pytest.mark.parametrize("keys_of_second", [(0,), (0, 6, 12), (6,)])
def test_the_rest_is_as_of_one_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cuts: tuple[int, ...],
    keys_of_second: tuple[int, ...],
) -> None:
    clip = moving.write_clip(tmp_path / "clip", N_FRAMES)
    states = []
    for name, after in (("whole", ()), ("cut", cuts)):
        folder = create_project(project_folder(tmp_path / name), clip)
        application = Application(inline=True)
        bench = application.open(folder)
        two_halves(bench, keys_of_second)
        for cut in after:
            with monkeypatch.context() as patch:
                cut_after(patch, cut)
                with pytest.raises(KeyboardInterrupt):
                    wait_for(application.runner, start(bench))
            application.close()
            bench.close()
            application = Application(inline=True)
            bench = application.open(folder)
        wait_for(application.runner, start(bench))
        states.append(state(bench))
        assert not bench.inference.interrupted()
        application.close()
        bench.close()
    assert states[0] == states[1]


def start(bench: Workbench) -> Any:
    """Go on with the run that was cut off, or begin it."""
    found = bench.inference.interrupted()
    if found:
        return bench.inference.resume(found[-1])
    return bench.inference.fill("propagate", setup=EMBEDDED)


def test_only_objects_that_meet_go_their_way_again(tmp_path: Path) -> None:
    clip = moving.write_clip(tmp_path / "clip", N_FRAMES)
    application = Application(inline=True)
    for name, keys, passed in (("a", (0, 6, 12), ()), ("b", (0, 6), (7, 8)), ("c", (0,), (1, 2))):
        bench = application.open(create_project(tmp_path / name, clip))
        two_halves(bench, keys)
        plan = plan_rest(
            bench.document, "propagate", range(1, N_FRAMES), range(9, N_FRAMES), (1, 2), "both"
        )
        assert plan.passed[:2] == passed
        assert min(plan.frames) == 9
        bench.close()
    application.close()
