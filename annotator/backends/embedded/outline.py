"""The outline of a mask at more pixels than it was found with.

A band around a coarse outline is cut again at the working size with colours learned nearby; what
the band does not touch keeps its side. Larger media get the result by a guided filter.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.chain import region
from annotator.backends.embedded.colour import ColourGrid
from annotator.backends.embedded.cues import Roi
from annotator.backends.embedded.cut import min_cut
from annotator.backends.embedded.finish import RADIUS, guided_line
from annotator.backends.embedded.views import Byte, Float, pixel_grid
from annotator.core.types import Mask

BAND = 6.0
"""Half the width of the band, in coarse pixels."""
CELL = 40.0
W_COLOUR = 0.6
W_ODDS = 0.5
W_DEPTH = 0.6
SMOOTH = 4.0
NEVER = -1e3
"""Log odds of a pixel that an object cannot have."""


def cut_outline(lab: Byte, odds: Float, mask: Mask) -> Float:
    """Log odds [H, W] at the working size, above 0 on the object.

    Args:
        lab: uint8 [H, W, 3], the frame at the working size.
        odds: float32 [h, w] at the reduced size.
        mask: bool [h, w], the object at the reduced size.
    """
    height, width = lab.shape[:2]
    out = np.full((height, width), NEVER, np.float32)
    zoom = (height * width / mask.size) ** 0.5
    soft = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    roi = region(soft > 0.5, 2 * BAND * zoom)
    if roi is None:
        return out
    inside = soft[roi] > 0.5
    depth = signed_distance(inside) / zoom
    band = np.abs(depth) < BAND
    if not band.any() or inside.all():
        out[roi] = np.where(inside, -NEVER, NEVER)
        return out
    coarse = cv2.resize(odds, (width, height), interpolation=cv2.INTER_LINEAR)[roi]
    crop = np.ascontiguousarray(lab[roi])
    grid = pixel_grid(*inside.shape)
    # The outline's own place is uncertain: its pixels teach no colour.
    sure = (np.abs(depth) > 1.5).astype(np.float32)
    colours = ColourGrid(grid, crop, inside.astype(np.float32), CELL, sure)
    fine = np.where(inside, np.float32(-NEVER), np.float32(NEVER))
    local = colours.ratio(grid[band][:, None], crop[band][:, None])[:, 0]
    fine[band] = (
        W_COLOUR * np.clip(local, -4, 4)
        + W_ODDS * np.clip(coarse[band], -4, 4)
        + W_DEPTH * np.clip(depth[band], -4, 4)
    )
    found = min_cut(fine, crop, SMOOTH)
    # The cut decides the sign, the sum says how sure it is.
    fine[band] = np.where(found[band], 1, -1) * np.maximum(np.abs(fine[band]), 0.1)
    out[roi] = fine
    return out


def enlarge(mask: Mask, guide: Float, full_guide: NDArray[np.uint8]) -> tuple[Roi, Float]:
    """The mask at the media's own size, above 0.5 on the object, and where it lies there.

    Args:
        mask: bool [h, w] at the working size; holds a pixel.
        guide: float32 [h, w], lightness in [0, 1] at the working size.
        full_guide: uint8 [H, W], lightness at full size.
    """
    height, width = full_guide.shape
    down, across = height / mask.shape[0], width / mask.shape[1]
    slope, offset = guided_line(guide, mask.astype(np.float32))
    # Only the surroundings of the object: a 4K plane of floats takes longer than all the rest.
    box = cv2.boundingRect(mask.astype(np.uint8))
    room = 4 * RADIUS
    x0, y0 = int(max(0, (box[0] - room) * across)), int(max(0, (box[1] - room) * down))
    x1 = int(min(width, (box[0] + box[2] + room) * across))
    y1 = int(min(height, (box[1] + box[3] + room) * down))
    roi = slice(y0, y1), slice(x0, x1)
    # Pixel centres of the cut-out in coordinates of the small planes.
    place = np.array(
        [
            [1 / across, 0, (x0 + 0.5) / across - 0.5],
            [0, 1 / down, (y0 + 0.5) / down - 0.5],
        ]
    )
    planes = [
        cv2.warpAffine(
            plane,
            place,
            (x1 - x0, y1 - y0),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for plane in (slope, offset)
    ]
    fine: Float = planes[0] * full_guide[roi]
    fine *= np.float32(1 / 255)
    fine += planes[1]
    return roi, fine


def signed_distance(mask: Mask) -> Float:
    """Distance to the outline, positive inside, float32 [h, w]."""
    inner = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 5)
    outer = cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(inner - outer)
