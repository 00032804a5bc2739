"""Clips to measure with: a camera moves over textured ground, textured things cross it.

Flat colours would be too easy for a decoder and noise too hard; 1/f textures, soft light and a
little grain give bit rates like those of filmed clips.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from annotator.core.types import Image, Size

FPS = Fraction(25)
_SEED = 11
_THINGS = 6


def texture(size: Size, seed: int) -> NDArray[np.float32]:
    """float32 [H, W] in [0, 1] whose spectrum falls as 1/f, as in pictures of nature (Field 1987,
    "Relations between the statistics of natural images and the response properties of cortical
    cells")."""
    rng = np.random.default_rng(seed)
    fy, fx = np.fft.fftfreq(size.height)[:, None], np.fft.rfftfreq(size.width)[None]
    frequency = np.hypot(fy, fx)
    frequency[0, 0] = 1
    phase = rng.uniform(0, 2 * np.pi, frequency.shape)
    field = np.fft.irfft2(np.exp(1j * phase) / frequency, s=size.shape)
    low, high = np.percentile(field, (1, 99))
    return np.asarray(np.clip((field - low) / (high - low), 0, 1), np.float32)


def _colored(size: Size, seed: int, dark: Sequence[int], light: Sequence[int]) -> Image:
    """uint8 [H, W, 3]: a texture between two colours."""
    field = texture(size, seed)[..., None]
    mixed = np.asarray(dark) * (1 - field) + np.asarray(light) * field
    return np.asarray(mixed, np.uint8)


class Scene:
    """Pictures of one scene, computed from a fixed seed."""

    def __init__(self, size: Size) -> None:
        self.size = size
        # Powers of two: the transform of a prime length takes minutes.
        world = Size(2048, 1024) if size.width <= 1920 else Size(4096, 2048)
        ground = _colored(world, _SEED, (38, 44, 30), (196, 188, 150))
        self._ground = cv2.resize(ground, (size.width * 3 // 2, size.height * 3 // 2))
        side = size.height // 4
        self._things = []
        for i in range(_THINGS):
            light = np.roll((225, 140, 90), i).tolist()
            cloth = cv2.resize(_colored(Size(256, 256), i, (40, 40, 60), light), (side, side))
            self._things.append((cloth, self._blob(side, i)))
        rng = np.random.default_rng(_SEED)
        self._grain = rng.normal(0, 1.5, (*size.shape, 1)).astype(np.int8)

    @staticmethod
    def _blob(side: int, seed: int) -> NDArray[np.float32]:
        """float32 [side, side, 1]: a soft-edged, uneven disc."""
        y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
        angle = np.arctan2(y, x)
        radius = 0.7 + 0.15 * np.sin((2 + seed % 4) * angle + seed)
        edge = (radius - np.hypot(x, y)) * side / 6
        return np.asarray(np.clip(edge, 0, 1)[..., None], np.float32)

    def image(self, frame: int) -> Image:
        """uint8 [H, W, 3] RGB."""
        width, height = self.size
        t = frame / 25
        zoom = 1.15 + 0.1 * np.sin(t / 3)
        x = width * (0.25 + 0.15 * np.sin(t / 2))
        y = height * (0.25 + 0.12 * np.cos(t / 2.7))
        camera = np.array([[zoom, 0, -x], [0, zoom, -y]], np.float32)
        image = cv2.warpAffine(self._ground, camera, (width, height), flags=cv2.INTER_LINEAR)
        for i, (cloth, blob) in enumerate(self._things):
            self._put(image, cloth, blob, t * (0.6 + 0.2 * i) + 1.3 * i)
        shifted = np.roll(self._grain, (frame * 37) % height, axis=0)
        return np.asarray(cv2.add(image, np.repeat(shifted, 3, 2), dtype=cv2.CV_8U))

    def _put(self, image: Image, cloth: Image, blob: NDArray[np.float32], t: float) -> None:
        side = len(blob)
        left = int((self.size.width - side) * (0.5 + 0.5 * np.sin(t)))
        top = int((self.size.height - side) * (0.5 + 0.5 * np.sin(1.3 * t)))
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), 40 * t, 1.0)
        shape = cv2.warpAffine(blob, turn, (side, side))[..., None]
        part = image[top : top + side, left : left + side]
        part[:] = (part * (1 - shape) + cloth * shape).astype(np.uint8)


def pictures(size: Size, frames: int) -> Iterator[Image]:
    scene = Scene(size)
    return (scene.image(i) for i in range(frames))


def render_clips(folder: Path, size: Size, frames: int, gops: Sequence[int]) -> dict[int, Path]:
    """Write `clip-GOP.mp4` (H.264, 25 fps) for each distance of key frames; the paths by it."""
    paths = {gop: folder / f"clip-{gop}.mp4" for gop in gops}
    with ExitStack() as stack:
        outputs = []
        for gop, path in paths.items():
            container = stack.enter_context(av.open(str(path), "w"))
            stream = container.add_stream("libx264", rate=FPS)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            # As encoders of cameras and sites make them: B-frames, no key frame at scene cuts.
            stream.options = {
                "preset": "veryfast", "crf": "22", "g": str(gop), "keyint_min": str(gop),
                "sc_threshold": "0", "bf": "2",
            }  # fmt: skip
            outputs.append((container, stream))
        for image in pictures(size, frames):
            picture = VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
            for container, stream in outputs:
                container.mux(stream.encode(picture))
        for container, stream in outputs:
            container.mux(stream.encode(None))
    return paths


def long_clip(path: Path, frames: int) -> Path:
    """Write a small clip of very many frames: one second, repeated without encoding it again."""
    size, fps = Size(96, 64), int(FPS)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"g": str(fps), "bf": "0", "preset": "ultrafast", "tune": "zerolatency"}
        packets = []
        for image in pictures(size, fps):
            packets += stream.encode(VideoFrame.from_ndarray(image, format="rgb24"))
        packets += stream.encode(None)
        packed = [(bytes(p), p.is_keyframe) for p in packets]
        for number in range(frames):
            data, is_key = packed[number % fps]
            packet = Packet(data)
            packet.stream, packet.time_base = stream, 1 / FPS
            packet.pts = packet.dts = number
            packet.is_keyframe = is_key
            container.mux(packet)
    return path
