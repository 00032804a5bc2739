"""From lists of masks, as most label files hold them, to label maps of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

import msgspec
import numpy as np

from annotator.core.errors import FormatError
from annotator.core.objects import ObjectInfo, default_color
from annotator.core.types import MAX_OBJECT_ID, VOID, LabelMap, Mask, Size
from annotator.io.formats.base import ImportedFrame, ImportTarget
from annotator.io.formats.classes import VOID_NAMES
from annotator.io.formats.framemap import FILE_NAME, FrameMap, MapFrame, read_map
from annotator.io.formats.matching import match_files
from annotator.io.formats.reading import fit_size, fitted

Track = int | str | None
_DAMAGED = (
    ValueError, TypeError, OverflowError, KeyError, IndexError, RecursionError,
    msgspec.MsgspecError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instance:
    """One mask in a file.

    Attributes:
        draw: bool [H, W] for the size of its picture; raises ValueError, TypeError, OverflowError
            or FormatError if it is damaged.
        label: the class, "" if none is stated.
        track: what tells that masks of several frames are one object; None if nothing does.
    """

    draw: Callable[[Size], Mask]
    label: str = ""
    track: Track = None

    @property
    def is_void(self) -> bool:
        return self.label.casefold() in VOID_NAMES


@dataclass(frozen=True, slots=True)
class Picture:
    """One image or frame in a file; where masks overlap, later ones lie on top."""

    name: str
    size: Size
    instances: Sequence[Instance]
    file: Path


def beside(src: Path) -> FrameMap | None:
    """The frame map in the folder `src` or beside the file `src`. Raises FormatError."""
    return read_map((src if src.is_dir() else src.parent) / FILE_NAME)


def read_pictures(
    pictures: Sequence[Picture], target: ImportTarget, frame_map: FrameMap | None, src: Path
) -> Iterator[ImportedFrame]:
    """Match pictures to frames, check every mask, then yield the frames.

    Objects are told apart by their tracks. If some mask has none, those of each picture are
    numbered in their order, which fits single pictures; nothing then says that an object is absent.

    Raises FormatError before the first frame.
    """
    pictures = _of_one_clip(pictures, target)
    by_frame, frame_map = _matched(pictures, target, frame_map, src)
    wanted = {f: p for f, p in by_frame.items() if target.wants(f)}
    if not wanted:
        raise FormatError(f"{src} holds nothing on the chosen frames.", "Choose other frames.")
    numbers = _Numbers(pictures, frame_map, src)
    for done, picture in enumerate(wanted.values(), start=1):
        target.control.checkpoint()
        _label_map(picture, numbers, target)
        target.control.progress(done, len(wanted))
    return _frames(wanted, numbers, target, frame_map)


def _of_one_clip(pictures: Sequence[Picture], target: ImportTarget) -> Sequence[Picture]:
    """In a file of several clips (a folder each) those of the clip that is called like the media;
    all of them where there is no such folder."""
    folders = {picture.name.rpartition("/")[0] for picture in pictures}
    stem = PurePath(target.media.name).stem.casefold()
    ours = {folder for folder in folders if PurePosixPath(folder).name.casefold() == stem}
    if len(folders) < 2 or len(ours) != 1:
        return pictures
    return [p for p in pictures if p.name.rpartition("/")[0] in ours]


def _frames(
    wanted: Mapping[int, Picture],
    numbers: _Numbers,
    target: ImportTarget,
    frame_map: FrameMap | None,
) -> Iterator[ImportedFrame]:
    rows = {row.index: row for row in frame_map.frames} if frame_map else {}
    for frame, picture in wanted.items():
        objects = {i for i, _ in numbers.of(picture)} - {VOID}
        row = rows.get(frame)
        yield ImportedFrame(
            frame=frame,
            label_map=_label_map(picture, numbers, target),
            objects=frozenset(objects | (numbers.everywhere if row is None else row.known())),
            file=picture.file,
            infos=numbers.infos,
            cells={} if row is None else row.states(target),
        )


class _Numbers:
    """Object ids of the masks of all pictures."""

    def __init__(self, pictures: Sequence[Picture], frame_map: FrameMap | None, src: Path) -> None:
        labels: dict[Track, str] = {}
        for picture in pictures:
            for instance in picture.instances:
                if not instance.is_void:
                    labels.setdefault(instance.track, instance.label)
        self._src = src
        self._tracked = None not in labels
        self._ids = self._number(labels) if self._tracked else {}
        self.everywhere = frozenset(self._ids.values())
        self.infos = frame_map.infos() if frame_map else self._named(labels)

    def of(self, picture: Picture) -> Iterator[tuple[int, Instance]]:
        """Void goes first: what an object claims as well is the object's."""
        objects = [i for i in picture.instances if not i.is_void]
        yield from ((VOID, i) for i in picture.instances if i.is_void)
        if self._tracked:
            yield from ((self._ids[i.track], i) for i in objects)
            return
        if len(objects) > MAX_OBJECT_ID:
            raise _too_many(picture, self._src, len(objects), MAX_OBJECT_ID)
        yield from enumerate(objects, start=1)

    def _number(self, tracks: Mapping[Track, str]) -> dict[Track, int]:
        if all(isinstance(t, int) and 1 <= t <= MAX_OBJECT_ID for t in tracks):
            return {t: t for t in tracks if isinstance(t, int)}
        if len(tracks) > MAX_OBJECT_ID:
            raise FormatError(
                f"{self._src} has {len(tracks)} tracks, more than {MAX_OBJECT_ID}.",
                "Split it into several files.",
            )
        return {t: i for i, t in enumerate(sorted(tracks, key=str), start=1)}

    def _named(self, labels: Mapping[Track, str]) -> tuple[ObjectInfo, ...]:
        """What a file of another tool tells about tracked objects: their class, or a track that is
        a word."""

        def name(track: Track, number: int) -> str:
            if isinstance(track, str) and track and not labels[track]:
                return track
            return f"{labels[track] or 'object'} {number}"

        return tuple(
            ObjectInfo(i, name(track, i), default_color(i), labels[track])
            for track, i in sorted(self._ids.items(), key=lambda pair: pair[1])
        )


def draw_alone(picture: Picture) -> LabelMap:
    """Label map of a picture for itself, as `read_pictures` draws it. Raises FormatError."""
    drawn = _drawn(picture, _Numbers([picture], None, picture.file))
    return np.zeros(picture.size.shape, np.uint8) if drawn is None else drawn


def _too_many(picture: Picture, src: Path, count: int, most: int) -> FormatError:
    return FormatError(
        f"{picture.name} in {src} has {count} masks, more than {most}.", "Take some away."
    )


def _label_map(picture: Picture, numbers: _Numbers, target: ImportTarget) -> LabelMap:
    drawn = _drawn(picture, numbers)
    if drawn is None:
        return np.zeros(target.media.size.shape, np.uint8)
    return fitted(drawn, target)


def _drawn(picture: Picture, numbers: _Numbers) -> LabelMap | None:
    """None for a picture without a mask."""
    label_map: LabelMap | None = None
    for object_id, instance in numbers.of(picture):
        try:
            mask = instance.draw(picture.size)
        except _DAMAGED as error:
            raise FormatError(
                f"A mask of {picture.name} in {picture.file} cannot be read: {error}.",
                "Export the file again.",
            ) from error
        if label_map is None:
            # In the order of the masks in memory, which makes writing through them fast.
            columns_first = mask.flags.f_contiguous
            label_map = np.zeros(picture.size.shape, np.uint8, order="F" if columns_first else "C")
        np.copyto(label_map, np.uint8(object_id), where=mask)
    return None if label_map is None else np.ascontiguousarray(label_map)


def _matched(
    pictures: Sequence[Picture], target: ImportTarget, frame_map: FrameMap | None, src: Path
) -> tuple[dict[int, Picture], FrameMap | None]:
    """The picture of each frame, ascending; and the frame map, if it is what told."""
    if not pictures:
        raise FormatError(f"{src} lists no image.", "Choose another file.")
    for picture in pictures:
        fit_size(picture.size, target, f"{picture.name} in {src}")
        # Even parts of objects that are listed one by one need a pixel each.
        if len(picture.instances) > (most := picture.size.width * picture.size.height):
            raise _too_many(picture, src, len(picture.instances), most)
    media = target.media
    if frame_map is not None and target.match in ("auto", "map"):
        rows: dict[str, MapFrame] = {row.name: row for row in frame_map.frames}
        found = [rows.get(PurePath(picture.name).stem) for picture in pictures]
        if frame_map.is_of(target):
            by_frame = {
                row.index: picture
                for row, picture in zip(found, pictures, strict=True)
                if row is not None and 0 <= row.index < media.count
            }
            if len(by_frame) == len(pictures):
                return dict(sorted(by_frame.items())), frame_map
    by_name = {Path(picture.name): picture for picture in pictures}
    if len(by_name) < len(pictures):
        raise FormatError(f"{src} lists an image twice.", "Remove one of the two.")
    matched, _ = match_files(list(by_name), target, None, Path())
    return {frame: by_name[name] for frame, name in matched.items()}, None
