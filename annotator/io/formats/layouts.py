"""Where the files of many clips lie in one data set, format by format.

Each clip is exported on its own, by the exporter of its format; a layout says where its files go,
and how tables that name all clips are joined. Formats that are not listed keep a folder per clip.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.io.formats.base import IoControl

_HERE = "annotator.io.formats"


@dataclass(frozen=True, slots=True)
class ClipPart:
    """One clip of a data set, exported and ready to be put in its place.

    Attributes:
        name: of the clip, unique in the data set.
        split: which part of the data set it belongs to.
        labels: the folder that its exporter wrote, or the one that holds its single file.
        frames: number of its frames.
    """

    name: str
    split: str
    labels: Path
    frames: int


Join = Callable[[Path, Sequence[ClipPart], Sequence[str], IoControl], None]
"""Write the tables of a whole data set: its folder, all parts, the classes, the control."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where files go. In the templates {split}, {clip}, {file} (as the exporter called it) and
    {picture} are filled in.

    Attributes:
        labels: place of a label file.
        pictures: place of a picture.
        listed: the picture's name in tables and label files.
        flat: True if all clips share a folder, so that frames carry the clip's name.
        tables: files of the exporter that `join` takes up; they are not copied.
        join: "module:function", see `Join`; "" where there is no table.
        fixed: options of the exporter that the layout decides about; they keep their defaults.
        structure: for the README, in words.
    """

    labels: str = "{split}/{clip}/{file}"
    pictures: str = "{split}/{clip}/images/{picture}"
    listed: str = "images/{picture}"
    flat: bool = False
    tables: frozenset[str] = frozenset()
    join: str = ""
    fixed: frozenset[str] = frozenset()
    structure: str = "SPLIT/CLIP/: one export per clip; its pictures in SPLIT/CLIP/images/"

    def joined(
        self, root: Path, parts: Sequence[ClipPart], classes: Sequence[str], control: IoControl
    ) -> None:
        """Write the tables below `root`. Raises FormatError, OSError, Cancelled."""
        if self.join:
            module, _, function = self.join.partition(":")
            getattr(importlib.import_module(module), function)(root, parts, classes, control)


_COCO = Layout(
    labels="",
    pictures="images/{split}/{clip}/{picture}",
    listed="{clip}/{picture}",
    tables=frozenset({"annotations.json"}),
    join=f"{_HERE}.joining:join_coco",
    structure="annotations/instances_SPLIT.json; pictures in images/SPLIT/CLIP/",
)
_LAYOUTS: Mapping[str, Layout] = {
    "davis": Layout(
        labels="Annotations/480p/{clip}/{file}",
        pictures="JPEGImages/480p/{clip}/{picture}",
        listed="{picture}",
        join=f"{_HERE}.joining:join_davis",
        fixed=frozenset({"tree"}),
        structure="Annotations/480p/CLIP/, JPEGImages/480p/CLIP/ (the folder is called 480p at any "
        "size, since readers of DAVIS ask for it), clips of a split in ImageSets/2017/SPLIT.txt",
    ),
    "youtube-vos": Layout(
        labels="{split}/{file}",
        pictures="{split}/JPEGImages/{clip}/{picture}",
        listed="{picture}",
        tables=frozenset({"meta.json"}),
        join=f"{_HERE}.joining:join_youtube_vos",
        structure="SPLIT/Annotations/CLIP/, SPLIT/JPEGImages/CLIP/, SPLIT/meta.json",
    ),
    "coco": _COCO,
    "coco-polygons": _COCO,
    "youtube-vis": Layout(
        labels="",
        pictures="{split}/JPEGImages/{clip}/{picture}",
        listed="{clip}/{picture}",
        tables=frozenset({"instances.json"}),
        join=f"{_HERE}.joining:join_youtube_vis",
        structure="SPLIT/instances.json; pictures in SPLIT/JPEGImages/CLIP/",
    ),
    "yolo-seg": Layout(
        # An exporter calls them labels/NAME.txt; readers look for them beside images/SPLIT.
        labels="labels/{split}/{name}",
        pictures="images/{split}/{picture}",
        listed="{picture}",
        flat=True,
        tables=frozenset({"data.yaml"}),
        join=f"{_HERE}.joining:join_yolo",
        structure="labels/SPLIT/CLIP_NAME.txt, images/SPLIT/CLIP_NAME.jpg, data.yaml",
    ),
    "voc": Layout(
        labels="{file}",
        pictures="JPEGImages/{picture}",
        listed="{picture}",
        flat=True,
        tables=frozenset({"ImageSets/Segmentation/default.txt", "labelmap.txt"}),
        join=f"{_HERE}.joining:join_voc",
        fixed=frozenset({"images"}),
        structure="SegmentationObject/, SegmentationClass/, Annotations/ and JPEGImages/ with "
        "CLIP_NAME, the lists ImageSets/Segmentation/SPLIT.txt, labelmap.txt",
    ),
    "saliency": Layout(
        labels="{split}/masks/{file}",
        pictures="{split}/images/{picture}",
        listed="{picture}",
        flat=True,
        structure="SPLIT/masks/CLIP_NAME.png, SPLIT/images/CLIP_NAME.jpg",
    ),
}
_APART = Layout()


def layout_of(format_id: str) -> Layout:
    """How data sets of a format lie; a folder per clip where nothing else is known."""
    return _LAYOUTS.get(format_id, _APART)


def joins_clips(format_id: str) -> bool:
    """True if the clips of a data set are joined as readers of the format expect it."""
    return format_id in _LAYOUTS
