"""How DCFM's pictures are varied."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.dcfm.augment import varied
from models.training.recipe import load_recipe


def picture(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """A disc on a ground that is nowhere black, so that what is filled up can be told."""
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, (width // 2, height // 2), min(height, width) // 4, 1, -1)
    image = np.full((height, width, 3), 90, np.uint8)
    image[mask > 0] = 250
    return image, mask


@pytest.mark.parametrize("shape", [(240, 320), (900, 300), (30, 40), (448, 448)])
def test_mask_and_picture_move_together(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    seen = []
    for _ in range(30):
        image, mask = varied(*picture(*shape), (224, 224), rng)
        assert image.shape == (224, 224, 3)
        assert mask.shape == (224, 224)
        assert set(np.unique(mask)) <= {0, 1}
        seen.append(mask.mean())
        # But for the outline, where one is bilinear and the other is not.
        edge = cv2.dilate(mask, np.ones((7, 7))) - cv2.erode(mask, np.ones((7, 7)))
        assert ((image[..., 0] > 170) == (mask > 0))[edge == 0].all()
    assert np.std(seen) > 0.01, "no two are alike"


def test_what_lies_beyond_the_picture_is_black() -> None:
    rng = np.random.default_rng(0)
    shares = [
        (varied(*picture(448, 448), (224, 224), rng)[0].max(axis=2) == 0).mean() for _ in range(60)
    ]
    # Turned by 45 degrees a square loses 17 % to its corners; a short side of 358 leaves 36 % open.
    assert min(shares) < 0.1
    assert 0.3 < max(shares) < 0.6


def test_sizes_are_those_of_the_authors() -> None:
    """A disc of half the short side covers pi / 16 of its square, scaled by (s / 448) ^ 2."""
    rng = np.random.default_rng(1)
    areas = [varied(*picture(600, 600), (224, 224), rng)[1].mean() for _ in range(400)]
    whole = np.pi / 16
    assert max(areas) <= whole * (537 / 448) ** 2 * 1.02
    assert max(areas) > whole * (520 / 448) ** 2
    assert np.median(areas) == pytest.approx(whole, rel=0.1)


def test_the_published_recipe_varies_them_so() -> None:
    assert load_recipe("dcfm").sampling["as_published"] is True
