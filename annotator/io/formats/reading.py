"""What importers of image files share: finding, checking and decoding label images."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.core.cores import usable_cores
from annotator.core.errors import FormatError
from annotator.core.types import MAX_OBJECT_ID, VOID, LabelMap, Mask, Size
from annotator.io.formats.base import ImportTarget, IoControl, MediaInfo
from annotator.io.media.images import natural_key

_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
_GREY_MODES = frozenset({"L", "I", "I;16", "I;16B", "I;16L", "I;16N"})
_COLOR_MODES = frozenset({"RGB", "RGBA"})
_MANY = 100
_DEEP_WHITE = 65535
MAX_PIXELS = 1 << 25
"""Masks of another size than the frames are refused beyond this (8K) before they are decoded."""
T = TypeVar("T")


def images_in(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    """Images directly in `folder` in natural order. Raises FormatError."""
    wanted = frozenset(suffixes)
    try:
        files = [
            file
            for file in folder.iterdir()
            if file.suffix.lower() in wanted and not file.name.startswith(".") and file.is_file()
        ]
    except OSError as error:
        raise FormatError(f"Cannot read {folder}: {error.strerror or error}.") from error
    return sorted(files, key=lambda file: (natural_key(file.name), file.name))


def find_folder(src: Path, media: MediaInfo, suffixes: Iterable[str]) -> Path:
    """The folder in or under `src` that holds the label images of `media`.

    A folder with images is taken as it is. In a tree such as Annotations/480p/bear it is the only
    one, or the one called like the media and of the right size. Raises FormatError.
    """
    suffixes = frozenset(suffixes)
    found = [folder for folder in _folders(src, depth=3) if images_in(folder, suffixes)]
    if not found:
        raise FormatError(
            f"{src} holds no label images ({', '.join(sorted(suffixes))}).",
            "Choose the folder with the masks.",
        )
    if found[0] == src or len(found) == 1:
        return found[0]
    stem = Path(media.name).stem.casefold()
    named = [f for f in found if f.name.casefold() in (stem, media.name.casefold())]
    fitting = [f for f in named if label_size(images_in(f, suffixes)[0]) == media.size]
    if len(named) == 1 or len(fitting) == 1:
        return (fitting or named)[0]
    choices = ", ".join(str(f.relative_to(src)) for f in found[:5])
    raise FormatError(
        f"{src} holds masks of several sequences ({choices}{', ...' if len(found) > 5 else ''}), "
        f"and their names do not tell which ones belong to {media.name}.",
        "Choose the folder of one sequence.",
    )


def label_size(file: Path) -> Size:
    """Size of a label image from its header. Raises FormatError naming the file."""
    with _opened(file) as image:
        return Size(*image.size)


def check_size(file: Path, target: ImportTarget) -> None:
    """Raises FormatError if the header of `file` cannot be read or states a size that does not
    fit: another one than the frames', or, where masks are resized, one out of all proportion."""
    fit_size(label_size(file), target, str(file))


def fit_size(found: Size, target: ImportTarget, what: str) -> None:
    """Raises FormatError if masks of the size `found` cannot be taken; `what` names them."""
    size = target.media.size
    if found == size:
        return
    if not target.resize:
        raise FormatError(
            f"{what} is {found}, but the frames are {size}.",
            "Masks must have the size of the frames; export them again at full size, or allow "
            "resizing.",
        )
    if min(found) < 1 or found.width * found.height > MAX_PIXELS:
        raise FormatError(f"{what} is {found}, which cannot be resized.", "Replace it.")


def fitted(values: NDArray[np.uint8], target: ImportTarget) -> NDArray[np.uint8]:
    """uint8 [h, w] at the size of the frames: each pixel takes the value at its centre."""
    if values.shape == target.media.size.shape:
        return np.ascontiguousarray(values)
    resized: NDArray[np.uint8] = cv2.resize(
        values, tuple(target.media.size), interpolation=cv2.INTER_NEAREST_EXACT
    )
    return resized


def read_ids(file: Path, target: ImportTarget) -> tuple[LabelMap, bool]:
    """Decode an image whose values are object ids.

    Returns uint8 [H, W] with the values as stored (black and white of 16 bits as 0 and 255), and
    True if the file can only mean one object in black and white (1 bit per pixel; its map holds 0
    and 1). Raises FormatError.
    """
    check_size(file, target)
    with _opened(file) as image:
        mode = image.mode
        if mode not in _GREY_MODES and mode not in ("1", "P"):
            raise FormatError(
                f"{file} is a {mode} picture, not an image of object ids.",
                "Save it as a palette PNG, or import colour masks after converting them.",
            )
        values = _decoded(image, file)
    if mode == "1":
        return fitted(values.astype(np.uint8), target), True
    if values.dtype != np.uint8:
        highest = int(values.max(initial=0))
        if highest == _DEEP_WHITE and not ((values > 0) & (values < _DEEP_WHITE)).any():
            return fitted((values > 0).astype(np.uint8) * VOID, target), False
        if highest > VOID or int(values.min(initial=0)) < 0:
            raise FormatError(
                f"{file} holds the object id {highest}, the highest possible is {MAX_OBJECT_ID}.",
                'Renumber the objects, or import black and white with the format "binary".',
            )
        values = values.astype(np.uint8)
    if mode != "P" and np.count_nonzero(np.bincount(values.ravel(), minlength=256)) > _MANY:
        raise FormatError(
            f"{file} is a grey picture with many shades, not an image of object ids.",
            'Import soft masks with the format "saliency".',
        )
    return fitted(values, target), False


def is_colored(file: Path) -> bool:
    """True for a picture in red, green and blue, whose colours stand for objects. Raises
    FormatError."""
    with _opened(file) as image:
        return image.mode in _COLOR_MODES


def read_colors(file: Path, target: ImportTarget) -> NDArray[np.uint32]:
    """uint32 [h, w] of a colour picture: red * 65536 + green * 256 + blue, in its own size.

    Raises FormatError.
    """
    check_size(file, target)
    with _opened(file) as image:
        values = _converted(image, file, "RGB").astype(np.uint32)
    return values @ np.array([65536, 256, 1], np.uint32)


def read_mask(file: Path, target: ImportTarget, threshold: int = 128) -> Mask:
    """Decode a black and white image: bool [H, W].

    Palette indices and 0/1 images count where they are not 0, grey values from `threshold` on.
    Raises FormatError.
    """
    check_size(file, target)
    with _opened(file) as image:
        if image.mode in ("1", "P"):
            mask = _decoded(image, file) != 0
        elif image.mode.startswith("I"):
            deep = _decoded(image, file)
            mask = deep == 1 if deep.max(initial=0) <= 1 else deep >= threshold * 257
        else:
            grey = _converted(image, file, "L")
            mask = grey == 1 if grey.max(initial=0) <= 1 else grey >= threshold
    return fitted(mask.astype(np.uint8), target).view(np.bool_)


def in_threads(
    work: Callable[[Path], T], files: list[Path], control: IoControl
) -> Iterable[tuple[Path, T]]:
    """`work(file)` for all files, in their order, a few at a time."""
    workers = min(4, usable_cores())
    batch = 8 * workers
    with ThreadPoolExecutor(workers, thread_name_prefix="import") as pool:
        for start in range(0, len(files), batch):
            control.checkpoint()
            part = files[start : start + batch]
            yield from zip(part, pool.map(work, part), strict=True)
            control.progress(min(start + batch, len(files)), len(files))


def _folders(src: Path, depth: int) -> Iterable[Path]:
    """`src` and the folders under it, nearest first."""
    level = [src]
    for _ in range(depth + 1):
        yield from level
        try:
            level = sorted(
                child
                for folder in level
                for child in folder.iterdir()
                if child.is_dir() and not child.name.startswith(".")
            )
        except OSError as error:
            raise FormatError(f"Cannot read {src}: {error.strerror or error}.") from error


def _opened(file: Path) -> PilImage.Image:
    try:
        if file.stat().st_size == 0:
            raise FormatError(f"{file} is empty (0 bytes).", "Replace it or take it away.")
        with warnings.catch_warnings():
            # The size is compared with that of the frames before anything is decoded.
            warnings.simplefilter("ignore")
            return PilImage.open(file, formats=_FORMATS)
    except FormatError:
        raise
    except Exception as error:
        raise _unreadable(file, error) from error


def _decoded(image: PilImage.Image, file: Path) -> NDArray[Any]:
    try:
        return np.asarray(image)
    except Exception as error:
        raise _unreadable(file, error) from error


def _converted(image: PilImage.Image, file: Path, mode: str) -> NDArray[np.uint8]:
    try:
        return np.asarray(image.convert(mode))
    except Exception as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: Exception) -> FormatError:
    if isinstance(error, PilImage.UnidentifiedImageError):
        what = f"{file} is not an image that can be read."
    elif isinstance(error, PilImage.DecompressionBombError):
        what = f"{file} claims to be far larger than any frame."
    else:
        what = f"{file} cannot be read: {error}."
    return FormatError(what, "Replace it or take it away.")
