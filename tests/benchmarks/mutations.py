"""How importers stand bad files: `python -m tests.benchmarks.mutations --count 2000`.

Every importer gets COUNT exports of its own format with one thing changed, in a process of its
own, through the services and into a real project. Each has to end in a `StrokeflowError` or in a
clean import, within 2 s and 500 MB of resident memory; a refused one must leave the project as it
was. Seconds are those of the processor over all threads, so that other work on the machine does not
count; none may take two minutes by the clock. The memory is the peak of the whole process as
Linux tells it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from annotator.app import Application, Workbench
from annotator.core.changes import AddStroke, Change, SetCells, SetLabel, SetObject
from annotator.core.document import PlacedStroke
from annotator.core.errors import StrokeflowError
from annotator.core.objects import new_object
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.formats import registry
from annotator.io.formats.base import NoControl
from annotator.jobs.base import finish
from annotator.services.exchange.transfer import ProjectLabels
from annotator.services.project.projects import create_project
from tests import fakes
from tests.io.hostile import mutate

MAX_SECONDS = 2.0
MAX_MB = 500.0
_HANGS = 120
_FRAMES = 4


VARIANTS = {
    "labelme xml": ("labelme", {"layout": "xml"}),
    "labelme polygons": ("labelme", {"shapes": "polygon"}),
    "mots png": ("mots", {"layout": "png"}),
    "cvat images": ("cvat", {"layout": "images"}),
    "binary union": ("binary", {"layout": "union"}),
    "yolo-seg boxes": ("yolo-seg", {"shapes": "boxes"}),
}
"""Other files that an importer takes: how its format writes them."""


@dataclass
class Outcome:
    """What came of the bad files of one importer.

    Attributes:
        refused, taken: how many ended in an error for people, and how many in a clean import.
        faults: what must not be, with the number of the case; seeds make it come back.
        seconds, mb: the worst case.
    """

    format: str
    refused: int = 0
    taken: int = 0
    seconds: float = 0.0
    mb: float = 0.0
    slowest: str = ""
    largest: str = ""
    faults: list[str] = field(default_factory=list)


def measure(name: str, count: int, seed: int, first: int = 0) -> Outcome:
    """Try `count` bad files on one importer; `name` is a format or one of `VARIANTS`."""
    format_id, layout = VARIANTS.get(name, (name, {}))
    outcome = Outcome(name)
    with tempfile.TemporaryDirectory() as folder, _project(Path(folder)) as bench:
        good = Path(folder) / "good"
        source = _export(bench, format_id, good, layout)
        before = _state(bench)
        for case in range(first, first + count):
            random = np.random.default_rng((seed, case))
            bad = Path(folder) / "bad"
            shutil.rmtree(bad, ignore_errors=True)
            shutil.copytree(good, bad)
            options = {"resize": True} if case % 2 and format_id != "davis-scribbles" else {}
            if case % 3 == 0:
                for file in bad.rglob("*frames.json"):
                    file.unlink()
            how = f"case {case}, {mutate(bad, random)}"
            _one(bench, format_id, bad / source, options, how, outcome)
            if _state(bench) != before:
                outcome.faults.append(f"{how}: the project changed")
                before = _state(bench)
    return outcome


def _one(
    bench: Workbench, format_id: str, src: Path, options: dict[str, Any], how: str, outcome: Outcome
) -> None:
    _reset_peak()
    began = time.process_time()
    try:
        with _time_limit():
            run = bench.transfer.import_labels(
                format_id, src, on_end=lambda _: None, options=options
            )
            finish(bench._application.runner, run.job)
        outcome.taken += 1
        if run.frames + run.strokes:
            bench.session.undo()
    except StrokeflowError as error:
        outcome.refused += 1
        if not error.message.strip():
            outcome.faults.append(f"{how}: no message")
    except (Exception, _Hangs) as bug:  # noqa: BLE001 - every kind of bug is to be listed
        outcome.faults.append(f"{how}: {type(bug).__name__}: {bug!s:.200}")
    seconds, mb = time.process_time() - began, _peak_mb()
    if seconds > outcome.seconds:
        outcome.seconds, outcome.slowest = seconds, how
    if mb > outcome.mb:
        outcome.mb, outcome.largest = mb, how
    if seconds > MAX_SECONDS:
        outcome.faults.append(f"{how}: {seconds:.1f} s")
    if mb > MAX_MB:
        outcome.faults.append(f"{how}: {mb:.0f} MB")


class _Hangs(BaseException):
    """The import did not end by itself; no handler of an importer may catch it."""


@contextmanager
def _time_limit() -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _Hangs(f"longer than {_HANGS} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(_HANGS)
    try:
        yield
    finally:
        signal.alarm(0)


@contextmanager
def _project(folder: Path) -> Iterator[Workbench]:
    application = Application(inline=True)
    place = create_project(folder / "p", fakes.image_folder(folder / "clip", _FRAMES))
    bench = application.open(place)
    changes: list[Change] = [SetObject(i, new_object(i, category="cat")) for i in (1, 2)]
    for frame in range(_FRAMES):
        label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
        label_map[10:30, 5 + frame : 25 + frame] = 1
        label_map[15:20, 10:15] = 0
        label_map[32:40, 30:50] = 2
        label_map[0, :9] = 255
        model = Cell(Provenance.MODEL, quality=0.7, backend="embedded")
        changes += [SetLabel(frame, label_map), SetCells(frame, {1: model, 2: model})]
    points = np.array([[3, 4], [20, 30]], np.float32)
    changes.append(AddStroke(PlacedStroke(1, 0, Stroke(1, points, 2.0))))
    bench.session.apply("Label", changes)
    try:
        yield bench
    finally:
        bench.close()
        application.close()


def _export(bench: Workbench, format_id: str, good: Path, options: dict[str, Any]) -> str:
    """Export into `good`; the name in it that an import takes."""
    card = registry.card(format_id)
    name = f"o{card.extensions[0]}" if card.single_file else "o"
    assert bench.project.media is not None
    labels = ProjectLabels(bench.session, bench.project.media, tuple(range(_FRAMES)))
    registry.exporter(format_id).export(labels, good / name, NoControl(), options)
    return name


def _state(bench: Workbench) -> list[Any]:
    document = bench.document
    return [
        sorted(document.objects.items()),
        [
            (document.label_map(f).tobytes(), document.cells.frame(f), len(document.strokes(f)))
            for f in range(document.n_frames)
        ],
        len([step for step in bench.session.store.steps() if not step.undone]),
    ]


def _reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    text = Path("/proc/self/status").read_text()
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", default="")
    asked = parser.parse_args()
    if asked.format:
        print(json.dumps(asdict(measure(asked.format, asked.count, asked.seed, asked.first))))
        return 0
    bad = 0
    print(f"{'format':16} refused  taken  worst s  worst MB  faults", flush=True)
    for name in (*(card.id for card in registry.cards() if card.can_import), *VARIANTS):
        command = [sys.executable, "-m", "tests.benchmarks.mutations", "--format", name]
        numbers = ["--count", str(asked.count), "--seed", str(asked.seed)]
        done = subprocess.run([*command, *numbers], capture_output=True, text=True)
        if done.returncode:
            print(f"{name:16} the process died: {done.stderr[-400:]}", flush=True)
            bad += 1
            continue
        row = json.loads(done.stdout.splitlines()[-1])
        faults = Counter(fault.partition(": ")[2] for fault in row["faults"])
        print(
            f"{name:16} {row['refused']:7} {row['taken']:6} {row['seconds']:8.2f} "
            f"{row['mb']:9.0f} {len(row['faults']):7}",
            flush=True,
        )
        for fault in row["faults"][:8]:
            print(f"    {fault}", flush=True)
        bad += sum(faults.values())
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
