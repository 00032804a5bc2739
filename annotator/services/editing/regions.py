"""Connected regions of masks and pictures (OpenCV): holes, islands, what a click means."""

from __future__ import annotations

import cv2
import numpy as np

from annotator.core.types import Image, LabelMap, Mask

_HOLE_SHARE = 0.25
"""A click into an enclosed region larger than this part of the picture means its colour."""


def filled_holes(mask: Mask, largest: int = 0) -> Mask:
    """The mask with the regions filled that it encloses; the picture's edge encloses nothing.

    Only those of up to `largest` pixels, unless that is 0.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (~mask).astype(np.uint8), connectivity=4
    )
    open_ = np.zeros(count, bool)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        open_[side] = True
    if largest:
        open_ |= stats[:, cv2.CC_STAT_AREA] > largest
    open_[0] = False  # the mask itself
    return np.asarray(~open_[labels])


def without_islands(mask: Mask, smallest: int = 0) -> Mask:
    """The largest connected part of the mask, and with `smallest` all others of that many pixels
    or more."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    if count <= 2:
        return mask.copy()
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = (areas >= smallest) & (smallest > 0)
    kept[1 + int(np.argmax(areas[1:]))] = True
    kept[0] = False  # what is no mask
    return np.asarray(kept[labels])


def clicked_region(
    label_map: LabelMap, image: Image | None, x: int, y: int, tolerance: int
) -> Mask:
    """What a click of the fill tool means, bool [H, W].

    In an enclosed region of one label (a hole, the inside of a drawn outline): that region. Else
    the connected pixels of the same label whose colour is like the clicked one's, within
    `tolerance` of 0..255 per channel.
    """
    label = label_map[y, x]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        (label_map == label).astype(np.uint8), connectivity=4
    )
    same = np.asarray(labels == labels[y, x])
    border = same[0].any() or same[-1].any() or same[:, 0].any() or same[:, -1].any()
    small = stats[labels[y, x], cv2.CC_STAT_AREA] <= _HOLE_SHARE * same.size
    if image is None or (small and not border):
        return same
    wall = np.ones((same.shape[0] + 2, same.shape[1] + 2), np.uint8)
    wall[1:-1, 1:-1] = ~same
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (2 << 8)
    spread = (tolerance,) * 3
    # A little blur: grain of the picture must not stop the flood.
    soft = cv2.GaussianBlur(image, (0, 0), 1.0)
    cv2.floodFill(soft, wall, (x, y), 0, spread, spread, flags)
    return np.asarray(wall[1:-1, 1:-1] == 2)


def part_at(mask: Mask, x: int, y: int) -> Mask:
    """The connected part of the mask under a pixel, bool [H, W]; nothing if it is not in it."""
    if not mask[y, x]:
        return np.zeros_like(mask)
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return np.asarray(labels == labels[y, x])


def shared_out(mask: Mask, one: Mask, other: Mask) -> tuple[Mask, Mask]:
    """Give every connected part of `mask` to whichever of two masks it overlaps more; to `other`
    where it overlaps neither."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    first = np.bincount(labels[one], minlength=count) > np.bincount(labels[other], minlength=count)
    first[0] = False
    taken = first[labels]
    return taken, mask & ~taken
