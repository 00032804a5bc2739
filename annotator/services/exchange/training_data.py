"""Projects and COCO files as folders that the training of networks reads.

`models.training` knows folders of frames, masks and scribbles only. Here `project:FOLDER` and
`coco:FILE` become such folders, and the specs that name them.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import numpy as np
from PIL import Image, UnidentifiedImageError

from annotator.core.errors import FormatError, RequestError
from annotator.core.raster import pen_mask, pen_rect
from annotator.core.types import BACKGROUND, VOID, LabelMap
from annotator.io.atomic import disk_errors
from annotator.io.formats.coco_read import read_coco
from annotator.io.formats.instances import draw_alone
from annotator.services.project.projects import OpenProject, open_project

KINDS = ("project", "coco")
_QUALITY = 95
_OBJECT, _GROUND = 1, 2
"""Values of scribbles, as S-DUTS has them."""


def plain_specs(specs: Sequence[str], cache: Path, keep: bool = False) -> list[str]:
    """The specs with projects and COCO files replaced by folders in `cache`; others as they are.

    `keep` takes folders that are there already, so that a training that goes on sees what it saw.
    Options after "?" go on to the folders' specs. Raises RequestError, ProjectError, MediaError,
    FormatError or DiskError for what cannot be read or holds nothing to learn from.
    """
    plain: list[str] = []
    for number, spec in enumerate(specs):
        kind, _, rest = spec.partition(":")
        if kind not in KINDS:
            plain.append(spec)
            continue
        where, _, query = rest.partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
        place = cache / f"{number}-{Path(where).stem}"
        if place.is_dir() and not keep:
            shutil.rmtree(place)
        with disk_errors(place):
            if kind == "project":
                plain += _from_project(Path(where), place, options)
            else:
                plain += _from_coco(Path(where), place, options)
    return plain


def _spec(kind: str, folder: Path, options: dict[str, str]) -> str:
    return f"{kind}:{folder}" + (f"?{urlencode(options, safe=',/')}" if options else "")


def _from_project(path: Path, place: Path, options: dict[str, str]) -> list[str]:
    """`videos` of the reference masks, and `scribbles` where there are strokes.

    What a run made is no truth: its pixels are void.
    """
    masks, strokes = place / "masks", place / "scribbles"
    if not place.is_dir():
        project = open_project(path, writable=False)
        part = place.with_name(place.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            _write_masks(project, part / "masks" / path.stem)
            _write_strokes(project, part / "scribbles")
        finally:
            project.close()
        if not part.is_dir():
            raise RequestError(
                f"{path} holds no masks and no scribbles to learn from.",
                "Draw some, or import masks.",
            )
        part.rename(place)
    found = [_spec("videos", masks, options)] if masks.is_dir() else []
    return found + ([_spec("scribbles", strokes, {})] if strokes.is_dir() else [])


def _write_masks(project: OpenProject, folder: Path) -> None:
    document, media = project.session.document, project.media
    assert media is not None
    known = document.key_frames().tolist()
    if not known:
        return
    for kind in ("frames", "masks"):
        (folder / kind).mkdir(parents=True)
    # Between two masks every frame is wanted: some trainings follow the motion.
    for frame in range(known[0], known[-1] + 1):
        Image.fromarray(media.read(frame)).save(
            folder / "frames" / f"{frame:07}.jpg", quality=_QUALITY
        )
    for frame in known:
        labels = document.label_map(frame).copy()
        for object_id in np.unique(labels):
            if object_id not in (BACKGROUND, VOID) and not document.is_reference(frame, object_id):
                labels[labels == object_id] = VOID
        _save_labels(labels, folder / "masks" / f"{frame:07}.png")


def _write_strokes(project: OpenProject, folder: Path) -> None:
    document, media = project.session.document, project.media
    assert media is not None
    for frame in document.stroke_frames():
        drawn = np.zeros(media.size.shape, np.uint8)
        for stroke in document.strokes(frame):
            rect = pen_rect(stroke.points, stroke.radius, media.size)
            value = _GROUND if stroke.object_id == BACKGROUND else _OBJECT
            drawn[rect.slices][pen_mask(stroke.points, stroke.radius, rect)] = value
        for kind in ("img", "scribble"):
            (folder / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray(media.read(frame)).save(
            folder / "img" / f"{frame:07}.jpg", quality=_QUALITY
        )
        _save_labels(drawn, folder / "scribble" / f"{frame:07}.png")


def _from_coco(file: Path, place: Path, options: dict[str, str]) -> list[str]:
    """`images` of the pictures that the file lists, with the masks of each numbered in order."""
    beside = Path(options.pop("images", str(file if file.is_dir() else file.parent)))
    if not place.is_dir():
        if not file.exists():
            raise RequestError(f"There is no {file}.", "Check the data spec.")
        part = place.with_name(place.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        for kind in ("img", "mask"):
            (part / kind).mkdir(parents=True)
        for number, picture in enumerate(read_coco(file)):
            if not picture.instances:
                continue
            source = beside / picture.name
            try:
                with Image.open(source) as image:
                    shown = image.convert("RGB")
            except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
                raise FormatError(
                    f"{source} cannot be read: {error}.",
                    "Say where the images are: coco:FILE?images=FOLDER.",
                ) from error
            if shown.size != (picture.size.width, picture.size.height):
                raise FormatError(f"{source} has another size than {file} says.")
            shown.save(part / "img" / f"{number:07}.jpg", quality=_QUALITY)
            _save_labels(draw_alone(picture), part / "mask" / f"{number:07}.png")
        part.rename(place)
    return [_spec("images", place, options)]


def _save_labels(labels: LabelMap, path: Path) -> None:
    """With a palette, so that its values are read as ids."""
    image = Image.fromarray(np.ascontiguousarray(labels))
    image.putpalette([value for level in range(256) for value in (level, level, level)])
    image.save(path)
