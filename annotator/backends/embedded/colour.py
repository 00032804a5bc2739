"""Colour models of an object against what surrounds it.

`ColourGrid` is local: how much object and how much background of about this colour was seen
about here (a bilateral grid, Chen et al. 2007; used for video segmentation by Maerki et al.,
"Bilateral space video segmentation", CVPR 2016). `ColourTable` is global (a smoothed histogram).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from annotator.backends.embedded.views import Byte, Float

LIGHT_CELL = 16.0
CHROMA_CELL = 8.0
MAX_CELLS = 600_000
"""Cells grow until the grid is this small: gaudy pictures spread over many colours."""
EPS = 0.3
"""Pixels of evidence below which a local model has no opinion."""


def _blur(cells: Float, axis: int) -> Float:
    """[1 2 1] / 4 along one axis; what leaves the grid is lost, as there is nothing outside."""
    if cells.shape[axis] < 2:
        return cells
    moved = np.moveaxis(cells, axis, 0)
    out = moved * np.float32(0.5)
    out[1:] += 0.25 * moved[:-1]
    out[:-1] += 0.25 * moved[1:]
    return np.ascontiguousarray(np.moveaxis(out, 0, axis))


class ColourGrid:
    """Object and background mass over (x, y, L, a, b).

    Args:
        coords: float32 [h, w, 2], positions of the samples.
        lab: uint8 [h, w, 3].
        prob: float32 [h, w], probability of the object.
        cell: size of a cell in x and y, pixels.
        weight: float32 [h, w], 0 where a pixel is void.
    """

    def __init__(
        self, coords: Float, lab: Byte, prob: Float, cell: float, weight: Float | None = None
    ) -> None:
        points = self._points(coords, lab)
        self._origin = points.min(axis=1, keepdims=True)
        extent = points.max(axis=1, keepdims=True) - self._origin
        cells = np.array([[cell, cell, LIGHT_CELL, CHROMA_CELL, CHROMA_CELL]], np.float32).T
        while np.prod(np.floor(extent / cells + 0.5) + 1) > MAX_CELLS:
            cells *= np.float32(1.1)
        self._cells = cells
        self._last = np.floor(extent / cells + 0.5)
        shape = tuple(int(n) + 1 for n in self._last[:, 0])
        index = np.ravel_multi_index(tuple(np.rint(self._place(points)).astype(np.intp)), shape)
        ones = np.ones(prob.size, np.float32) if weight is None else weight.ravel()
        count = int(np.prod(shape))
        inside = np.bincount(index, prob.ravel() * ones, count).astype(np.float32).reshape(shape)
        total = np.bincount(index, ones, count).astype(np.float32).reshape(shape)
        for axis in range(5):
            inside, total = _blur(inside, axis), _blur(total, axis)
        # Rounding may leave a trace below zero where all is object.
        outside = np.maximum(total - inside, 0)
        self._ratio = np.log((inside + EPS) / (outside + EPS))

    @staticmethod
    def _points(coords: Float, lab: Byte) -> Float:
        """float32 [5, h * w]: a row each, so that going through one is quick."""
        points = np.empty((5, *lab.shape[:2]), np.float32)
        for row in range(2):
            points[row] = coords[..., row]
        for row in range(3):
            points[2 + row] = lab[..., row]
        return points.reshape(5, -1)

    def _place(self, points: Float) -> NDArray[np.float32]:
        return np.clip((points - self._origin) / self._cells, 0, self._last)

    def ratio(self, coords: Float, lab: Byte) -> Float:
        """log(object / background) at each pixel, float32 [h, w]."""
        place = self._place(self._points(coords, lab))
        found: Float = map_coordinates(self._ratio, place, order=1, mode="nearest")
        return found.reshape(lab.shape[:2])


class ColourTable:
    """Log ratio of two smoothed Lab histograms; arguments as for `ColourGrid`."""

    BITS = 5

    def __init__(self, lab: Byte, prob: Float, weight: Float | None = None) -> None:
        bins = 1 << self.BITS
        index = self._index(lab).ravel()
        ones = np.ones(prob.size, np.float32) if weight is None else weight.ravel()
        inside = np.bincount(index, prob.ravel() * ones, bins**3)
        outside = np.bincount(index, (1 - prob.ravel()) * ones, bins**3)
        floor = 1e-5
        parts = []
        for mass in (inside, outside):
            smooth = gaussian_filter(mass.reshape(bins, bins, bins), 1.0, mode="constant")
            parts.append(smooth / max(float(smooth.sum()), 1e-6) + floor)
        self._ratio = np.log(parts[0] / parts[1]).astype(np.float32).ravel()

    def _index(self, lab: Byte) -> NDArray[np.intp]:
        q = (lab >> (8 - self.BITS)).astype(np.intp)
        index: NDArray[np.intp] = (
            (q[..., 0] << (2 * self.BITS)) | (q[..., 1] << self.BITS) | q[..., 2]
        )
        return index

    def ratio(self, lab: Byte) -> Float:
        """log(object / background) at each pixel, float32 [h, w]."""
        return self._ratio[self._index(lab)]
