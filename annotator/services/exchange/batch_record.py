"""What a batch has done to a project, kept in the project, so that it goes on after a kill."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import filelock
import msgspec

from annotator.core.errors import ProjectError
from annotator.core.types import Provenance
from annotator.io.atomic import atomic_file
from annotator.services.editing.sweeps import taking_back
from annotator.services.project.session import Session
from annotator.services.runs.inference import InferenceService
from annotator.services.runs.runs import Interrupted

FILE = "batch.json"
_LOCK = "batch.lock"
_PATIENCE_S = 30.0
"""How long a batch waits for one that was killed: its processes need a moment to notice."""


class Done(msgspec.Struct, frozen=True):
    """A step that was carried out.

    Attributes:
        made: the file or folder that it wrote, "" if none.
        undo_step: id of the undo step of an import, 0 if there is none.
        mapping: see `Begun`.
    """

    key: str
    step: str
    seconds: float
    message: str
    made: str = ""
    undo_step: int = 0
    mapping: tuple[str, ...] = ()


class Begun(msgspec.Struct, frozen=True):
    """A step that was begun, and how the project was then.

    Attributes:
        undo_step: id of the newest undo step.
        runs: ids of interrupted runs, which are a person's to take up.
        mapping: what an import makes of the objects of its file, as `import --map` takes it, where
            some become new ones: an import that was cut off has made them already.
    """

    key: str
    undo_step: int
    runs: tuple[int, ...]
    mapping: tuple[str, ...] = ()


class Record(msgspec.Struct):
    """Steps that were done, in order, and the one that was begun after them."""

    done: list[Done] = []
    begun: Begun | None = None

    def reached(self, keys: Sequence[str]) -> int:
        """How many of these steps need not be done again: those before the first changed one, or
        before the first one whose output is gone."""
        for number, key in enumerate(keys):
            if number >= len(self.done) or self.done[number].key != key:
                return number
            made = self.done[number].made
            if made and not Path(made).exists():
                return number
        return len(keys)


def step_keys(fingerprint: str, steps: Sequence[Sequence[str]]) -> list[str]:
    """A key for each step that stands for it, those before it, and the media."""
    keys, state = [], fingerprint
    for step in steps:
        state = hashlib.sha256(msgspec.json.encode([state, *step])).hexdigest()[:32]
        keys.append(state)
    return keys


def load_record(project: Path) -> Record:
    """What is known; nothing where the file is missing or cannot be read: the steps are done again
    then, which harms nobody's work."""
    try:
        return msgspec.json.decode((project / FILE).read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return Record()


def save_record(project: Path, record: Record) -> None:
    """Durable when it returns. Raises DiskError."""
    with atomic_file(project / FILE, project) as part:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(record)))


@contextmanager
def alone(project: Path, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Keep other batches away from a project. Raises ProjectError if one does not go away."""
    lock = filelock.FileLock(project / _LOCK, timeout=patience_s)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise ProjectError(
            f"Another batch works on '{project}'.", "Wait for it, or end it; then run again."
        ) from None
    try:
        yield
    finally:
        lock.release()


def take_back(session: Session, done: Sequence[Done]) -> None:
    """Forget what is left of imports that are to be done anew; an undo step each. What a person
    touched since stays, and so do objects and scribbles that came with them."""
    for step in done:
        if step.undo_step:
            title = f"Take back: {step.step}"
            session.sweep(taking_back(session.document, step.undo_step, title))


def with_old_ids(mapping: Sequence[str], old: Sequence[str], there: Container[str]) -> list[str]:
    """A mapping in which objects that would be new ones, not `there`, become what they became
    before, as far as that is there still: other steps name objects by their ids."""
    before = dict(item.split("=") for item in old)
    found = dict(item.split("=") for item in mapping)
    for key, word in found.items():
        if word.isdecimal() and word not in there and before.get(key) in there:
            found[key] = before[key]
    return [f"{key}={word}" for key, word in found.items()]


def cut_off(inference: InferenceService, begun: Begun, task: str) -> list[Interrupted]:
    """Runs of a task that began with the step, and were interrupted; the newest last. `refresh`
    interpolates or propagates, whichever is due."""
    tasks = ("interpolate", "propagate") if task == "refresh" else (task,)
    return [
        item
        for item in inference.interrupted()
        if item.record.task in tasks and item.id not in begun.runs
    ]


def goes_on(inference: InferenceService, begun: Begun, item: Interrupted) -> bool:
    """True if going on with a run gives what the whole run would give.

    A run over masks of an earlier one has to begin anew: frames that it had not reached are not
    empty, and going on fills empty frames only.
    """
    document = inference.session.document
    for object_id in item.record.objects:
        if object_id not in document.objects:
            continue
        marks = document.marks.column(object_id)
        for frame in item.record.frames:
            model = document.cell(frame, object_id).provenance is Provenance.MODEL
            old = model and marks[frame] <= begun.undo_step
            if old and not document.is_reference(frame, object_id):
                return False
    return True
