"""Which file belongs to which frame."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from annotator.core.errors import FormatError
from annotator.io.formats.base import ImportTarget, MediaInfo
from annotator.io.formats.framemap import FrameMap
from annotator.io.media.images import natural_key

RULES = ("auto", "map", "name", "number", "order")
"""How files may be matched: all rules in turn, or one of them."""


def match_files(
    files: Sequence[Path], target: ImportTarget, frame_map: FrameMap | None, root: Path
) -> tuple[dict[int, Path], FrameMap | None]:
    """The file of each frame, ascending, and the frame map if it is what told.

    `target.match` names the rule. "auto" tries them in this order, each for all files or for none:
    "map", the frame map; "name", the name of the frame; "number", the last number in the name
    (`frame_0012_mask` is frame 12, or the frame whose own name ends in 12); "order", if there are
    as many files as frames. "order" asked for takes fewer files too, from `target.start` on.

    Args:
        files: the label files, at least one.
        target: what they belong to.
        frame_map: the map that lies beside them, if any; its files are relative to `root`.

    Raises FormatError that names a file without a frame, or two files of one frame.
    """
    media, rule = target.media, target.match
    if rule in ("auto", "map"):
        by_map = _by_map(files, target, frame_map, root) if frame_map else None
        if by_map is not None:
            return by_map, frame_map
    names = _unique({name.casefold(): i for i, name in enumerate(media.names)}, media.names)
    numbers = _numbers_of(media.names)
    by_name = [names.get(file.stem.casefold()) for file in files]
    by_number = [numbers.get(_number(file.stem)) for file in files]
    for kind, frames in (("name", by_name), ("number", by_number)):
        if rule in ("auto", kind) and None not in frames:
            return _assign(files, [f for f in frames if f is not None], media), None
    room = media.count - target.start
    if (rule == "auto" and len(files) == media.count) or (rule == "order" and len(files) <= room):
        ordered = sorted(files, key=lambda file: natural_key(file.name))
        return dict(enumerate(ordered, start=target.start if rule == "order" else 0)), None
    told_by = {"name": [by_name], "number": [by_number]}.get(rule, [by_name, by_number])
    # Where most files have a frame, the few without one are what is wrong.
    raise _unmatched(files, target, min(told_by, key=lambda frames: frames.count(None)))


def _unmatched(
    files: Sequence[Path], target: ImportTarget, frames: Sequence[int | None]
) -> FormatError:
    media = target.media
    if target.match == "order":
        return FormatError(
            f"There are {len(files)} label files, but only {media.count - target.start} frames of "
            f"{media.name} from frame {target.start} on.",
            "Take some files away, or begin at an earlier frame.",
        )
    if target.match == "map":
        return FormatError(
            f"No frame map tells which frames of {media.name} the {len(files)} files belong to.",
            "Match them by name, by number or by order.",
        )
    stray = files[frames.index(None)]
    return FormatError(
        f"{stray} matches no frame of {media.name}, which has {media.count} frames "
        f"({media.names[0]} to {media.names[-1]}); there are {len(files)} label files.",
        "Name the files like the frames, or match them by order.",
    )


def _by_map(
    files: Sequence[Path], target: ImportTarget, frame_map: FrameMap, root: Path
) -> dict[int, Path] | None:
    """Frames by the map; None if it was made for other media or leaves out a file. One that knows
    none of the files is that of another export, and says nothing about them."""
    media = target.media
    frames = {name: row.index for row in frame_map.frames for name in row.files}
    found = [frames.get(file.relative_to(root).as_posix()) for file in files]
    if all(f is None for f in found) or not frame_map.is_of(target):
        return None
    if any(f is None or not 0 <= f < media.count for f in found):
        return None
    return _assign(files, [f for f in found if f is not None], media)


def _assign(files: Sequence[Path], frames: Sequence[int], media: MediaInfo) -> dict[int, Path]:
    by_frame: dict[int, Path] = {}
    for frame, file in sorted(zip(frames, files, strict=True)):
        twin = by_frame.setdefault(frame, file)
        if twin is not file:
            raise FormatError(
                f"Two files belong to frame {media.names[frame]}: {twin} and {file}.",
                "Keep one of them.",
            )
    return by_frame


def _unique(frames: dict[str, int], names: Sequence[str]) -> Mapping[str, int]:
    # Names that differ only in case cannot be told apart on every file system.
    return frames if len(frames) == len(names) else {name: i for i, name in enumerate(names)}


def _numbers_of(names: Sequence[str]) -> Mapping[int | None, int]:
    """Frame by the last number in its name, if all have one and all differ."""
    numbers: dict[int | None, int] = {}
    for frame, name in enumerate(names):
        numbers[_number(name)] = frame
    usable = None not in numbers and len(numbers) == len(names)
    return numbers if usable else {i: i for i in range(len(names))}


def _number(stem: str) -> int | None:
    found = re.findall(r"[0-9]+", stem)
    # Numbers beyond 18 digits are hashes, not counters.
    return int(found[-1]) if found and len(found[-1]) <= 18 else None
