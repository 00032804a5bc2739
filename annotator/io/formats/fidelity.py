"""How much of the masks a lossy export keeps, for its report."""

from __future__ import annotations

import numpy as np

from annotator.core.types import Mask, Size
from annotator.io.formats.polygons import Ring, fill, iou, outlines


class Fidelity:
    """Gathers the IoU of masks with what a reader of the export gets."""

    def __init__(self, together: bool = False) -> None:
        """`together`: the masks given are those of all objects of a frame in one."""
        self._what = "all objects together" if together else "the masks"
        self._lowest = 1.0
        self._sum = 0.0
        self._count = 0
        self._shapes: list[tuple[Mask, Mask]] = []

    def add(self, mask: Mask, kept: Mask) -> None:
        """Both bool [H, W]."""
        value = iou(mask, kept)
        self._lowest, self._sum = min(self._lowest, value), self._sum + value
        self._count += 1

    def add_shape(self, mask: Mask, drawn: Mask) -> None:
        """A mask and what its shape covers; what shapes written later cover is theirs."""
        self._shapes.append((mask, drawn))

    def end_frame(self) -> None:
        """No more shapes of this frame."""
        if not self._shapes:
            return
        taken = np.zeros_like(self._shapes[0][0])
        for mask, drawn in reversed(self._shapes):
            self.add(mask, drawn & ~taken)
            taken |= drawn
        self._shapes.clear()

    def add_exact(self) -> None:
        """One more mask that is written as it is."""
        self._sum, self._count = self._sum + 1.0, self._count + 1

    def notes(self) -> tuple[str, ...]:
        """A sentence for the report, if there was any mask."""
        if self._count == 0:
            return ()
        mean = self._sum / self._count
        return (f"IoU with {self._what}: {mean:.4f} on average, {self._lowest:.4f} lowest.",)


class Simplified:
    """Outlines of masks, and how well they still show them over an export."""

    def __init__(self, tolerance: float, size: Size) -> None:
        self.tolerance = tolerance
        self.fidelity = Fidelity()
        self._size = size

    def outlines(self, mask: Mask) -> list[Ring]:
        """The outlines of a mask; measured where they are not exact by making.

        `fidelity.end_frame` must follow the last mask of a frame.
        """
        rings = outlines(mask, self.tolerance)
        if self.tolerance > 0:
            kept = np.zeros(mask.shape, np.bool_)
            for ring in rings:
                kept |= fill([ring], self._size)
            self.fidelity.add_shape(mask, kept)
        return rings

    def notes(self) -> tuple[str, ...]:
        """What simplifying did; nothing if it was not asked for."""
        return self.fidelity.notes() if self.tolerance > 0 else ()
