"""Out and back in: equal label maps where a format is lossless, the stated IoU where it is not."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.core.objects import ObjectInfo
from annotator.core.types import VOID
from annotator.io.formats import registry
from annotator.io.formats.base import ImportedFrame, ImportTarget, NoControl
from annotator.io.formats.classes import classes_of
from annotator.io.formats.polygons import iou
from tests.io.labels import IDS, FakeSource
from tests.strategies import label_maps, sizes

LAYOUTS: list[tuple[str, dict[str, Any]]] = [
    *((card.id, {}) for card in registry.cards() if card.lossless),
    ("davis", {"tree": True}),
    ("voc", {"images": True}),
    ("cvat", {"layout": "images"}),
    ("mots", {"layout": "png"}),
    ("labelme", {"shapes": "polygon"}),
    ("labelme", {"layout": "xml"}),
]
LOSSY: list[tuple[str, dict[str, Any]]] = [
    ("binary", {}),
    ("binary", {"layout": "union"}),
    ("saliency", {}),
    ("yolo-seg", {}),
    ("yolo-seg", {"tolerance": 1.5}),
    ("yolo-seg", {"shapes": "boxes"}),
    ("coco-polygons", {"tolerance": 1.5}),
    ("labelme", {"shapes": "polygon", "tolerance": 1.5}),
    ("labelme", {"layout": "xml", "tolerance": 1.5}),
]


def title(value: object) -> str:
    return (
        " ".join(f"{v}" for v in value.values()) or "-" if isinstance(value, dict) else f"{value}"
    )


def there_and_back(
    format_id: str, options: dict[str, Any], source: FakeSource
) -> tuple[list[ImportedFrame], tuple[str, ...]]:
    """Frames as they come back, and the notes of the export's report."""
    card = registry.card(format_id)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / (f"out{card.extensions[0]}" if card.single_file else "out")
        report = registry.exporter(format_id).export(source, out, NoControl(), options)
        target = ImportTarget(source.media)
        return list(registry.importer(format_id).read(out, target, {})), report.notes


def drawn_source(data: st.DataObject) -> FakeSource:
    """A clip of which some frames are exported; some are empty, some full of noise."""
    size = data.draw(sizes())
    count = data.draw(st.integers(1, 4))
    source = FakeSource([data.draw(label_maps(size)) for _ in range(count)])
    source.frames = tuple(sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1))))
    return known_as(source, IDS)


def known_as(source: FakeSource, ids: tuple[int, ...]) -> FakeSource:
    source.objects = tuple(ObjectInfo(i, f"thing {i}", (i, 0, 255 - i), "animal") for i in ids)
    source.classes = classes_of(source.objects)
    return source


def shown(frame: ImportedFrame) -> NDArray[np.uint8]:
    assert frame.label_map is not None
    assert frame.label_map.dtype == np.uint8
    return frame.label_map


@pytest.mark.parametrize(("format_id", "options"), LAYOUTS, ids=title)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_lossless(format_id: str, options: dict[str, Any], data: st.DataObject) -> None:
    source = drawn_source(data)
    cells = [(f, i) for f in source.frames for i in IDS if not (source.maps[f] == i).any()]
    source.unknown = data.draw(st.sets(st.sampled_from(cells))) if cells else set()
    frames, _ = there_and_back(format_id, options, source)
    assert [f.frame for f in frames] == list(source.frames)
    for frame in frames:
        assert np.array_equal(shown(frame), source.maps[frame.frame])
        assert frame.objects == {i for i in IDS if (frame.frame, i) not in source.unknown}
        assert frame.infos == source.objects


@pytest.mark.parametrize(("format_id", "options"), LAYOUTS, ids=title)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1))
def test_lossless_with_254_objects(format_id: str, options: dict[str, Any], seed: int) -> None:
    random = np.random.default_rng(seed)
    every = np.arange(17 * 19).clip(0, VOID).astype(np.uint8)
    maps = [random.permutation(every).reshape(17, 19) for _ in range(3)]
    maps[1][:] = 0
    source = known_as(FakeSource(maps), tuple(range(1, VOID)))
    frames, _ = there_and_back(format_id, options, source)
    assert len(frames) == 3
    for frame in frames:
        assert np.array_equal(shown(frame), source.maps[frame.frame])


@pytest.mark.parametrize(("format_id", "options"), LOSSY, ids=title)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_lossy(format_id: str, options: dict[str, Any], data: st.DataObject) -> None:
    source = drawn_source(data)
    together = format_id == "saliency" or options.get("layout") == "union"
    frames, notes = there_and_back(format_id, options, source)
    values: list[float] = []
    for frame in frames:
        ours, theirs = source.maps[frame.frame], shown(frame)
        if together:
            values.append(iou((ours > 0) & (ours < VOID), theirs == 1))
            continue
        present = set(np.unique(ours).tolist()) - {0, VOID}
        values += [iou(ours == i, theirs == i) for i in present]
    if not values:
        return
    stated = re.search(r"IoU with .*: (\S+) on average, (\S+) lowest", " ".join(notes))
    assert stated is not None, notes
    assert min(values) >= float(stated[2]) - 1e-4
    if not options:
        least = registry.card(format_id).least_iou
        assert least is not None
        assert min(values) >= least


def test_soft_maps_come_back_at_one_half() -> None:
    ys, xs = np.mgrid[0:40, 0:60].astype(np.float32)
    source = FakeSource([np.zeros((40, 60), np.uint8)] * 3)
    for frame in source.frames:
        soft = np.exp(-((xs - 20 - 5 * frame) ** 2 + (ys - 20) ** 2) / 90)
        source.softs[frame, 1] = soft
        source.maps[frame] = (soft >= 0.5).astype(np.uint8)  # type: ignore[index]
    frames, notes = there_and_back("saliency", {}, source)
    assert notes == ("IoU with all objects together: 1.0000 on average, 1.0000 lowest.",)
    for frame in frames:
        assert np.array_equal(shown(frame), source.maps[frame.frame])


def test_every_lossy_format_is_tried() -> None:
    cards = registry.cards()
    lossy = {card.id for card in cards if not card.lossless and card.least_iou is not None}
    assert lossy <= {name for name, _ in LOSSY}
    assert all(card.least_iou == 1.0 for card in cards if card.lossless)
