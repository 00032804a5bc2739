"""Data specs: KIND:FOLDER[?key=value&...], several joined by commas of the command line's repeats.

- `videos:FOLDER`: a folder per sequence with `frames/` and `masks/`, or DAVIS' own layout
  (`JPEGImages/480p`, `Annotations/480p`). `every=5` keeps every fifth mask; `pseudo=FOLDER` adds
  masks of other frames (a folder per sequence).
- `images:FOLDER`: `img/` and `mask/`, or one such folder per group.
- `scribbles:FOLDER`: `img/` and `scribble/` (1 object, 2 background).
- `samples:FOLDER`: a folder per clip with prepared arrays, see `models.training.refined`.

`only=a,b` and `except=a,b` choose sequences or groups, `most=N` their first N frames or images.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from models.training.errors import TrainingError

IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
VOID = 255
KINDS = ("videos", "images", "scribbles", "samples")
_KEYS = {"only", "except", "every", "pseudo", "most"}
_NAMES = {
    "img": ("img", "images", "image", "JPEGImages", "imgs"),
    "mask": ("mask", "masks", "gt", "Annotations"),
    "scribble": ("scribble", "scribbles"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One image with its mask (object ids) or its scribbles, or both; `group` is its class."""

    image: Path
    group: str
    mask: Path | None = None
    scribble: Path | None = None


@dataclass(frozen=True, slots=True)
class Video:
    """Frames in order and the masks of some of them; `pseudo` marks masks that a network made."""

    name: str
    frames: tuple[Path, ...]
    masks: dict[int, Path]
    pseudo: frozenset[int] = frozenset()


@dataclass(slots=True)
class Data:
    """What the specs of a training name."""

    pictures: list[Picture] = field(default_factory=list)
    videos: list[Video] = field(default_factory=list)
    samples: list[Path] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things the specs named."""
        return len(self.pictures) + len(self.videos) + len(self.samples)

    def stills(self) -> list[Picture]:
        """All pictures, and the labelled frames of the videos as pictures."""
        frames = [
            Picture(v.frames[i], v.name, mask) for v in self.videos for i, mask in v.masks.items()
        ]
        return self.pictures + frames


def read_specs(specs: Sequence[str]) -> Data:
    """Raises TrainingError where a spec is wrong or names nothing."""
    data = Data()
    for spec in specs:
        kind, colon, rest = spec.partition(":")
        where, _, query = rest.partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
        numbers = [options[k] for k in ("every", "most") if k in options]
        if not all(n.isdigit() and int(n) for n in numbers):
            raise TrainingError(
                f"In '{spec}', 'every' and 'most' are whole numbers from 1 on.",
                "See docs/training.md.",
            )
        if not colon or kind not in KINDS:
            raise TrainingError(
                f"'{spec}' is no data spec.",
                f"Begin it with one of {', '.join(f'{k}:' for k in KINDS)} and a folder; "
                "'strokeflow train' also takes project:FOLDER and coco:FILE.",
            )
        if strange := sorted(set(options) - _KEYS):
            raise TrainingError(
                f"'{spec}' has an option '{strange[0]}', which means nothing.",
                f"There are {', '.join(sorted(_KEYS))}.",
            )
        folder = Path(where)
        if not folder.is_dir():
            raise TrainingError(f"There is no folder {folder}.", "Check the data spec.")
        before = data.count
        if kind == "videos":
            data.videos += _videos(folder, options)
        elif kind == "samples":
            inside = sorted(p.parent for p in folder.glob("*/truth.npy"))
            data.samples += [p for p in inside if _chosen(p.name, options)]
        else:
            data.pictures += _pictures(folder, kind, options)
        if data.count == before:
            raise TrainingError(
                f"'{spec}' holds nothing that can be used.", "See docs/training.md for layouts."
            )
    return data


def read_image(path: Path) -> NDArray[np.uint8]:
    """RGB uint8 [H, W, 3]. Raises TrainingError for a file that is no image."""
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise TrainingError(f"{path} is no image that can be read.", "Remove it.") from error


def read_mask(path: Path) -> NDArray[np.uint8]:
    """Object ids uint8 [H, W], 255 void; a binary or grey picture is object 1 from 128 on.

    Ids have a palette in which 255 is not white, or are grey values below 32 beside that of void.
    Raises TrainingError for a picture in colours, whose brightness would say nothing.
    """
    try:
        with Image.open(path) as image:
            if image.mode.startswith("RGB") and np.ptp(np.asarray(image)[..., :3], axis=-1).any():
                raise TrainingError(
                    f"{path} is in colours, which say nothing about objects.",
                    "Save masks with a palette, in 8-bit grey or in black and white.",
                )
            values = np.asarray(image if image.mode in ("P", "L") else image.convert("L"))
            ids = values[values != VOID]
            some, most = bool(ids.any()), int(ids.max(initial=0))
            indexed = (image.mode == "P" and (some or not _white(image))) or (some and most < 32)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise TrainingError(f"{path} is no mask that can be read.", "Remove it.") from error
    return values.astype(np.uint8) if indexed else (values >= 128).astype(np.uint8)


def _white(image: Image.Image) -> bool:
    """Whether the last colour of a palette is white, as in pictures made of black and white."""
    palette = image.getpalette("RGB") or []
    return palette[3 * VOID :] == [255, 255, 255]


def _chosen(name: str, options: dict[str, str]) -> bool:
    only, less = options.get("only", ""), options.get("except", "")
    return (not only or name in only.split(",")) and name not in less.split(",")


def _folder(parent: Path, what: str) -> Path | None:
    return next((parent / n for n in _NAMES[what] if (parent / n).is_dir()), None)


def _files(folder: Path) -> dict[str, Path]:
    """Images by name, frame 2 before frame 10; without what other systems leave (._1.jpg)."""
    found = [p for p in folder.iterdir() if p.suffix.lower() in IMAGE_ENDINGS]
    shown = [p for p in found if not p.name.startswith(".")]
    return {p.stem: p for p in sorted(shown, key=lambda p: _natural(p.name))}


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key by the numbers in a name."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(p), "") if i % 2 else (-1, p) for i, p in enumerate(parts)] + [(-1, name)]


def _first(files: dict[str, Path], options: dict[str, str]) -> dict[str, Path]:
    most = int(options["most"]) if "most" in options else None
    return dict(list(files.items())[:most])


def _pictures(folder: Path, kind: str, options: dict[str, str]) -> Iterator[Picture]:
    inside = (
        [folder] if _folder(folder, "img") else sorted(p for p in folder.iterdir() if p.is_dir())
    )
    for group in inside:
        images = _folder(group, "img")
        if images is None or not _chosen(group.name, options):
            continue
        labels = {
            what: _files(where) if (where := _folder(group, what)) else {}
            for what in ("mask", "scribble")
        }
        for name, image in _first(_files(images), options).items():
            mask, scribble = labels["mask"].get(name), labels["scribble"].get(name)
            if (mask if kind == "images" else scribble) is not None:
                yield Picture(image, group.name, mask, scribble)


def _videos(folder: Path, options: dict[str, str]) -> Iterator[Video]:
    for name, frames_at, masks_at in _sequences(folder):
        if not _chosen(name, options):
            continue
        frames = _first(_files(frames_at), options)
        masks = _files(masks_at) if masks_at.is_dir() else {}
        order = list(frames)
        labelled = [i for i, stem in enumerate(order) if stem in masks]
        kept = {i: masks[order[i]] for i in labelled[:: int(options.get("every", "1"))]}
        pseudo: dict[int, Path] = {}
        if "pseudo" in options:
            made = Path(options["pseudo"]) / name
            files = _files(made) if made.is_dir() else {}
            pseudo = {i: files[s] for i, s in enumerate(order) if s in files and i not in kept}
        if kept:
            every = dict(sorted({**kept, **pseudo}.items()))
            yield Video(name, tuple(frames.values()), every, frozenset(pseudo))


def _sequences(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    davis = folder / "JPEGImages" / "480p"
    if davis.is_dir():
        for inside in sorted(p for p in davis.iterdir() if p.is_dir()):
            yield inside.name, inside, folder / "Annotations" / "480p" / inside.name
        return
    for inside in sorted(p for p in folder.iterdir() if (p / "frames").is_dir()):
        yield inside.name, inside / "frames", inside / "masks"
