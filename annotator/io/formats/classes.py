"""What exporters share about objects: their classes, and the masks on one frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from annotator.core.objects import ObjectInfo
from annotator.core.types import VOID, LabelMap, Mask
from annotator.io.formats.base import IoControl, LabelSource

VOID_CLASS = "void"
NO_CLASS = "object"
VOID_NAMES = frozenset({VOID_CLASS, "ignore", "ignored"})
"""Classes whose masks are void when read, in lower case."""


def classes_of(objects: Iterable[ObjectInfo]) -> tuple[str, ...]:
    """Classes of the objects in the order they come up, void left out."""
    names = dict.fromkeys(class_name(item) for item in objects)
    names.pop(VOID_CLASS, None)
    return tuple(names)


def class_name(item: ObjectInfo) -> str:
    """The class of an object: its category, "object" if it has none."""
    return item.category or NO_CLASS


def class_names(source: LabelSource, *, void: bool = True) -> list[str]:
    """The classes of an export; void last, if wanted."""
    return [*source.classes, VOID_CLASS] if void else list(source.classes)


def class_of(source: LabelSource, object_id: int) -> str:
    """The class of an object by its id; "void" for 255."""
    if object_id == VOID:
        return VOID_CLASS
    return class_name(next(item for item in source.objects if item.id == object_id))


def ids_in(label_map: LabelMap) -> list[int]:
    """Ids that have pixels, ascending, void included."""
    return [int(i) for i in np.flatnonzero(np.bincount(label_map.ravel(), minlength=256)) if i]


def each_frame(source: LabelSource, control: IoControl) -> Iterator[int]:
    """The selected frames; tells the progress, and raises Cancelled where that is asked for."""
    for done, frame in enumerate(source.frames, start=1):
        control.checkpoint()
        yield frame
        control.progress(done, len(source.frames))


def masks_of(source: LabelSource, label_map: LabelMap) -> Iterator[tuple[int, Mask]]:
    """Id and mask, bool [H, W], of the objects on a frame, void last if there is any."""
    known = {item.id for item in source.objects} | {VOID}
    for object_id in ids_in(label_map):
        if object_id in known:
            yield object_id, label_map == object_id
