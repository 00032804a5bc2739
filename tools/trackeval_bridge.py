"""Ground truth as TrackEval reads it. Runs in an environment of its own, which
`tools/foreign_readers.py` makes.

    python tools/trackeval_bridge.py davis|mots|youtube-vis FOLDER FRAMES OUT.npz

FOLDER is laid out as the data set has it; the archive holds `maps` uint8 [N, H, W] of object ids.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from trackeval.datasets import DAVIS, KittiMOTS, YouTubeVIS


def davis(folder: str, count: int) -> tuple[dict[str, Any], str]:
    place = f"{folder}/Annotations/480p"
    (sequence,) = Path(place).iterdir()
    return _raw(DAVIS, place, sequence.name), "masks_void"


def mots(folder: str, count: int) -> tuple[dict[str, Any], str]:
    options = {"SEQ_INFO": {"instances": count}, "GT_LOC_FORMAT": "{gt_folder}/{seq}.txt"}
    return _raw(KittiMOTS, folder, "instances", **options), "gt_ignore_region"


def youtube_vis(folder: str, count: int) -> tuple[dict[str, Any], str]:
    return _raw(YouTubeVIS, f"{folder}/", "", SPLIT_TO_EVAL="val"), ""


def _raw(kind: Any, folder: str, sequence: str, **options: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as nobody:
        given = {"GT_FOLDER": folder, "TRACKERS_FOLDER": nobody, "TRACKERS_TO_EVAL": []}
        dataset = kind(given | {"PRINT_CONFIG": False} | options)
    return dataset._load_raw_file(None, sequence or dataset.seq_list[0], is_gt=True)


def main(format_id: str, folder: str, count: str, out: str) -> None:
    read = {"davis": davis, "mots": mots, "youtube-vis": youtube_vis}[format_id]
    raw, void = read(folder, int(count))
    maps = []
    for frame in range(int(count)):
        ids, runs = raw["gt_ids"][frame], raw["gt_dets"][frame]
        hidden = [raw[void][frame]] if void else []
        label_map = None
        for object_id, packed in [*zip(ids, runs, strict=True), *((255, r) for r in hidden)]:
            mask = coco_mask.decode(packed)
            if label_map is None:
                label_map = np.zeros(mask.shape, np.uint8)
            label_map[mask > 0] = object_id % 1000
        maps.append(label_map)
    shape = next(m.shape for m in maps if m is not None and m.size)
    np.savez(out, maps=[m if m is not None and m.size else np.zeros(shape, np.uint8) for m in maps])


if __name__ == "__main__":
    main(*sys.argv[1:])
