"""Which file belongs to which frame."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from annotator.core.errors import FormatError
from annotator.io.formats.base import MediaInfo
from annotator.io.formats.framemap import FrameMap
from annotator.io.media.images import natural_key


def match_files(
    files: Sequence[Path], media: MediaInfo, frame_map: FrameMap | None, root: Path
) -> tuple[dict[int, Path], FrameMap | None]:
    """The file of each frame, ascending, and the frame map if it is what told.

    Tried in this order, each for all files or for none: the frame map; the name of the frame; the
    last number in the name (`frame_0012_mask` is frame 12, or the frame whose own name ends in 12);
    the order, if there are as many files as frames.

    Args:
        files: the label files, at least one.
        media: what they belong to.
        frame_map: the map that lies beside them, if any; its files are relative to `root`.

    Raises FormatError that names a file without a frame, or two files of one frame.
    """
    by_map = _by_map(files, media, frame_map, root) if frame_map else None
    if by_map is not None:
        return by_map, frame_map
    names = _unique({name.casefold(): i for i, name in enumerate(media.names)}, media.names)
    by_name = [names.get(file.stem.casefold()) for file in files]
    numbers = _numbers_of(media.names)
    for frames in (by_name, [numbers.get(_number(file.stem)) for file in files]):
        if None not in frames:
            return _assign(files, [f for f in frames if f is not None], media), None
    if len(files) == media.count:
        ordered = sorted(files, key=lambda file: natural_key(file.name))
        return dict(enumerate(ordered)), None
    stray = files[by_name.index(None)]
    raise FormatError(
        f"{stray} matches no frame of {media.name}, which has {media.count} frames "
        f"({media.names[0]} to {media.names[-1]}).",
        "Name the files like the frames, or give exactly one file per frame.",
    )


def _by_map(
    files: Sequence[Path], media: MediaInfo, frame_map: FrameMap, root: Path
) -> dict[int, Path] | None:
    """Frames by the map; None if it was made for other media or leaves out a file."""
    same = frame_map.media.fingerprint == media.fingerprint
    if not same and frame_map.media.frames != media.count:
        return None
    frames = {name: row.index for row in frame_map.frames for name in row.files}
    found = [frames.get(file.relative_to(root).as_posix()) for file in files]
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
