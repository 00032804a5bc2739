"""The process that works on one medium: `python -m annotator.cli.batch.worker`.

It reads one order from its input and tells on its output what it does, a line each. When its input
ends, nobody wants the rest any more: it stops, as after Ctrl+C.
"""

from __future__ import annotations

import _thread
import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import TextIO

import msgspec

from annotator.cli import main
from annotator.cli.batch.orders import Advance, Order, Outcome, StepOrder
from annotator.cli.batch.steps import arguments
from annotator.cli.guard import guarded
from annotator.cli.output import clip_range, followed, parse_ids, parse_range
from annotator.cli.verbs.labels import planned_mapping
from annotator.cli.verbs.project import opened
from annotator.cli.verbs.run import REFRESH
from annotator.core.errors import Cancelled, RequestError, RunError
from annotator.core.types import BACKGROUND, VOID
from annotator.services.exchange.batch import take_up
from annotator.services.exchange.batch_record import (
    Begun,
    Done,
    Record,
    alone,
    cut_off,
    goes_on,
    load_record,
    save_record,
    take_back,
    with_old_ids,
)
from annotator.services.exchange.mapping import AS_VOID, SKIP
from annotator.services.runs.planning import NothingToFill, UpToDate, plan_fill
from annotator.services.runs.staleness import plan_stale

MARK = "\x1e"
"""Begins each line that is ours; libraries print to the same output."""
_GRACE_S = 5.0
"""After this it ends at once; the project does not mind."""

_TELL_S = 0.5
Tell = Callable[[str | Advance], None]


class Worker:
    """Carries out an order; `stopped` is set when nobody wants the rest."""

    def __init__(self, order: Order, tell: Tell) -> None:
        self.stopped = False
        self._order = order
        self._tell = tell
        self._messages: list[str] = []
        self._told = 0.0

    def work(self) -> Outcome:
        """Do what is not done yet; nothing is raised."""
        code, _, told = _quietly(self._all_steps)
        if self.stopped:
            return Outcome("stopped", "finished frames are kept")
        if code:
            return Outcome("failed", _plain(told))
        return Outcome("done", "; ".join(self._messages))

    def _all_steps(self) -> None:
        folder = Path(self._order.medium.project)
        fingerprint, notes = take_up(self._order.medium)
        self._messages.extend(note.removesuffix(".") for note in notes)
        keys = self._order.keys(fingerprint)
        with alone(folder):
            record = load_record(folder)
            reached = record.reached(keys)
            old = dict(enumerate(record.done[reached:], reached + 1))
            del record.done[reached:]
            left = list(zip(self._order.steps, keys, strict=True))[reached:]
            if left and any(done.undo_step for done in old.values()):
                with opened(folder) as bench:
                    take_back(bench.session, [*old.values()])
                    bench.session.flush()
            for number, (step, key) in enumerate(left, reached + 1):
                self._tell(f"step {number} of {len(keys)}, {step.title}")
                self._one(folder, step, key, record, old.get(number))

    def _one(
        self, folder: Path, step: StepOrder, key: str, record: Record, old: Done | None
    ) -> None:
        """Carry out a step; `old` is the one that was done in its place before."""
        began = time.monotonic()
        resume = _begin(folder, step, key, record, () if old is None else old.mapping)
        begun = record.begun
        told = self._call(folder, step, begun, resume)
        record.begun = None
        seconds = round(time.monotonic() - began, 3)
        done = Done(key, step.title, seconds, told, step.made)
        if step.words[0] == "import" and begun is not None:
            newest = _newest_step(folder)
            made = newest if newest > begun.undo_step else 0
            done = msgspec.structs.replace(done, undo_step=made, mapping=begun.mapping)
        record.done.append(done)
        save_record(folder, record)
        self._messages.append(told)

    def _call(self, folder: Path, step: StepOrder, begun: Begun | None, resume: bool) -> str:
        """Carry out the verb; what it did. Raises RunError."""
        if not resume and _is_full(folder, step):
            return f"{step.title}: nothing to fill"
        verb, *rest = step.words if begun is None else _mapped(step.words, begun.mapping)
        given = [verb, str(folder), *rest, "--json"]
        with followed(self._advance):
            code, out, told = _quietly(lambda: main([*given, "--resume"] if resume else given))
            if code == 2 and resume and not self.stopped:
                # Nothing was left of it: it was cut off between its last frame and its end.
                code, out, told = _quietly(lambda: main(given))
        if self.stopped:
            raise Cancelled
        if code:
            raise RunError(f"{step.title}: {_plain(told)}")
        facts = json.loads(out)
        backend = f" by {facts['backend']}" if "backend" in facts else ""
        notes = "".join(f" ({note})" for note in facts["notes"]) if verb == "import" else ""
        return f"{step.title}: {facts.get('filled', facts['frames'])} frames{backend}{notes}"

    def _advance(self, done: int, total: int, eta_s: float | None) -> None:
        now = time.monotonic()
        if now - self._told >= _TELL_S:
            self._told = now
            self._tell(Advance(done, total, eta_s))


def _newest_step(folder: Path) -> int:
    """Id of the newest undo step of a project, 0 if there is none."""
    with opened(folder, writable=False) as bench:
        return max((step.id for step in bench.session.store.steps()), default=0)


def _begin(folder: Path, step: StepOrder, key: str, record: Record, mapping: Sequence[str]) -> bool:
    """Remember that a step begins; True if it is a run that was cut off and can go on. `mapping` is
    that of an import which was done in its place before."""
    begun = record.begun
    if begun is None or begun.key != key:
        with opened(folder, writable=False) as bench:
            store = bench.session.store
            newest = max((s.id for s in store.steps()), default=0)
            runs = tuple(run for run, _ in store.open_runs())
            objects = [*bench.document.objects]
        record.begun = Begun(key, newest, runs, _new_objects(folder, step, mapping, objects))
        save_record(folder, record)
        return False
    if not step.task:
        return False
    with opened(folder) as bench:
        found = cut_off(bench.inference, begun, step.task)
        if found and goes_on(bench.inference, begun, found[-1]):
            return True
        for item in found:
            bench.inference.dismiss(item)
        bench.session.flush()
    return False


def _is_full(folder: Path, step: StepOrder) -> bool:
    """True for a run over frames that all have their masks already, as in a clip of one frame, or
    where nothing is out of date."""
    if step.task not in ("propagate", "interpolate", REFRESH):
        return False
    given = arguments(step.words)
    with opened(folder, writable=False) as bench:
        frames = clip_range(parse_range(given["frames"]), bench.document.n_frames)
        objects = parse_ids(given["objects"], "objects")
        try:
            if step.task == REFRESH:
                plan_stale(bench.document, objects, frames)
            else:
                plan_fill(bench.document, step.task, frames, objects, given["direction"])
        except (NothingToFill, UpToDate):
            return True
        except RequestError:
            pass  # the run itself says it
    return False


def _new_objects(
    folder: Path, step: StepOrder, old: Sequence[str], objects: Sequence[int]
) -> tuple[str, ...]:
    """The ids that an import gives, where it makes new objects; see `Begun.mapping`. They are those
    that it gave before, in the mapping `old`, if the project still has them."""
    if step.words[0] != "import":
        return ()
    given = arguments(step.words)
    if not any(wish.endswith("=new") for wish in given["map_"] or ()):
        return ()
    mapping = planned_mapping(
        folder,
        given["format_id"],
        Path(given["src"]),
        (given["frames"], given["every"], parse_range(given["range_"])),
        given["option"],
        given["map_"],
    )
    words = {BACKGROUND: SKIP, VOID: AS_VOID}
    found = [f"{i}={words.get(becomes, becomes)}" for i, becomes in mapping.items()]
    asked_for = [wish.rpartition("=")[2] for wish in given["map_"]]
    return tuple(with_old_ids(found, old, {*map(str, objects), *asked_for}))


def _mapped(words: Sequence[str], mapping: Sequence[str]) -> list[str]:
    """The words of a step with another mapping, if there is one."""
    if not mapping:
        return list(words)
    kept = [
        word
        for before, word in pairwise(["", *words])
        if before != "--map" and word.partition("=")[0] != "--map"
    ]
    return [*kept, *(f"--map={wish}" for wish in mapping)]


def _quietly(action: Callable[[], int | None]) -> tuple[int, str, str]:
    """Exit code, and what was printed to stdout and stderr."""
    out, told = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(told):
        code = guarded(action)
    return code, out.getvalue(), told.getvalue()


def _plain(told: str) -> str:
    """The last sentences on stderr as one line."""
    _, mark, last = told.rpartition("strokeflow: ")
    return " ".join((last if mark else told).split())


def _watch() -> None:
    """Interrupt the work when the input ends. Runs in a thread."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    _thread.interrupt_main(signal.SIGTERM)
    time.sleep(_GRACE_S)
    os._exit(1)


def serve(channel: TextIO) -> None:
    """Read an order, carry it out, tell."""

    def send(message: object) -> None:
        channel.write(MARK + msgspec.json.encode(message).decode() + "\n")
        channel.flush()

    worker = Worker(msgspec.json.decode(sys.stdin.readline(), type=Order), send)

    def stop(*_: object) -> None:
        worker.stopped = True
        raise KeyboardInterrupt

    # Whoever started this one hears Ctrl+C and decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=_watch, daemon=True).start()
    try:
        outcome = worker.work()
    except KeyboardInterrupt:
        outcome = Outcome("stopped", "finished frames are kept")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    send(outcome)


if __name__ == "__main__":
    serve(sys.stdout)
