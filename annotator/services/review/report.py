"""The facts of a report: effort, provenance, quality, review, and J and F against a ground truth.

Everything is counted frame by frame and kept as sums and columns of at most `COLUMNS`, so that a
report on 100,000 frames needs the memory of one on 100.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import MediaError, RequestError
from annotator.core.review import Remark, StageChange
from annotator.core.types import VOID, LabelMap, Provenance
from annotator.io.formats.base import ImportTarget
from annotator.io.formats.registry import importer
from annotator.jobs.base import TaskControl
from annotator.services.exchange.transfer import media_info
from annotator.services.project.projects import OpenProject
from annotator.services.project.session import Session
from annotator.services.review.stages import accepted_by, frames_known
from models.metrics.davis import boundary_measure, region_similarity

COLUMNS = 600
"""Columns of a plot at most; more frames share them."""

REMARKS = 200
"""Remarks on the page at most, and changes of the stage."""

STATES = ("none", "model", "imported", "corrected", "human")
"""Provenances in the order of how much a person stands behind them."""

_RANK = {
    Provenance.NONE: 0,
    Provenance.MODEL: 1,
    Provenance.IMPORTED: 2,
    Provenance.CORRECTED: 3,
    Provenance.HUMAN: 4,
}


@dataclass(frozen=True, slots=True)
class Effort:
    """What masks cost a person; `seconds` of active work, `frames` is how many were touched."""

    clicks: int
    strokes: int
    commands: int
    seconds: float
    frames: int


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """One object: its frames by provenance, effort, and mean J and F where a truth is given.

    `states` holds one index into `STATES` per column of the plot, the strongest of its frames.
    """

    id: int
    name: str
    color: tuple[int, int, int]
    frames: dict[str, int]
    effort: Effort
    J: float | None
    F: float | None
    states: list[int]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """All of the report.

    Attributes:
        review: frames by what is left to do: "open" (a model's mask that nobody looked at),
            "sure", "empty", "locked", "occluded", "remarks" (with an open one).
        quality: the lowest estimate per column, None where nothing is estimated.
        seconds, strokes: effort per column.
        scores: (J, F) means per column, None where no truth was given.
        by_state: mean (J + F) / 2 of the cells of each provenance, with their number.
        edges: first frame of each column, and the number of frames at the end.
        remarks: at most `REMARKS`, open ones first; `open_remarks` and `resolved_remarks` count
            all.
        stages: changes of the stage, the last one is what holds; none in a new project.
        accepted: frames by who accepted them.
    """

    project: str
    media: str
    frames: int
    width: int
    height: int
    objects: list[ObjectFacts]
    effort: Effort
    review: dict[str, int]
    quality: list[float | None]
    seconds: list[float]
    strokes: list[int]
    truth: str
    truth_frames: int
    J: float | None
    F: float | None
    scores: list[tuple[float, float] | None]
    by_state: dict[str, tuple[float, int]]
    edges: list[int]
    remarks: list[Remark]
    open_remarks: int
    resolved_remarks: int
    stages: list[StageChange]
    accepted: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class _Columns:
    """Frames spread over the columns of a plot."""

    def __init__(self, n_frames: int) -> None:
        self.count = min(COLUMNS, max(n_frames, 1))
        self.edges = (np.arange(self.count + 1) * n_frames / self.count).astype(np.int64)
        self.n_frames = n_frames

    def of(self, frame: int) -> int:
        return int(np.searchsorted(self.edges, frame, side="right")) - 1

    def highest(self, values: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.maximum.reduceat(values, self.edges[:-1])

    def lowest(self, values: NDArray[np.float32]) -> list[float | None]:
        least = np.fmin.reduceat(values, self.edges[:-1])
        return [None if np.isnan(v) else float(v) for v in least]


class _Truth:
    """Sums of J and F while the truth is read frame by frame."""

    def __init__(self, columns: _Columns) -> None:
        self._columns = columns
        self.frames = 0
        self.by_object: dict[int, NDArray[np.float64]] = {}
        self.by_column = np.zeros((columns.count, 3))
        self.by_state = np.zeros((len(STATES), 2))

    def add(self, session: Session, frame: int, truth: LabelMap, objects: frozenset[int]) -> None:
        self.frames += 1
        labels = session.document.label_map(frame)
        void = truth == VOID
        counted = void if void.any() else None
        for object_id in sorted(objects):
            pair = labels == object_id, truth == object_id
            j, f = region_similarity(*pair, counted), boundary_measure(*pair, counted)
            self.by_object.setdefault(object_id, np.zeros(3))
            self.by_object[object_id] += (j, f, 1)
            self.by_column[self._columns.of(frame)] += (j, f, 1)
            cell = session.document.cell(frame, object_id)
            self.by_state[_RANK[cell.provenance]] += ((j + f) / 2, 1)

    def means(self) -> tuple[float | None, float | None]:
        """Over objects of the means over their frames, as DAVIS-2017 does."""
        if not self.by_object:
            return None, None
        each = np.array([sums[:2] / sums[2] for sums in self.by_object.values()])
        return float(each[:, 0].mean()), float(each[:, 1].mean())

    def of_object(self, object_id: int) -> tuple[float | None, float | None]:
        sums = self.by_object.get(object_id)
        return (None, None) if sums is None else (sums[0] / sums[2], sums[1] / sums[2])

    def columns(self) -> list[tuple[float, float] | None]:
        return [(j / n, f / n) if n else None for j, f, n in self.by_column.tolist()]

    def states(self) -> dict[str, tuple[float, int]]:
        return {
            name: (total / n, int(n))
            for name, (total, n) in zip(STATES, self.by_state.tolist(), strict=True)
            if n
        }


def collect(project: OpenProject, truth: Path | None, control: TaskControl) -> ReportFacts:
    """Read everything once. `truth` is a folder of label images named like the frames.

    Raises FormatError for a truth that does not fit, MediaError if it cannot be matched because
    the media are missing, RequestError for an empty project.
    """
    session = project.session
    document = session.document
    if document.n_frames == 0:
        raise RequestError("The project has no frames to report on.")
    columns = _Columns(document.n_frames)
    control.progress(0, document.n_frames)
    effort, total, seconds, strokes = _effort(session, columns)
    scored = _Truth(columns)
    if truth is not None:
        for frame, label_map, ids in _read_truth(project, truth):
            control.checkpoint()
            scored.add(session, frame, label_map, ids)
            control.progress(scored.frames, document.n_frames)
    objects = [
        _object(session, object_id, columns, effort.get(object_id), scored)
        for object_id in sorted(document.objects)
    ]
    j, f = scored.means()
    return ReportFacts(
        project=session.folder.stem,
        media=Path(session.meta.media).name,
        frames=document.n_frames,
        width=document.size.width,
        height=document.size.height,
        objects=objects,
        effort=total,
        review=_review(session),
        quality=columns.lowest(_quality(session)),
        seconds=seconds,
        strokes=strokes,
        truth="" if truth is None else truth.name,
        truth_frames=scored.frames,
        J=j,
        F=f,
        scores=scored.columns(),
        by_state=scored.states(),
        edges=columns.edges.tolist(),
        remarks=sorted(document.remarks.all(), key=lambda r: r.resolved)[:REMARKS],
        open_remarks=document.remarks.counts()[0],
        resolved_remarks=document.remarks.counts()[1],
        stages=[document.stages[number] for number in sorted(document.stages)][-REMARKS:],
        accepted=accepted_by(session),
    )


def _read_truth(
    project: OpenProject, folder: Path
) -> Iterator[tuple[int, LabelMap, frozenset[int]]]:
    if project.media is None:
        raise MediaError(
            "The media of this project are missing, so that the truth cannot be matched.",
            "Locate them in the window first.",
        )
    target = ImportTarget(media_info(project.media))
    for found in importer("davis").read(folder, target, {}):
        if found.label_map is not None:
            yield found.frame, found.label_map, found.objects


def _effort(
    session: Session, columns: _Columns
) -> tuple[dict[int, Effort], Effort, list[float], list[int]]:
    sums: dict[int, NDArray[np.float64]] = {}
    touched = np.zeros(columns.n_frames, bool)
    seconds, strokes = np.zeros(columns.count), np.zeros(columns.count, np.int64)
    for object_id, frame, *spent in session.store.effort():
        if not 0 <= frame < columns.n_frames:
            continue
        # A cell that was only looked at is no frame that was touched.
        worked = spent[0] + spent[1] + spent[2] > 0
        sums.setdefault(object_id, np.zeros(5))
        sums[object_id] += (*spent, worked)
        touched[frame] |= worked
        column = columns.of(frame)
        seconds[column] += spent[3]
        strokes[column] += spent[1]
    each = {
        o: Effort(int(s[0]), int(s[1]), int(s[2]), float(s[3]), int(s[4])) for o, s in sums.items()
    }
    whole = sum(sums.values(), np.zeros(5))
    total = Effort(int(whole[0]), int(whole[1]), int(whole[2]), float(whole[3]), int(touched.sum()))
    return each, total, seconds.tolist(), strokes.tolist()


def _ranks(session: Session, object_id: int) -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    for provenance, rank in _RANK.items():
        table[provenance] = rank
    return table[session.document.cells.provenance(object_id)]


def _object(
    session: Session, object_id: int, columns: _Columns, effort: Effort | None, scored: _Truth
) -> ObjectFacts:
    info = session.document.objects[object_id]
    ranks = _ranks(session, object_id)
    counts = np.bincount(ranks, minlength=len(STATES)).tolist()
    j, f = scored.of_object(object_id)
    return ObjectFacts(
        object_id,
        info.name,
        info.color,
        dict(zip(STATES, counts, strict=True)),
        effort or Effort(0, 0, 0, 0.0, 0),
        j,
        f,
        columns.highest(ranks).tolist(),
    )


def _quality(session: Session) -> NDArray[np.float32]:
    """float32 [n_frames]: the lowest estimate among the model's masks, NaN where there is none."""
    document = session.document
    lowest = np.full(document.n_frames, np.nan, np.float32)
    for object_id in document.objects:
        model = document.cells.provenance(object_id) == Provenance.MODEL
        lowest = np.fmin(lowest, np.where(model, document.cells.quality(object_id), np.nan))
    return lowest.astype(np.float32)


def _review(session: Session) -> dict[str, int]:
    document = session.document
    model, known = frames_known(document)
    locked, occluded = np.zeros((2, document.n_frames), bool)
    for object_id in document.objects:
        locked |= document.cells.locked(object_id)
        occluded |= document.cells.occluded(object_id)
    return {
        "open": int(model.sum()),
        "sure": int((known & ~model).sum()),
        "empty": int((~known).sum()),
        "locked": int(locked.sum()),
        "occluded": int(occluded.sum()),
        "remarks": len(document.remarks.open_frames()),
    }
