"""Labelling without a label, as it runs in the worker: proposals, then the best one propagated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from annotator.backends.base import FillBackend, FillRequest, KeyFrame
from annotator.backends.embedded.cut import min_cut
from annotator.backends.embedded.views import working_size
from annotator.backends.registry import create
from annotator.backends.saliency.change import course
from annotator.backends.saliency.clip_course import Course
from annotator.backends.saliency.course_store import keep_course, kept_course
from annotator.backends.saliency.proposals import Proposal, proposals
from annotator.backends.saliency.sampling import look, spread
from annotator.backends.saliency.steps import Map
from annotator.core.errors import RunError
from annotator.core.types import FrameReader, FrameResult, Image, LabelMap, SoftMap
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.io.media import MediaRef
from annotator.jobs.base import TaskControl
from annotator.services.runs.requests import (
    AutoTask,
    Gear,
    ProposeTask,
    StoredProposal,
    StoredResult,
)
from annotator.services.runs.tasks import open_media, pack

SHOWN = 12
"""Proposals that are worth looking at."""
PICTURE_WIDTH = 200
OUTLINE = (255, 140, 0)
REFERENCES = 3
"""First masks that are propagated together, at most."""
RELIABLE = 0.85
"""Share of the best score below which another reference is skipped as unreliable."""
_NOTHING = "Nothing stands out in this clip, neither by motion nor by colour."
_ADVICE = "Scribble on the object on one frame, then propagate."


def propose(task: ProposeTask, control: TaskControl) -> Iterator[StoredProposal]:
    """Yield the best proposals, the best first. Raises RunError where nothing stands out."""
    with open_media.use(task.media) as reader:
        for one in _find(task.sources, reader, control)[:SHOWN]:
            control.checkpoint()
            label_map = sharpen(reader, one)
            picture = _shown(reader, one.frame, label_map)
            data = encode_label_map(label_map)
            yield StoredProposal(one.frame, one.source, one.score, data, picture)


def auto(task: AutoTask, control: TaskControl) -> Iterator[StoredResult]:
    """Yield masks of every frame of the order from the best or the given first mask."""
    with open_media.use(task.propose.media) as reader:
        yield from _propagate(task, _references(task, reader, control), reader, control)


def watch_clip(media: MediaRef, control: TaskControl) -> Iterator[Course]:
    """Yield what the clip does over time, once."""
    with open_media.use(media) as reader:
        yield course_of(media, reader, control)


def course_of(media: MediaRef, reader: FrameReader, control: TaskControl) -> Course:
    """What the clip does over time: as the project's cache has it, else seen now and kept there."""
    known = kept_course(media.cache_dir, media.fingerprint, len(reader))
    if known is not None:
        return known
    control.note("Looking at the clip …")
    seen = course(reader, control)
    keep_course(media.cache_dir, media.fingerprint, seen)
    return seen


def sharpen(reader: FrameReader, proposal: Proposal) -> LabelMap:
    """The proposal's mask at the media's size, cut along the edges of the frame: object 1."""
    size = working_size(reader.size)
    image = np.ascontiguousarray(np.asarray(reader.read(proposal.frame))[..., :3])
    small = cv2.resize(image, (size.width, size.height), interpolation=cv2.INTER_AREA)
    near = np.clip(cv2.resize(proposal.soft, (size.width, size.height)), 0.02, 0.98)
    odds = np.log(near / (1 - near)).astype(np.float32)
    mask = min_cut(odds, cv2.cvtColor(small, cv2.COLOR_RGB2LAB), 1.0).astype(np.uint8)
    full = (reader.size.width, reader.size.height)
    return np.asarray(cv2.resize(mask, full, interpolation=cv2.INTER_NEAREST))


def _shown(reader: FrameReader, frame: int, label_map: LabelMap) -> Image:
    """The frame in small, what is not the object faded, and its outline."""
    height, width = label_map.shape
    factor = PICTURE_WIDTH / width
    size = PICTURE_WIDTH, max(1, round(height * factor))
    image = np.ascontiguousarray(np.asarray(reader.read(frame))[..., :3])
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    mask = (cv2.resize(label_map, size, interpolation=cv2.INTER_NEAREST) > 0).astype(np.uint8)
    faded = np.where(mask[..., None] > 0, small, small // 3 + 60)
    outline = cv2.dilate(mask, np.ones((3, 3), np.uint8)) != mask
    faded[outline] = OUTLINE
    return np.asarray(faded, np.uint8)


def _find(
    sources: Sequence[tuple[str, Gear]], reader: FrameReader, control: TaskControl
) -> list[Proposal]:
    frames = spread(range(len(reader)))
    control.note("Looking for what stands out …")
    glances = []
    for done, glanced in enumerate(look(reader, frames, control), 1):
        glances.append(glanced)
        control.progress(done, len(frames))
    more: dict[str, dict[int, Map]] = {}
    for name, gear in sources:
        control.note(f"Asking '{name}' …")
        backend = cast(FillBackend, create(gear.factory))
        request = FillRequest(tuple(frames), (), (1,), options=gear.options, runtime=gear.runtime)
        results = backend.fill(reader, request, control)
        more[name] = {r.frame: r.soft[1] for r in results if 1 in r.soft}
    found = proposals(frames, glances, more)
    if not found:
        raise RunError(_NOTHING, _ADVICE)
    return found


@dataclass(frozen=True, slots=True)
class _First:
    """A first mask, the J that is expected of it, and its soft map where there is one."""

    key: KeyFrame
    score: float
    soft: Mapping[int, SoftMap]


def _references(task: AutoTask, reader: FrameReader, control: TaskControl) -> list[_First]:
    """First masks to propagate from, ascending by frame."""
    object_id, ids = task.object_id, frozenset({task.object_id})

    def first(frame: int, mask: LabelMap, score: float, soft: Map | None) -> _First:
        key = KeyFrame(frame, np.where(mask > 0, object_id, 0).astype(np.uint8), ids)
        if soft is None:
            return _First(key, score, {})
        return _First(key, score, {object_id: cv2.resize(soft, tuple(reader.size))})

    if task.first is not None:
        frame, data = task.first
        return [first(frame, decode_label_map(data), 1.0, None)]
    found = reliable(_find(task.propose.sources, reader, control), len(reader))
    made = [first(one.frame, sharpen(reader, one), one.score, one.soft) for one in found]
    return sorted(made, key=lambda one: one.key.frame)


def reliable(found: Sequence[Proposal], n_frames: int) -> list[Proposal]:
    """The best proposal, and others far from it that are hardly less sure; the rest is skipped."""
    kept = [found[0]]
    for one in found[1:]:
        if len(kept) == REFERENCES or one.score < RELIABLE * found[0].score:
            break
        if min(abs(one.frame - other.frame) for other in kept) * REFERENCES >= n_frames / 1.5:
            kept.append(one)
    return kept


def _propagate(
    task: AutoTask, firsts: list[_First], reader: FrameReader, control: TaskControl
) -> Iterator[StoredResult]:
    ids = frozenset({task.object_id})
    asked = set(task.frames)
    done, total = 0, len(asked)
    control.note("Propagating …")
    control.progress(0, total)
    for one in firsts:
        frame = one.key.frame
        if frame in asked:
            asked.discard(frame)
            done += 1
            quality = {task.object_id: one.score}
            yield pack(FrameResult(frame, one.key.label_map, quality, one.soft), reader.size, ids)
    surest = max(one.score for one in firsts)
    backend = cast(FillBackend, create(task.gear.factory))
    request = FillRequest(
        tuple(sorted(asked)),
        tuple(one.key for one in firsts),
        (task.object_id,),
        "both",
        task.gear.options,
        task.gear.runtime,
    )
    for result in backend.fill(reader, request, control) if asked else ():
        if result.frame not in asked:
            continue
        asked.discard(result.frame)
        done += 1
        # What comes from a doubtful first mask cannot be better than it.
        quality = {o: q * surest for o, q in result.quality.items()}
        found = FrameResult(result.frame, result.label_map, quality, result.soft)
        yield pack(found, reader.size, ids)
        control.progress(done, total)
