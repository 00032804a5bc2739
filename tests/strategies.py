"""What hypothesis draws for several tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.core.types import VOID, Size, Stroke

IDS = (1, 2, 3, 17, 254)


@st.composite
def sizes(draw: st.DrawFn, longest: int = 40) -> Size:
    """Any size from one pixel on, odd ones too."""
    return Size(draw(st.integers(1, longest)), draw(st.integers(1, longest)))


@st.composite
def label_maps(
    draw: st.DrawFn, size: Size, ids: tuple[int, ...] = IDS, void: bool = True
) -> NDArray[np.uint8]:
    """uint8 [H, W]: rectangles over one another, with holes, noise, void; often empty."""
    label_map = np.zeros(size.shape, np.uint8)
    values = [0, *ids, *([VOID] if void else [])]
    for _ in range(draw(st.integers(0, 5))):
        x, y = draw(st.integers(0, size.width - 1)), draw(st.integers(0, size.height - 1))
        w, h = draw(st.integers(1, size.width)), draw(st.integers(1, size.height))
        label_map[y : y + h, x : x + w] = draw(st.sampled_from(values))
    if draw(st.booleans()):
        random = np.random.default_rng(draw(st.integers(0, 1000)))
        speckles = random.random(size.shape) < 0.2
        label_map[speckles] = random.choice(values, size.shape)[speckles]
    return label_map


@st.composite
def strokes(draw: st.DrawFn, size: Size, ids: tuple[int, ...] = (0, *IDS)) -> Stroke:
    """A stroke inside the picture."""
    count = draw(st.integers(1, 6))
    points = [
        (
            draw(st.floats(0, size.width - 1, width=32)),
            draw(st.floats(0, size.height - 1, width=32)),
        )
        for _ in range(count)
    ]
    radius = draw(st.floats(0.5, 30, width=32))
    return Stroke(draw(st.sampled_from(ids)), np.array(points, np.float32), radius)
