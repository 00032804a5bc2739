"""The picture of masks: colours, outlines, and what is left of earlier ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF

from annotator.core.objects import new_object
from annotator.core.types import LabelMap, Rect
from annotator.services.runs.requests import GONE
from annotator.ui.canvas.overlay import ChangePicture, MaskPicture, change_tables


def expected(label_map: LabelMap, fill: NDArray, line: NDArray) -> NDArray:
    """Colours pixel by pixel: a label beside another one is outline."""
    height, width = label_map.shape
    picture = fill[label_map]
    for y, x in np.argwhere(label_map > 0):
        around = ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
        inside = [at for at in around if 0 <= at[0] < height and 0 <= at[1] < width]
        if any(label_map[at] != label_map[y, x] for at in inside):
            picture[y, x] = line[label_map[y, x]]
    return picture


def pixels(picture: MaskPicture) -> NDArray:
    image = picture.image
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())


@pytest.fixture
def tables() -> tuple[NDArray, NDArray]:
    rng = np.random.default_rng(1)
    fill, line = rng.integers(1, 2**32, (2, 256), dtype=np.uint32)
    fill[0] = 0
    return fill, line


def blocks() -> LabelMap:
    label_map = np.zeros((60, 90), np.uint8)
    label_map[5:30, 20:70] = 1
    label_map[10:40, 60:80] = 2
    label_map[50:, :10] = 3
    return label_map


def speckle() -> LabelMap:
    return np.random.default_rng(2).integers(0, 3, (60, 90), np.uint8)


@pytest.mark.parametrize("label_map", [blocks(), speckle()], ids=["blocks", "speckle"])
def test_every_pixel_has_the_colour_of_its_label_or_outline(
    label_map: LabelMap, tables: tuple[NDArray, NDArray]
) -> None:
    picture = MaskPicture(90, 60)
    picture.set_colors(*tables)
    picture.paint(label_map)
    assert np.array_equal(pixels(picture), expected(label_map, *tables))


def test_nothing_is_left_of_what_was_shown_before(tables: tuple[NDArray, NDArray]) -> None:
    picture = MaskPicture(90, 60)
    picture.set_colors(np.full(256, 7, np.uint32), tables[1])
    picture.paint(blocks())
    assert (pixels(picture)[45, 85] == 7).all(), "this mode colours the background as well"
    picture.set_colors(*tables)
    moved = np.roll(blocks(), 9, axis=0)
    picture.paint(moved)
    assert np.array_equal(pixels(picture), expected(moved, *tables))
    picture.paint(np.zeros((60, 90), np.uint8))
    assert not pixels(picture).any()
    assert picture.content.empty


def test_a_changed_rectangle_is_repainted_with_the_outlines_beside_it(
    tables: tuple[NDArray, NDArray],
) -> None:
    label_map = blocks()
    picture = MaskPicture(90, 60)
    picture.set_colors(*tables)
    picture.paint(label_map)
    changed = Rect(40, 15, 85, 45)
    label_map[changed.slices] = 0
    label_map[44, 84] = 2
    picture.paint(label_map, changed)
    assert np.array_equal(pixels(picture), expected(label_map, *tables))
    x0, y0, x1, y1 = picture.content
    outside = pixels(picture).copy()
    outside[y0:y1, x0:x1] = 0
    assert not outside.any(), "only the content is drawn"


def test_changes_are_striped_each_in_its_direction() -> None:
    objects = [new_object(1), replace(new_object(2), visible=False)]
    change = np.zeros((40, 60), np.uint8)
    change[:20, :20], change[:20, 20:40], change[20:, 20:40] = 1, 2, GONE
    tables = change_tables(objects)
    picture = ChangePicture(change, Rect(100, 50, 160, 90), tables, 4.0)
    got = np.array(picture._pixels)
    assert not got[:19, 21:39].any(), "nobody sees what a hidden object would get"
    assert not got[21:, :19].any()
    gain, loss = got[2:18, 2:18], got[22:38, 22:38]
    assert set(np.unique(gain)) == {tables[0, 1], tables[1, 1]}
    assert set(np.unique(loss)) == {tables[0, GONE], tables[1, GONE]}
    assert np.array_equal(gain[1:, :-1], gain[:-1, 1:]), "stripes rise"
    assert np.array_equal(loss[1:, 1:], loss[:-1, :-1]), "stripes fall"
    there, pixels = picture.part(QRect(90, 40, 30, 30))
    assert there == QRect(100, 50, 20, 20)
    assert pixels == QRectF(0, 0, 20, 20)


def test_a_large_change_is_drawn_with_fewer_pixels_in_its_place() -> None:
    change = np.zeros((2160, 3840), np.uint8)
    change[1000:, 2000:] = 1
    tables = change_tables([new_object(1)])
    picture = ChangePicture(change, Rect(0, 0, 3840, 2160), tables, 5.0)
    assert picture.image.width() * picture.image.height() <= 1 << 20
    there, pixels = picture.part(QRect(1999, 999, 300, 300))
    assert there == QRect(1999, 999, 300, 300)
    step = 3840 / picture.image.width()
    assert pixels.x() * step == pytest.approx(1999, abs=3)
    assert picture._pixels[1100 // round(step), 2100 // round(step)]
    assert not picture._pixels[500 // round(step), 2100 // round(step)]
