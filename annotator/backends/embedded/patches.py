"""Small patches of even colour, and distances that are long across edges.

A frame of 80,000 pixels becomes some 4,000 patches by a watershed from the flattest pixel of every
grid cell, so that shortest paths through the picture cost milliseconds.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from annotator.backends.embedded.views import Byte, Float

CELL_AREA = 22.0
"""Mean area of a patch, pixels."""
FAR = 60.0
"""Distance that counts as out of reach."""


class Patches:
    """Patches of one image and which of them touch.

    Attributes:
        label: int32 [h, w], 0..count-1.
        count: number of patches.
    """

    def __init__(self, lab: Byte) -> None:
        """`lab`: uint8 [h, w, 3]."""
        self.label = _watershed(lab)
        self.count = int(self.label.max()) + 1
        self._flat = self.label.ravel()
        self._area = np.maximum(np.bincount(self._flat, minlength=self.count), 1)
        height, width = self.label.shape
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        place = np.stack([self.mean(rows), self.mean(columns)], axis=1)
        colour = np.stack([self.mean(lab[..., i]) for i in range(3)], axis=1)
        self._pairs = self._touching()
        one, other = self._pairs
        step = np.hypot(*(place[one] - place[other]).T)
        self._step = step / np.hypot(height, width)
        # Half the weight for lightness: shadows run across objects more often than hues do.
        change = np.sqrt(((colour[one] - colour[other]) ** 2 * [0.5, 1.5, 1.5]).sum(axis=1))
        self._contrast = change / (change.mean() + 1e-3) if len(change) else change

    def mean(self, values: NDArray[np.generic]) -> Float:
        """Mean of [h, w] over each patch, float32 [count]."""
        sums = np.bincount(self._flat, weights=values.ravel(), minlength=self.count)
        return (sums / self._area).astype(np.float32)

    def holding(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Patches with any pixel of the mask, bool [count]."""
        found = np.zeros(self.count, bool)
        found[self.label[mask]] = True
        return found

    def distance(
        self, belief: Float, seeds: NDArray[np.bool_], weights: tuple[float, float, float]
    ) -> Float:
        """Length of the cheapest way from any seed to each patch, float32 [count], at most `FAR`.

        Args:
            belief: float32 [count], e.g. the colour model's probability of the object.
            seeds: bool [count].
            weights: price of a change of belief by 1, of a step as long as the diagonal, and of a
                colour change as large as the mean one.

        Geodesic segmentation: Bai & Sapiro 2009; Criminisi et al., "GeoS", ECCV 2008.
        """
        if not seeds.any():
            return np.full(self.count, FAR, np.float32)
        one, other = self._pairs
        price = (
            weights[0] * np.abs(belief[one] - belief[other])
            + weights[1] * self._step
            + weights[2] * self._contrast
        )
        # A stored zero would mean "no connection" in a sparse graph.
        graph = coo_array((price + 1e-6, self._pairs), shape=(self.count, self.count)).tocsr()
        lengths = dijkstra(graph, directed=False, indices=np.flatnonzero(seeds), min_only=True)
        return np.minimum(lengths, FAR).astype(np.float32)

    def _touching(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each pair of neighbouring patches once."""
        keys = []
        for first, second in (
            (self.label[:, :-1], self.label[:, 1:]),
            (self.label[:-1], self.label[1:]),
        ):
            apart = first != second
            a, b = first[apart].astype(np.int64), second[apart].astype(np.int64)
            keys.append(np.minimum(a, b) * self.count + np.maximum(a, b))
        return np.divmod(np.unique(np.concatenate(keys)), self.count)


def _watershed(lab: Byte) -> NDArray[np.int32]:
    """int32 [h, w]: patches grown from the flattest pixel of each grid cell."""
    height, width = lab.shape[:2]
    side = max(2, round(CELL_AREA**0.5))
    if min(height, width) < 4 * side:
        return np.arange(height * width, dtype=np.int32).reshape(height, width)
    values = lab.astype(np.float32)
    slope = np.zeros((height, width), np.float32)
    for dx, dy in ((1, 0), (0, 1)):
        slope += (cv2.Sobel(values, cv2.CV_32F, dx, dy) ** 2).sum(axis=2)
    down, across = -(-height // side), -(-width // side)
    padded = np.pad(
        slope,
        ((0, down * side - height), (0, across * side - width)),
        constant_values=np.inf,
    )
    cells = padded.reshape(down, side, across, side).transpose(0, 2, 1, 3)
    flattest = cells.reshape(down, across, -1).argmin(axis=2)
    rows = np.arange(down)[:, None] * side + flattest // side
    columns = np.arange(across)[None, :] * side + flattest % side
    seeds = np.zeros((height, width), np.int32)
    seeds[rows, columns] = np.arange(1, down * across + 1).reshape(down, across)
    grown = cv2.watershed(lab, seeds)
    # The lines between basins and the image's border belong to no patch yet.
    while (lines := grown <= 0).any():
        wider = cv2.dilate(grown.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
        grown[lines] = wider[lines]
    return np.unique(grown, return_inverse=True)[1].reshape(height, width).astype(np.int32)
