"""Which label format a dropped file or folder probably has."""

from __future__ import annotations

import itertools
from pathlib import Path

from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

_HEAD = 1 << 16
"""Characters of a text file that are looked at; the words that tell come early."""
_JSON_WORDS = (
    ("davis-scribbles", ('"scribbles"',)),
    ("youtube-vis", ('"videos"', '"annotations"')),
    ("coco", ('"images"', '"annotations"')),
    ("coco", ('"images"', '"info"')),
)


def guess_format(path: Path) -> str | None:
    """Id of the format of a label file or folder, or None where nothing speaks for labels.

    JSON and XML files are known by their words, OpenEXR files by a Cryptomatte. A folder counts as
    labels if its first PNG has a palette or one bit: pictures of a clip have neither.
    """
    try:
        if path.is_dir():
            return _of_folder(path)
        suffix = path.suffix.lower()
        if suffix == ".exr":
            return _of_exr(path)
        if suffix not in (".json", ".xml"):
            return None
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    if suffix == ".xml":
        return "cvat" if "<annotations" in head else None
    return next((name for name, words in _JSON_WORDS if all(w in head for w in words)), None)


def _of_folder(folder: Path) -> str | None:
    if (folder / "meta.json").is_file():
        return "youtube-vos"
    for picture in itertools.islice(folder.rglob("*.png"), 1):
        try:
            with PillowImage.open(picture) as image:
                return "davis" if image.mode in ("P", "1") else None
        except (OSError, UnidentifiedImageError, ValueError):
            return None
    for picture in itertools.islice(folder.glob("*.exr"), 1):
        return _of_exr(picture)
    return None


def _of_exr(file: Path) -> str | None:
    from annotator.io.exr import read_header

    try:
        attributes = read_header(file).attributes
    except ValueError:
        return None
    return "cryptomatte" if any(key.startswith("cryptomatte/") for key in attributes) else None
