"""One clip of a data set: which of its frames and objects are taken, and how it is written."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.core.document import Document
from annotator.core.errors import RequestError
from annotator.core.types import (
    VOID,
    Cell,
    FrameReader,
    Image,
    LabelMap,
    Provenance,
    SoftMap,
    Stroke,
)
from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget, IoControl
from annotator.io.formats.classes import class_name
from annotator.io.formats.framemap import FILE_NAME, MapWriter, read_map
from annotator.io.formats.layouts import layout_of
from annotator.io.formats.polygons import iou
from annotator.io.formats.writing import Encoder, write_frames
from annotator.io.media.images import ImageFolder
from annotator.services.exchange.dataset import DatasetOrder
from annotator.services.exchange.transfer import ProjectLabels
from annotator.services.project.projects import OpenProject, under_way

_FACTS = "clip.json"
_VERSION = 2
_TINY = 16
"""Pixels; masks below this are told in the check report."""
_JPEG_QUALITY = 95


class ClipFacts(msgspec.Struct, frozen=True):
    """What was written of a clip; kept beside it, so that an interrupted export goes on.

    Attributes:
        key: everything that the files depend on, as one sum.
        frames: number of frames taken; `frames_of_clip` is that of the video.
        masks, objects: by class: masks on single frames, and objects.
        made_by: masks by who made them, a backend as `model:ID`.
        unusable: frames left out because of a mask that was not good enough.
        voided: masks that became void.
        empty: frames on which no object has a pixel.
        tiny: masks below 16 pixels.
        pixels: of all objects, over all frames taken.
        unseen: names of objects that no frame taken shows.
        check: what reading back gave.
        notes: what was under way in the project, see `projects.under_way`.
    """

    key: str
    name: str
    media: str
    fingerprint: str
    size: tuple[int, int]
    frames_of_clip: int
    frames: int
    objects: dict[str, int]
    masks: dict[str, int]
    made_by: dict[str, int]
    unusable: int
    voided: int
    empty: int
    tiny: int
    pixels: int
    unseen: tuple[str, ...]
    check: str
    notes: tuple[str, ...] = ()


class ClipLabels:
    """The labels of a project that a data set takes, as exporters see them."""

    def __init__(
        self, project: OpenProject, name: str, classes: tuple[str, ...], order: DatasetOrder
    ) -> None:
        assert project.media is not None
        document = project.session.document
        self._base = ProjectLabels(project.session, project.media, ())
        self._layout = layout_of(order.format)
        self.objects = tuple(
            item for item in self._base.objects if class_name(item) in (order.classes or classes)
        )
        self.classes = tuple(c for c in classes if not order.classes or c in order.classes)
        self._bad = {item.id: _not_good(document, item.id, order) for item in self.objects}
        taken, self.unusable = _taken(document, self._bad, order)
        self.frames = tuple(taken[:: order.every])
        base = self._base.media
        prefix = f"{name}_" if self._layout.flat else ""
        names = [f"{prefix}{n}" for n in base.names]
        suffixes = _suffixes(project, order)
        self.media = replace(
            base,
            name=f"{name}{Path(base.name).suffix}",
            names=names,
            pictures=[
                self._layout.listed.format(clip=name, picture=f"{n}{s}")
                for n, s in zip(names, suffixes, strict=True)
            ],
        )
        self.pictures = [f"{n}{s}" for n, s in zip(names, suffixes, strict=True)]
        self.counts = _Counts()

    @property
    def reader(self) -> FrameReader:
        return self._base.reader

    def label_map(self, frame: int) -> LabelMap:
        table = np.zeros(256, np.uint8)
        table[VOID] = VOID
        for item in self.objects:
            table[item.id] = VOID if self._bad[item.id][frame] else item.id
        found: LabelMap = table[self._base.label_map(frame)]
        self.counts.note(
            frame, found, sum(int(bad[frame]) for bad in self._bad.values()), self._maker
        )
        return found

    def _maker(self, frame: int, object_id: int) -> str:
        cell = self._base.cell(frame, object_id)
        made = cell.provenance is Provenance.MODEL
        return f"model:{cell.backend}" if made else cell.provenance.name.lower()

    def cell(self, frame: int, object_id: int) -> Cell:
        return self._base.cell(frame, object_id)

    def strokes(self, frame: int) -> tuple[Stroke, ...]:
        known = {item.id for item in self.objects} | {0}
        return tuple(s for s in self._base.strokes(frame) if s.object_id in known)

    def soft(self, frame: int, object_id: int) -> SoftMap | None:
        return None if self._bad[object_id][frame] else self._base.soft(frame, object_id)


class _Counts:
    """What the frames hold, counted as exporters ask for them; each frame once."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self.masks: Counter[int] = Counter()
        self.made_by: Counter[str] = Counter()
        self.empty = self.tiny = self.pixels = self.voided = 0

    def note(
        self, frame: int, label_map: LabelMap, voided: int, maker: Callable[[int, int], str]
    ) -> None:
        if frame in self._seen:
            return
        self._seen.add(frame)
        areas = np.bincount(label_map.ravel(), minlength=256)[1:VOID]
        shown = np.flatnonzero(areas) + 1
        self.masks.update(shown.tolist())
        self.made_by.update(maker(frame, object_id) for object_id in shown.tolist())
        self.empty += not len(shown)
        self.tiny += int(np.count_nonzero((areas > 0) & (areas < _TINY)))
        self.pixels += int(areas.sum())
        self.voided += voided


def clip_key(project: OpenProject, name: str, classes: tuple[str, ...], order: DatasetOrder) -> str:
    """A sum over all that the files of a clip depend on; the split is not among it."""
    meta, session = project.session.meta, project.session
    wanted = asdict(order)
    for other in ("projects", "out", "splits", "assigned", "seed", "licence"):
        del wanted[other]
    steps = [(step.id, step.undone, step.time) for step in session.store.steps()]
    # A step that is under way keeps its number while it goes on: such a clip is made anew.
    once = os.urandom(8).hex() if under_way(session) else ""
    parts = (_VERSION, name, classes, wanted, meta.fingerprint, steps, once)
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def read_facts(folder: Path) -> ClipFacts | None:
    """The facts of a clip that was written whole, or None."""
    try:
        return msgspec.json.decode((folder / _FACTS).read_bytes(), type=ClipFacts)
    except (OSError, msgspec.MsgspecError):
        return None


def write_clip(
    source: ClipLabels,
    project: OpenProject,
    folder: Path,
    order: DatasetOrder,
    key: str,
    control: IoControl,
) -> ClipFacts:
    """Write labels, pictures and frame map of a clip into the empty `folder`, and read some back.

    Raises FormatError, RequestError, DiskError, MediaError, Cancelled.
    """
    labels = folder / "labels"
    card = registry.card(order.format)
    layout = layout_of(order.format)
    name = Path(source.media.name).stem
    target = labels
    if card.single_file:
        labels.mkdir()
        target = labels / next(iter(layout.tables), f"{name}{card.extensions[0]}")
    registry.exporter(order.format).export(source, target, control, order.options)
    if order.images != "none":
        (folder / "pictures").mkdir()
        _write_pictures(source, project, folder / "pictures", order.images, control)
    _write_map(source, folder, target, order)
    counts = source.counts
    of_class = {item.id: class_name(item) for item in source.objects}
    facts = ClipFacts(
        key=key,
        name=name,
        media=project.session.meta.media,
        fingerprint=source.media.fingerprint,
        size=(source.media.size.width, source.media.size.height),
        frames_of_clip=source.media.count,
        frames=len(source.frames),
        objects=dict(Counter(of_class[i] for i in counts.masks)),
        masks=dict(sum((Counter({of_class[i]: n}) for i, n in counts.masks.items()), Counter())),
        made_by=dict(counts.made_by),
        unusable=source.unusable,
        voided=counts.voided,
        empty=counts.empty,
        tiny=counts.tiny,
        pixels=counts.pixels,
        unseen=tuple(item.name for item in source.objects if not counts.masks[item.id]),
        check=_check(source, target, order),
        notes=under_way(project.session),
    )
    (folder / _FACTS).write_bytes(msgspec.json.encode(facts))
    return facts


def _not_good(document: Document, object_id: int, order: DatasetOrder) -> NDArray[np.bool_]:
    """bool [N]: frames where a mask is known, but not good enough."""
    cells = document.cells
    doubtful = (cells.provenance(object_id) == Provenance.MODEL) & ~cells.protected(object_id)
    if order.accepted:
        return np.asarray(doubtful)
    quality = cells.quality(object_id)
    # What nobody has estimated is as good as 0.
    return np.asarray(doubtful & (np.nan_to_num(quality, nan=0.0) < order.min_quality))


def _taken(
    document: Document, bad: Mapping[int, NDArray[np.bool_]], order: DatasetOrder
) -> tuple[list[int], int]:
    """Frames that can be taken, ascending, and how many could not because of a bad mask."""
    known = np.zeros(document.n_frames, bool)
    good, doubt = known.copy(), known.copy()
    for object_id, flaws in bad.items():
        here = np.asarray(document.cells.provenance(object_id)) != Provenance.NONE
        known |= here
        good |= here & ~flaws
        doubt |= flaws
    usable = known & ~doubt if order.unsure == "skip" else good
    return np.flatnonzero(usable).tolist(), int(np.count_nonzero(known & ~usable))


def _suffixes(project: OpenProject, order: DatasetOrder) -> list[str]:
    assert project.media is not None
    media = project.media
    if order.images != "link":
        return [".png" if order.images == "png" else ".jpg"] * len(media)
    if not isinstance(media, ImageFolder):
        raise RequestError(
            f"{media.path.name} is a video: it has no picture files to link to.",
            "Choose jpg or png for the pictures.",
        )
    return [media.file(frame).suffix for frame in range(len(media))]


def _write_pictures(
    source: ClipLabels, project: OpenProject, folder: Path, how: str, control: IoControl
) -> None:
    if how == "link":
        assert isinstance(project.media, ImageFolder)
        for frame in source.frames:
            control.checkpoint()
            _link(project.media.file(frame).resolve(), folder / source.pictures[frame])
        return
    encode = _png if how == "png" else _jpeg

    def plan(frame: int) -> Mapping[str, Encoder]:
        return {source.pictures[frame]: partial(encode, source.reader.read(frame))}

    write_frames(source, folder, control, "pictures", plan)
    (folder / FILE_NAME).unlink()


def _link(file: Path, link: Path) -> None:
    for make in (link.symlink_to, link.hardlink_to):
        with suppress(OSError, NotImplementedError):
            make(file)
            return
    shutil.copyfile(file, link)


def _jpeg(image: Image) -> bytes:
    out = io.BytesIO()
    PilImage.fromarray(image).save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return out.getvalue()


def _png(image: Image) -> bytes:
    out = io.BytesIO()
    PilImage.fromarray(image).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _write_map(source: ClipLabels, folder: Path, target: Path, order: DatasetOrder) -> None:
    """frames.json of the clip; files are named as they lie in `folder`."""
    made = read_map(target / FILE_NAME)
    files = {row.index: row.files for row in made.frames} if made else {}
    alone = (target.name,) if target.is_file() else ()
    with MapWriter(folder / FILE_NAME, source, order.format) as writer:
        for frame in source.frames:
            names = [f"labels/{name}" for name in files.get(frame, alone)]
            if order.images != "none":
                names.append(f"pictures/{source.pictures[frame]}")
            writer.add(frame, names)


def _check(source: ClipLabels, target: Path, order: DatasetOrder) -> str:
    """Read the first, the middle and the last frame back and compare; in words."""
    card = registry.card(order.format)
    if not card.can_import or card.least_iou is None:
        return "not read back: the format can only be written"
    frames = source.frames
    chosen = {frames[0], frames[len(frames) // 2], frames[-1]}
    found = registry.importer(order.format).read(
        target, ImportTarget(source.media, frozenset(chosen)), {}
    )
    equal, lowest = True, 1.0
    for frame in found:
        if frame.label_map is None:
            continue
        ours = source.label_map(frame.frame)
        equal = equal and np.array_equal(ours, frame.label_map)
        lowest = min(lowest, iou(_objects(ours), _objects(frame.label_map)))
    word = "equal" if equal else f"IoU of all objects together at least {lowest:.4f}"
    return f"{len(chosen)} frames read back: {word}"


def _objects(label_map: LabelMap) -> NDArray[np.bool_]:
    return (label_map > 0) & (label_map < VOID)
