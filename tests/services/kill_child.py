"""Works on a project until it is killed; tells on stdout what is done and what is durable.

`did N DIGEST CLICKS`: action N is done in memory. `ack N DIGEST CLICKS`: it is on disk.
CLICKS is what the effort log holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import sys
from pathlib import Path

import numpy as np

from annotator.app import Application, Workbench
from annotator.core.errors import RequestError
from annotator.core.types import Stroke
from annotator.jobs.base import finish
from annotator.services.editing import steps
from annotator.services.project import session as sessions
from annotator.services.review.effort import EffortLog
from annotator.services.review.remarks import add_remark, delete_remark, reply, set_resolved
from annotator.services.review.stages import set_stage
from annotator.services.runs.runs import wait_for
from tests import fakes

KINDS = (
    "paint", "paint", "scribble", "propagate", "import", "object", "export", "remark", "settle",
    "stage", "occluded", "undo", "redo", "sweep", "sweep", "sweep",
)  # fmt: skip


def clicks(bench: Workbench) -> int:
    """All clicks of the effort log that are on disk."""
    return sum(row[2] for row in bench.session.store.effort())


def digest(bench: Workbench) -> str:
    """Everything a person would miss."""
    document, made = bench.document, hashlib.sha256()
    for frame in range(document.n_frames):
        made.update(document.label_map(frame).tobytes())
        made.update(repr(document.cells.frame(frame)).encode())
        for stroke in document.strokes(frame):
            made.update(f"{stroke.object_id} {stroke.radius}".encode() + stroke.points.tobytes())
    made.update(repr(sorted(document.objects.items())).encode())
    made.update(repr((document.remarks.all(), document.stage)).encode())
    return made.hexdigest()


def carry_on(bench: Workbench, rng: random.Random) -> None:
    """A long edit goes on to its end, or is cancelled on the way; now and then the disk keeps up,
    so that half of it lies there."""
    session, last = bench.session, rng.randint(0, 12)
    while (edit := session.long) is not None:
        edit.go_on()
        last -= 1
        if last == 0 and edit.cancellable:
            edit.cancel()
        if rng.random() < 0.5:
            session.store.flush()


def act(bench: Workbench, application: Application, rng: random.Random, masks: Path) -> None:
    """One thing that a person does: with masks, remarks and marks, runs, files, back and forth."""
    objects = sorted(bench.document.objects)
    frame = rng.randrange(bench.document.n_frames)
    kind = rng.choice(KINDS)
    if not objects or (kind == "object" and len(objects) < 20):
        bench.edit.add_object()
    elif kind == "scribble":
        point = np.array([[rng.uniform(0, 60), rng.uniform(0, 40)]], np.float32)
        bench.edit.add_strokes(frame, [Stroke(rng.choice(objects), point, 2.0)])
    elif kind == "propagate":
        wait_for(application.runner, bench.inference.fill("propagate", objects=objects[:1]))
    elif kind == "import":
        run = bench.transfer.import_labels("davis", masks, on_end=lambda _: None)
        finish(application.runner, run.job)
    elif kind == "export":
        job = bench.transfer.export(
            "davis", masks.parent / "out", None, on_report=lambda _: None, on_end=lambda _: None
        )
        finish(application.runner, job)
    elif kind == "remark":
        add_remark(bench.session, frame, rng.choice(["look again", "hidden"]), place=(3, 4))
    elif kind == "settle":
        change = rng.choice([delete_remark, lambda s, r: reply(s, r, "no"),
                             lambda s, r: set_resolved(s, r, True)])  # fmt: skip
        change(bench.session, rng.randint(1, 5))
    elif kind == "stage":
        set_stage(bench.session, rng.choice(["annotation", "review", "done"]), "Ann")
    elif kind == "occluded":
        bench.edit.masks.toggle_occluded(frame, rng.choice(objects))
    elif kind == "undo":
        bench.session.undo()
        carry_on(bench, rng)
    elif kind == "redo":
        bench.session.redo()
        carry_on(bench, rng)
    elif kind == "sweep":
        edit, one, other = bench.edit, rng.choice(objects), rng.choice(objects)
        rng.choice(
            [
                lambda: edit.accept(range(bench.document.n_frames), objects),
                lambda: edit.set_locked(range(bench.document.n_frames), [one], True),
                lambda: edit.set_locked(range(bench.document.n_frames), [one], False),
                lambda: edit.whole.merge(one, other),
                lambda: edit.whole.swap(one, other, frame),
            ]
        )()
        carry_on(bench, rng)
    else:
        pen = bench.edit.begin_paint(frame, rng.choice(objects), rng.uniform(1, 9), erase=False)
        for _ in range(rng.randint(1, 5)):
            pen.extend(np.array([[rng.uniform(0, 64), rng.uniform(0, 48)]], np.float32))
        pen.commit()


def main(project: Path, masks: Path, seed: int) -> None:
    application = Application(inline=True)
    application.registry = fakes.registry()
    bench = application.open(project)
    # Every edit of many frames is a long one, of a frame at a time, and so is every undo.
    steps.LARGEST = steps._SMALLEST = 1
    steps.MANY = sessions.MANY = steps.AT_ONCE = 0
    bench.session.on_long = lambda _: None
    rng = random.Random(seed)
    effort = EffortLog(bench.session.store)
    print("ready", 0, digest(bench), clicks(bench), flush=True)
    number = 0
    while True:
        number += 1
        with contextlib.suppress(RequestError):
            act(bench, application, rng, masks)
        state = digest(bench)
        print("did", number, state, clicks(bench), flush=True)
        effort.note(clicks=1)
        effort.flush()
        bench.session.flush()
        print("ack", number, state, clicks(bench), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
