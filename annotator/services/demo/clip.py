"""A short clip of the application's own, with masks that are known exactly.

A camera pans and zooms slowly over a textured ground, seen from above; a spotted creature that
bends as it goes and a striped, turning kite cross, and the kite passes over the creature. All of
it is computed from one seed, so every machine renders the same scene.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from annotator.core.types import Image, LabelMap, Size
from annotator.io.atomic import atomic_file

FRAMES = 48
SIZE = Size(640, 360)
FPS = Fraction(24)
CREATURE, KITE = 1, 2
NAMES = {CREATURE: "creature", KITE: "kite"}
_SEED = 7
_SCALE = 2
"""Masks are drawn at twice the size and reduced, which smooths the edges."""
_WORLD = Size(1800, 1200)

Colors = NDArray[np.float32]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DemoTruth:
    """The rendered clip and its truth.

    Attributes:
        path: the video.
        frames: number of frames.
        size: of every frame.
        fps: frames per second.
        names: object names by id.
        truth: label map uint8 [H, W] of a frame; made anew by every call.
    """

    path: Path
    frames: int
    size: Size
    fps: Fraction
    names: dict[int, str]
    truth: Callable[[int], LabelMap]


def render_demo(out_path: Path) -> DemoTruth:
    """Render the clip to `out_path` (an mp4). Raises DiskError."""
    scene = _Scene()
    with atomic_file(out_path) as part, av.open(str(part), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = SIZE.width, SIZE.height, "yuv420p"
        stream.options = {"crf": "16", "preset": "fast", "g": "12"}
        stream.codec_context.colorspace = 1  # BT.709, limited range
        stream.codec_context.color_range = 1
        for i in range(FRAMES):
            picture = VideoFrame.from_ndarray(scene.image(i), format="rgb24").reformat(
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
            picture.pts = i
            picture.time_base = 1 / FPS
            for packet in stream.encode(picture):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return DemoTruth(out_path, FRAMES, SIZE, FPS, dict(NAMES), scene.truth)


def demo_image(frame: int) -> Image:
    """uint8 [H, W, 3] RGB of a frame before it is compressed."""
    return _Scene().image(frame)


class _Scene:
    """Ground, creature and kite, and where they are at each moment."""

    def __init__(self) -> None:
        random = np.random.default_rng(_SEED)
        self._ground = _ground(random)
        self._fur = _spots(random)
        self._cloth = _stripes()

    def truth(self, frame: int) -> LabelMap:
        """uint8 [H, W]: 0 ground, 1 creature, 2 kite."""
        creature, kite = self._layers(frame)
        label_map = np.zeros(SIZE.shape, np.uint8)
        # A pixel belongs to what covers more than half of it.
        label_map[_reduced(creature) > 0.5] = CREATURE
        label_map[_reduced(kite) > 0.5] = KITE
        return label_map

    def image(self, frame: int) -> Image:
        """uint8 [H, W, 3] RGB."""
        creature, kite = map(_reduced, self._layers(frame))
        view = self._camera(frame, 1)
        picture = cv2.warpAffine(self._ground, view, tuple(SIZE), flags=cv2.INTER_LINEAR)
        shadow = cv2.GaussianBlur(np.roll(kite, (13, 9), (0, 1)), (0, 0), 4.5)
        for mask, texture, move in (
            (creature, self._fur, self._creature_motion(frame)),
            (kite, self._cloth, self._kite_motion(frame)),
        ):
            # The texture moves with the object: that is what flow can follow.
            surface = cv2.warpAffine(
                texture, view @ _homogeneous(move), tuple(SIZE), borderMode=cv2.BORDER_REFLECT
            )
            if mask is kite:
                picture *= (1 - 0.35 * shadow)[..., None]
            shade = 0.72 + 0.4 * cv2.GaussianBlur(mask, (0, 0), 5.5)
            picture += mask[..., None] * (surface * shade[..., None] - picture)
        return np.clip(np.rint(picture), 0, 255).astype(np.uint8)

    def _layers(self, frame: int) -> tuple[Colors, Colors]:
        """The masks of creature and kite at the large size, 0 or 1."""
        view = self._camera(frame, _SCALE)
        creature = _fill(_apply(view, _apply(self._creature_motion(frame), _creature(frame))))
        kite = _fill(_apply(view, _apply(self._kite_motion(frame), _kite())))
        return creature, kite

    def _camera(self, frame: int, scale: int) -> Points:
        """2 x 3: from the world to a picture `scale` times the size of the frame."""
        t = frame / (FRAMES - 1)
        zoom = scale * (0.92 + 0.16 * t)
        x, y = 560 + 130 * t, 400 + 24 * np.sin(2.2 * t)
        # Pixel (0, 0) of the frame is the middle of the first `scale` x `scale` pixels.
        edge = (scale - 1) / 2
        return np.array([[zoom, 0, edge - zoom * (x - 330)], [0, zoom, edge - zoom * (y - 190)]])

    def _creature_motion(self, frame: int) -> Points:
        t = frame / (FRAMES - 1)
        turn = 0.12 * np.sin(5 * t)
        return _motion(turn, 1.0, 430 + 330 * t, 440 - 30 * np.sin(3.5 * t))

    def _kite_motion(self, frame: int) -> Points:
        t = frame / (FRAMES - 1)
        return _motion(0.5 - 1.3 * t, 0.9 + 0.2 * t, 800 - 330 * t, 320 + 160 * t)


def _ground(random: np.random.Generator) -> Colors:
    """float32 [H, W, 3]: earth and grass with pebbles."""
    height, width = _WORLD.shape
    mix = _noise(random, (160, 50, 16, 5))[..., None]
    ground = (1 - mix) * np.array([112, 96, 70], np.float32)
    ground += mix * np.array([92, 134, 74], np.float32)
    ground += 30 * (_noise(random, (7, 3)) - 0.5)[..., None]
    canvas = np.ascontiguousarray(ground, np.float32)
    for _ in range(260):
        center = (int(random.integers(width)), int(random.integers(height)))
        axes = (int(random.integers(4, 15)), int(random.integers(3, 10)))
        tone = float(random.integers(95, 190))
        angle = float(random.integers(180))
        below = (center[0] + 2, center[1] + 3)
        cv2.ellipse(canvas, below, axes, angle, 0, 360, (50, 46, 38), -1, cv2.LINE_8)
        cv2.ellipse(canvas, center, axes, angle, 0, 360, (tone, tone, tone * 0.93), -1, cv2.LINE_8)
    return cv2.GaussianBlur(canvas, (0, 0), 0.9)


def _spots(random: np.random.Generator) -> Colors:
    """float32 [400, 400, 3]: the creature's fur; its own origin is in the middle."""
    fur = np.full((400, 400, 3), (214, 150, 84), np.float32)
    for _ in range(120):
        center = (int(random.integers(400)), int(random.integers(400)))
        cv2.circle(fur, center, int(random.integers(5, 14)), (120, 66, 34), -1)
    grain = random.normal(0, 9, (400, 400, 1)).astype(np.float32)
    return cv2.GaussianBlur(fur + grain, (0, 0), 1.2)


def _stripes() -> Colors:
    """float32 [400, 400, 3]: the kite's cloth; its own origin is in the middle."""
    y, x = np.mgrid[0:400, 0:400].astype(np.float32)
    wave = 0.5 + 0.5 * np.tanh(3 * np.sin((x + 0.6 * y) / 8.5))
    colors = np.array([[58, 84, 168], [226, 218, 196]], np.float32)
    return np.ascontiguousarray(wave[..., None] * colors[0] + (1 - wave[..., None]) * colors[1])


def _noise(random: np.random.Generator, cells: tuple[int, ...]) -> Colors:
    """float32 [H, W] in [0, 1]: smooth noise, summed over cell sizes in pixels."""
    height, width = _WORLD.shape
    total = np.zeros((height, width), np.float32)
    for cell in cells:
        grid = random.random((height // cell + 2, width // cell + 2)).astype(np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    low, high = np.percentile(total, (1, 99))
    return np.clip((total - low) / (high - low), 0, 1).astype(np.float32)


def _creature(frame: int) -> Points:
    """Outline [N, 2] around the origin: a body with a tail that swings and legs that walk."""
    phase = frame * 0.42
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    legs = 9 * np.cos(6 * angle + 0.9 * np.sin(phase)) * np.abs(np.sin(angle))
    head = 20 * np.exp(-((np.angle(np.exp(1j * angle)) / 0.45) ** 2))
    tail = 46 * np.exp(-((np.angle(np.exp(1j * (angle - np.pi))) / 0.16) ** 2))
    radius = 62 + legs + head + tail
    x, y = radius * np.cos(angle), 0.62 * radius * np.sin(angle)
    # The body bends like a fish: the further back, the more.
    y = y + 12 * np.sin(phase + x / 55) * np.clip((60 - x) / 120, 0, 1)
    return np.stack([x, y], axis=1)


def _kite() -> Points:
    """Outline [N, 2] around the origin: a star with four rounded points."""
    angle = np.linspace(0, 2 * np.pi, 160, endpoint=False)
    radius = 46 + 15 * np.cos(4 * angle)
    return np.stack([1.25 * radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _motion(turn: float, scale: float, x: float, y: float) -> Points:
    """2 x 3: turn by `turn` radians, scale, move to (x, y)."""
    c, s = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[c, -s, x], [s, c, y]])


def _homogeneous(move: Points) -> Points:
    """3 x 3 that takes texture pixels, whose origin is in the middle (200, 200), into the world."""
    center = np.array([[1.0, 0, -200], [0, 1, -200], [0, 0, 1]])
    full: Points = np.vstack([move, [0, 0, 1]]) @ center
    return full


def _apply(matrix: Points, points: Points) -> Points:
    moved: Points = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def _fill(outline: Points) -> Colors:
    """float32 [H, W] at the large size: 1 inside the outline, 0 outside."""
    mask = np.zeros((SIZE.height * _SCALE, SIZE.width * _SCALE), np.float32)
    cv2.fillPoly(mask, [np.rint(outline * 16).astype(np.int32)], 1.0, cv2.LINE_8, 4)
    return mask


def _reduced(mask: Colors) -> Colors:
    return cv2.resize(mask, tuple(SIZE), interpolation=cv2.INTER_AREA)
