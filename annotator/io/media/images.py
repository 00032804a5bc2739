"""Image folders, and single images as folders of one frame."""

from __future__ import annotations

import io
import os
import re
import warnings
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PilImage

from annotator.core.errors import DiskError, MediaError
from annotator.core.types import Image, Size
from annotator.io.atomic import atomic_file
from annotator.io.media.base import (
    IMAGE_SUFFIXES,
    MAX_PIXELS,
    Media,
    Stop,
    Timing,
    heeding,
    never,
)
from annotator.io.media.fingerprint import digest, samples

_EXR = ".exr"
_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
_RATE = Fraction(24)
_ORIENTATION = 0x0112
_LAST_NUMBER = re.compile(r"(.*?)([0-9]{1,18})([^0-9]*)", re.ASCII)
# Pillow refuses from twice this number on, and warns from it on: our bound is checked here.
PilImage.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
_ONE_SIZE_HINT = "Put images of one size into a folder; the others cannot be frames of it."
_TOO_LARGE_HINT = "Scale the image down first."
_DAMAGED_HINT = "Replace the file or take it out of the folder."


class ImageFolder(Media):
    """The images of one folder in natural order (2 before 10), or a single image.

    Images carry no times: they are shown at 24 frames per second.
    """

    kind = "images"

    def __init__(self, path: Path, cache_dir: Path | None = None, stop: Stop = never) -> None:
        """List the images and check all their headers. Raises MediaError, Cancelled."""
        try:
            self._files = list_images(path)
            self._folder_state = _folder_state(self._files)
        except OSError as error:
            raise MediaError(f"Cannot read {path}: {error.strerror or error}.") from error
        size = self._checked_size(path, cache_dir, stop)
        pts = np.arange(len(self._files), dtype=np.int64)
        pts.flags.writeable = False
        super().__init__(path, size, Timing(pts, 1 / _RATE, _RATE), cache_dir)
        self.notes = _gaps([file.stem for file in self._files])

    def name(self, frame: int) -> str:
        return self._files[self._checked(frame)].stem

    def file(self, frame: int) -> Path:
        """The image file of `frame`. Raises IndexError."""
        return self._files[self._checked(frame)]

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self._files)

    @cached_property
    def fingerprint(self) -> str:
        files = self._files
        parts: list[bytes | str] = [f"images {self._size} {len(files)}"]
        try:
            for file in files:
                parts += [file.name, str(file.stat().st_size)]
            parts += [samples(files[i]) for i in (0, len(files) // 2, -1)]
        except OSError as error:
            raise MediaError(f"Cannot read {self.path}: {error.strerror or error}.") from error
        return digest(parts)

    def _decode(self, frame: int, stop: Stop) -> Image | None:
        image = read_image(self._files[frame])
        if image.shape[:2] != self._size.shape:
            height, width = image.shape[:2]
            raise MediaError(
                f"{self._files[frame]} is {width}x{height} now, the folder was {self._size}.",
                _ONE_SIZE_HINT,
            )
        return image

    def keep_findings(self, cache_dir: Path) -> None:
        _write_size(self._size, self._mark(cache_dir))

    def _release(self) -> None:
        """Nothing stays open between two reads."""

    def _checked_size(self, path: Path, cache_dir: Path | None, stop: Stop) -> Size:
        """The one size of all images; remembered, because 100,000 headers take a while."""
        mark = self._mark(cache_dir) if cache_dir is not None else None
        if mark is not None:
            with suppress(OSError, ValueError):
                width, height = map(int, mark.read_text("ascii").split())
                return Size(width, height)
        size = header_size(self._files[0])
        if len(self._files) == 1:
            _refuse_pages(self._files[0])
        for file in heeding(stop, self._files[1:]):
            other = header_size(file)
            if other != size:
                raise MediaError(
                    f"The images of {path} differ in size: {self._files[0].name} is {size}, "
                    f"{file.name} is {other}.",
                    _ONE_SIZE_HINT,
                )
        if mark is not None:
            _write_size(size, mark)
        return size

    def _mark(self, cache_dir: Path) -> Path:
        return cache_dir / f"{self._folder_state}.size"


def _write_size(size: Size, mark: Path) -> None:
    with suppress(DiskError), atomic_file(mark, mark.parent.parent) as part:
        part.write_text(f"{size.width} {size.height}", "ascii")


def header_size(file: Path) -> Size:
    """Size of an image as it is shown, from its header alone. Raises MediaError."""
    try:
        if file.suffix.lower() == _EXR:
            from annotator.io.media.linear import exr_size

            return _bounded(exr_size(file), file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PilImage.DecompressionBombWarning)
            with PilImage.open(file, formats=_FORMATS) as image:
                return _shown_size(image, file)
    except MediaError:
        raise
    except Exception as error:
        raise _unreadable(file, error) from error


def _refuse_pages(file: Path) -> None:
    """Raises MediaError for a stack of pages or an animation, of which only the first would count.

    Only where there is no other image: among many the further pages are previews.
    """
    if file.suffix.lower() == _EXR:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with PilImage.open(file, formats=_FORMATS) as image:
            pages = getattr(image, "n_frames", 1)
    if pages > 1:
        raise MediaError(
            f"{file} holds {pages} pages.", "Save each of them as an image of its own, or a video."
        )


def read_image(file: Path) -> Image:
    """uint8 [H, W, 3] RGB, upright. 16-bit values are divided by 257, alpha is dropped; what
    becomes of OpenEXR see `linear`.

    Raises MediaError.
    """
    try:
        if file.suffix.lower() == _EXR:
            from annotator.io.media.linear import exr_size, read_exr

            _bounded(exr_size(file), file)
            return read_exr(file)
        data = file.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about odd metadata
            with PilImage.open(io.BytesIO(data), formats=_FORMATS) as image:
                _shown_size(image, file)
                # Both libraries turn TIFF pictures themselves when they decode them.
                orientation = 1 if image.format == "TIFF" else _orientation(image)
                if _is_deep(image):
                    return _turned(_read_deep(data), orientation)
                if image.mode == "F":
                    raise MediaError(
                        f"{file} holds floating-point values.", "Save it with 8 or 16 bits."
                    )
                # "RGBA" in between, because palettes with transparency convert with a warning.
                picture: PilImage.Image = image
                if "transparency" in image.info and image.mode == "P":
                    picture = image.convert("RGBA")
                pixels = np.asarray(picture.convert("RGB"))
                return _turned(pixels, orientation)
    except MediaError:
        raise
    except Exception as error:
        raise _unreadable(file, error) from error


def _shown_size(image: PilImage.Image, file: Path) -> Size:
    width, height = _bounded(Size(*image.size), file)
    # Pillow states the size of a TIFF picture as it is shown already.
    if image.format != "TIFF" and _orientation(image) >= 5:
        width, height = height, width
    return Size(width, height)


def _bounded(size: Size, file: Path) -> Size:
    if size.width * size.height > MAX_PIXELS:
        raise MediaError(
            f"{file} claims {size} pixels, more than can be handled.",
            _TOO_LARGE_HINT,
        )
    return size


def _orientation(image: PilImage.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 is upright."""
    if image.format == "PNG" and "exif" not in image.info:
        # Looking for EXIF data at the end of a PNG file would decode all of it.
        return 1
    value = image.getexif().get(_ORIENTATION, 1)
    return value if value in range(1, 9) else 1


def _turned(pixels: Image, orientation: int) -> Image:
    """Turn uint8 [H, W, 3] upright; always a new, contiguous array."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.array(pixels, order="C")


def _is_deep(image: PilImage.Image) -> bool:
    # Pillow keeps only the upper byte of 16-bit colours; the raw mode of the tile tells.
    if image.mode.startswith("I"):
        return True
    return any("16" in str(tile) for tile in getattr(image, "tile", ()))


def _read_deep(data: bytes) -> Image:
    # Not IMREAD_COLOR_RGB: for 16-bit TIFF files it mixes up the channels (OpenCV 4.14).
    how = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    deep = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if deep is None:
        raise ValueError("it cannot be decoded")
    if deep.dtype == np.uint16:
        # 257 = 65535 / 255; rounded, so that 8-bit values that were widened come back.
        deep = ((deep.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if deep.dtype != np.uint8:
        raise ValueError(f"its values are {deep.dtype}, not 8 or 16 bits")
    return deep[..., ::-1]


def _unreadable(file: Path, error: Exception) -> MediaError:
    try:
        if file.stat().st_size == 0:
            return MediaError(f"{file} is empty (0 bytes).", _DAMAGED_HINT)
    except OSError:
        return MediaError(f"{file} cannot be read any more.", "Put it back.")
    if isinstance(error, PilImage.DecompressionBombError):
        return MediaError(
            f"{file} claims more than {MAX_PIXELS} pixels, more than can be handled.",
            _TOO_LARGE_HINT,
        )
    if isinstance(error, PilImage.UnidentifiedImageError):
        return MediaError(f"{file} is not an image that can be read.", _DAMAGED_HINT)
    return MediaError(f"{file} cannot be read: {error}.", _DAMAGED_HINT)


def _gaps(names: list[str]) -> tuple[str, ...]:
    """A note where numbered names skip some, as after a render that failed: P.1003, P.1005.

    Every fifth of them, or numbers without a rule, are no gaps: most steps must be the least one.
    """
    ends = _numbered([names[0], names[-1]])
    if len(names) < 3 or (ends and ends[1] - ends[0] == len(names) - 1):
        return ()
    numbers = _numbered(names)
    if not numbers:
        return ()
    steps = np.diff(numbers)
    least = int(steps.min())
    skips = np.flatnonzero(steps != least)
    if least < 1 or not 0 < 2 * len(skips) < len(steps) or (steps % least).any():
        return ()
    at, missing = int(skips[0]), int((steps // least - 1).sum())
    return (
        f"The numbers of the images have gaps: {missing} missing, the first between {names[at]} "
        f"and {names[at + 1]}. Frames are counted without them.",
    )


def _numbered(names: list[str]) -> list[int]:
    """The last number in each name; [] if they differ in more than that."""
    found = [match for name in names if (match := _LAST_NUMBER.fullmatch(name))]
    alike = len(found) == len(names) and len({(match[1], match[3]) for match in found}) == 1
    return [int(match[2]) for match in found] if alike else []


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Sort key that puts `frame2` before `frame10`."""
    parts = re.split(r"([0-9]+)", name.casefold())
    # More digits make the larger number; names in label files may have thousands of them.
    plain = [p.lstrip("0") if p.isdigit() and p.isascii() else None for p in parts]
    return [
        (1, 0, part) if digits is None else (0, len(digits), digits)
        for part, digits in zip(parts, plain, strict=True)
        if part
    ]


def list_images(path: Path) -> list[Path]:
    """The images of a folder in natural order (or the one file). OpenEXR files beside images of
    other kinds are left out: they hold passes or mattes of the same frames. Raises MediaError."""
    if not path.is_dir():
        return [path]
    with os.scandir(path) as entries:
        names = [
            entry.name
            for entry in entries
            # Names that start with a dot are leftovers of other systems (._IMG_1.jpg).
            if not entry.name.startswith(".")
            and os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122
            and entry.is_file()
        ]
    if not names:
        raise MediaError(
            f"The folder {path} holds no images.",
            "Choose a folder with jpg, png, bmp, tif, webp or exr files, or a video file.",
        )
    plain = [name for name in names if not name.lower().endswith(_EXR)]
    names = plain or names
    names.sort(key=lambda name: (natural_key(name), name))
    files = [path / name for name in names]
    by_stem: dict[str, Path] = {}
    for file in files:
        twin = by_stem.setdefault(file.stem.casefold(), file)
        if twin is not file:
            raise MediaError(
                f"Two images of {path} have the same name: {twin.name} and {file.name}.",
                "Frames are told apart by name; keep masks and frames in folders of their own.",
            )
    return files


def _folder_state(files: list[Path]) -> str:
    """Digest of names, sizes and times of change."""
    parts: list[bytes | str] = []
    for file in files:
        stat = file.stat()
        parts.append(f"{file.name}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return digest(parts)
