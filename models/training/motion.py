"""Random changes of pictures: affine and thin-plate motion, flips, tone, simulated scribbles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]
Size = tuple[int, int]
Rng = np.random.Generator


def affine(size: Size, rng: Rng, degrees: float, scale: float, shift: float) -> NDArray[np.float32]:
    """A random matrix [2, 3] about the centre; `shift` is in parts of the size."""
    h, w = size
    angle = rng.uniform(-degrees, degrees)
    matrix = cv2.getRotationMatrix2D(
        (w / 2, h / 2), angle, float(np.exp(rng.uniform(-1, 1) * scale))
    )
    matrix[:, 2] += rng.uniform(-shift, shift, 2) * (w, h)
    return matrix.astype(np.float32)


def thin_plate(size: Size, rng: Rng, strength: float) -> tuple[NDArray[np.float32], ...]:
    """Maps (x, y) [H, W] for `cv2.remap`: a thin-plate spline that moves nine points at random.

    `strength` is the largest move of a point in parts of the shorter side.
    """
    h, w = size
    points = np.array([[x, y] for y in (0.0, 0.5, 1.0) for x in (0.0, 0.5, 1.0)]) * (w, h)
    moves = rng.uniform(-strength, strength, (9, 2)) * min(h, w)

    def kernel(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        r2 = ((a[:, None] - b[None]) ** 2).sum(-1)
        return r2 * np.log(np.maximum(r2, 1e-12))

    system = np.zeros((12, 12))
    system[:9, :9] = kernel(points, points)
    system[:9, 9], system[:9, 10:] = 1, points
    system[9:, :9] = system[:9, 9:].T
    weights = np.linalg.solve(system, np.vstack([moves, np.zeros((3, 2))]))
    # The spline is smooth: a coarse grid, enlarged, is the same within a fraction of a pixel.
    ys, xs = np.linspace(0, h - 1, 17), np.linspace(0, w - 1, 17)
    coarse = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)
    basis = np.hstack([kernel(coarse, points), np.ones((len(coarse), 1)), coarse])
    moved = (basis @ weights).reshape(17, 17, 2).astype(np.float32)
    offset = _enlarge(moved, size)
    grid = np.stack(np.meshgrid(np.arange(w), np.arange(h)), -1).astype(np.float32)
    return tuple(np.ascontiguousarray((grid + offset)[..., i]) for i in range(2))


def _enlarge(corners: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    """Bilinear values [H, W, 2] of a grid whose outer points lie on the outer pixels."""
    h, w = size
    n = corners.shape[0] - 1
    x, y = np.meshgrid(np.linspace(0, n, w), np.linspace(0, n, h))
    return cv2.remap(corners, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)


def move(
    image: Image, mask: Mask, rng: Rng, degrees: float, scale: float, shift: float, bend: float
) -> tuple[Image, Mask]:
    """Picture and mask under one random affine and thin-plate motion; outside: mirrored, and 0."""
    size = mask.shape[:2]
    matrix = affine((size[0], size[1]), rng, degrees, scale, shift)
    x, y = thin_plate((size[0], size[1]), rng, bend)
    inverse = cv2.invertAffineTransform(matrix).astype(np.float32)
    mx = inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]
    my = inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]
    moved = cv2.remap(image, mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return moved.astype(np.uint8), cv2.remap(mask, mx, my, cv2.INTER_NEAREST).astype(np.uint8)


def tone(image: Image, rng: Rng, strength: float = 0.15) -> Image:
    """Brightness and contrast changed by up to `strength`."""
    gain, lift = rng.uniform(-strength, strength, 2)
    return (image * (1 + gain) + 255 * lift).clip(0, 255).astype(np.uint8)


def fit(image: Image, mask: Mask, size: Size) -> tuple[Image, Mask]:
    """Resized to (height, width); the mask to the nearest."""
    h, w = size
    shrinks = image.shape[0] * image.shape[1] > h * w
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    small = cv2.resize(image, (w, h), interpolation=how)
    return small.astype(np.uint8), cv2.resize(mask, (w, h), interpolation=cv2.INTER_NEAREST).astype(
        np.uint8
    )


def crop(image: Image, mask: Mask, size: Size, rng: Rng, least: float = 0.6) -> tuple[Image, Mask]:
    """A random part of `size`'s proportions, at least `least` of the largest one, resized."""
    h, w = mask.shape
    ratio = size[1] / size[0]
    height = min(h, w / ratio) * rng.uniform(least, 1)
    ch, cw = max(int(height), 1), max(int(height * ratio), 1)
    y, x = int(rng.integers(0, h - ch + 1)), int(rng.integers(0, w - min(cw, w) + 1))
    return fit(image[y : y + ch, x : x + cw], mask[y : y + ch, x : x + cw], size)


def simulate_scribbles(mask: Mask, rng: Rng, width: int = 2, reach: float = 0.35) -> Mask:
    """Strokes as S-DUTS has them: 1 object, 2 background, 0 none; from a binary mask [H, W].

    A stroke is a part of the skeleton of the region, slightly away from its border, `width` pixels
    wide: what lies within `reach` times the longer side of a random point of it.
    """
    out = np.zeros_like(mask)
    for value, region in ((1, mask > 0), (2, mask == 0)):
        inner = cv2.erode(region.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        line = skeletonize(inner if inner.any() else region)
        ys, xs = np.nonzero(line)
        if not len(ys):
            ys, xs = np.nonzero(region)
        if not len(ys):
            continue
        centre = int(rng.integers(len(ys)))
        near = np.hypot(ys - ys[centre], xs - xs[centre]) < reach * max(mask.shape)
        stroke = np.zeros_like(mask)
        stroke[ys[near], xs[near]] = 1
        out[(cv2.dilate(stroke, np.ones((width, width), np.uint8)) > 0) & region] = value
    return out
