"""Resident memory of both processes while masks are propagated over a long clip.

    python -m tests.benchmarks.memory --frames 200 20000 [--size 192x108] [--backend embedded]

Prints one line per clip: the highest memory of the window's process and of the worker, sampled
after a warm-up, and the ratio to the shortest clip.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import psutil
from av.video.frame import VideoFrame

from annotator.app import Application
from annotator.backends.cards import default_registry
from annotator.backends.registry import BackendRegistry
from annotator.jobs.process import ProcessRunner
from annotator.services.project.projects import create_project
from annotator.services.runs.runs import Setup

WARM_UP = 100
"""Frames before the first sample: libraries are loaded and caches are at their working size."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Highest resident memory in bytes, and the pace in frames per second."""

    frames: int
    own: int
    worker: int
    pace: float


def make_clip(path: Path, frames: int, width: int, height: int) -> None:
    """A textured disc that circles over a textured ground; encoded as H.264."""
    rng = np.random.default_rng(0)
    ground = cv2.GaussianBlur(rng.integers(0, 255, (height, width, 3), np.uint8), (0, 0), 2)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "28", "g": "50"}
        for i in range(frames):
            image = ground.copy()
            x, y = place(i, width, height)
            cv2.circle(image, (x, y), height // 6, (220, 60, 40), -1)
            picture = VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts = i
            for packet in stream.encode(picture):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)


def place(frame: int, width: int, height: int) -> tuple[int, int]:
    """Centre of the disc."""
    angle = frame * 0.02
    return (
        round(width * (0.5 + 0.25 * np.cos(angle))),
        round(height * (0.5 + 0.25 * np.sin(angle))),
    )


def measure(
    folder: Path, frames: int, width: int, height: int, backend: str, registry: BackendRegistry
) -> Usage:
    """Propagate one drawn mask over a clip in the worker process and watch the memory."""
    clip = folder / f"{frames}.mp4"
    make_clip(clip, frames, width, height)
    application = Application(inline=False)
    application.registry = registry
    bench = application.open(create_project(folder / f"p{frames}", clip))
    info = bench.edit.add_object()
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, place(0, width, height), height // 6, info.id, -1)
    bench.edit.set_mask(0, info.id, mask, "Draw")
    runner = application.runner
    assert isinstance(runner, ProcessRunner)
    own = worker = 0
    began = time.monotonic()
    run = bench.inference.fill("propagate", setup=Setup(backend=backend))
    while not run.state.over:
        runner.poll(0.05)
        if run.filled >= min(WARM_UP, frames // 2) and runner.pid is not None:
            own = max(own, psutil.Process().memory_info().rss)
            worker = max(worker, psutil.Process(runner.pid).memory_info().rss)
    seconds = time.monotonic() - began
    assert run.filled == frames - 1, run.job
    bench.close()
    application.close()
    return Usage(frames, own, worker, run.filled / seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs="+", default=[200, 20000])
    parser.add_argument("--size", default="192x108")
    parser.add_argument("--backend", default="embedded")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    first: Usage | None = None
    with tempfile.TemporaryDirectory() as folder:
        for frames in asked.frames:
            used = measure(Path(folder), frames, width, height, asked.backend, default_registry())
            first = first or used
            print(
                f"{frames:6} frames of {asked.size}: own {used.own / 2**20:.1f} MiB "
                f"({used.own / first.own:.3f}x), worker {used.worker / 2**20:.1f} MiB "
                f"({used.worker / first.worker:.3f}x), {used.pace:.1f} frames/s",
                flush=True,
            )


if __name__ == "__main__":
    main()
