"""`bench`: speed of every stage on this machine, on the demo clip or on a clip of yours."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from annotator.app import Application, Workbench
from annotator.cli.output import Progress, print_json, print_table
from annotator.cli.verbs.bench_formats import measure_exports
from annotator.cli.verbs.measure import simulated
from annotator.core.cores import usable_cores
from annotator.core.types import FrameReader
from annotator.evaluation.robot import robot_scribbles
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.io.media import open_media
from annotator.jobs.base import finish
from annotator.services.demo.clip import DemoTruth, render_demo
from annotator.services.project.projects import create_project

PROTOCOLS = ("every:5", "every:10", "every:20", "first", "robot:8")
Row = dict[str, Any]


def bench(as_json: bool, media: Path | None, gt: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="strokeflow-bench-") as folder:
        _show(_stages(Path(folder), media, gt), as_json)


def _show(stages: Iterator[Row], as_json: bool) -> None:
    """Print each row as soon as it is there, and the machine."""
    rows: list[Row] = []
    for row in stages:
        rows.append(row)
        if not as_json:
            print(f"{row['stage']:44} {row['value']:>10} {row['unit']}", flush=True)
    if as_json:
        print_json({"machine": machine(), "stages": rows})
    else:
        print()
        print_table(("machine", ""), list(machine().items()))


def bench_exports(as_json: bool) -> None:
    """Only the part that writes and reads many large frames."""
    with tempfile.TemporaryDirectory(prefix="strokeflow-bench-") as folder:
        _show(_exports(Path(folder)), as_json)


def _exports(folder: Path) -> Iterator[Row]:
    for done in measure_exports(folder / "exports"):
        yield _row(f"{done.what}, 1080p, 5 objects", done.pace, "frames/s")
        if done.growth is not None:
            yield _row("  more memory for 1,000 than for 200", done.growth / 2**20, "MiB")


def machine() -> Row:
    """What the figures were measured on."""
    return {
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "processor": platform.processor() or platform.machine(),
        "cores": usable_cores(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
    }


def _row(stage: str, value: float, unit: str, **more: object) -> Row:
    return {"stage": stage, "value": round(value, 3), "unit": unit, **more}


def _stages(folder: Path, media: Path | None, gt: Path | None) -> Iterator[Row]:
    seconds, _ = cold_start(folder)
    yield _row("window, cold start (median of 5)", float(np.median(seconds)), "s")
    truth = render_demo(folder / "demo.mp4")
    yield from _reading(truth.path)
    yield from _editing(folder, truth)
    yield from _transfer(folder, truth)
    yield from _exports(folder)
    if media is None or gt is None:
        gt = _write_truth(folder / "truth", truth)
        media = truth.path
    for protocol in PROTOCOLS:
        progress = Progress(protocol)
        result = simulated(media, gt, protocol, None)
        progress.end("done")
        name = f"simulate {protocol} on {media.name if media == truth.path else media}"
        yield _row(name, result.frames_per_second, "frames/s", J=result.J, F=result.F)
        if result.J is not None:
            yield _row(f"  quality of {protocol}", result.J, "J")


def _times(action: Callable[[], object], repeats: int) -> np.ndarray:
    """Milliseconds of each call."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return np.array(taken) * 1e3


_WINDOW = """
import gc, sys, time
from pathlib import Path
gc.disable()
from PySide6.QtWidgets import QApplication
app = QApplication([])
from annotator.app import Application
from annotator.ui.start import make_window
window = make_window(lambda wake: Application(inline=False, on_message=wake), Path(sys.argv[1]))
window.show()
app.sendPostedEvents(); app.processEvents()
ready = time.time()
import psutil
print(ready, psutil.Process().memory_info().rss / 1e6)
window.close()
"""


def cold_start(folder: Path) -> tuple[list[float], list[float]]:
    """From the start of the process to a window that answers, five times: seconds, and the
    process's memory then, MB."""
    seconds, memory = [], []
    for _ in range(5):
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", _WINDOW, str(folder / "window.ini")],
            capture_output=True, text=True, check=True,
            env={"QT_QPA_PLATFORM": "offscreen", **os.environ} if not _has_screen() else None,
        )  # fmt: skip
        ended, resident = map(float, done.stdout.split()[-2:])
        seconds.append(ended - began)
        memory.append(resident)
    return seconds, memory


def _has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _reading(path: Path) -> Iterator[Row]:
    with open_media(path) as media:
        count = len(media)
        began = time.perf_counter()
        for frame in range(count):
            media.read(frame)
        pace = count / (time.perf_counter() - began)
        yield _row(f"read in order, {media.size} H.264", pace, "frames/s")
        order = np.random.default_rng(0).integers(0, count, 60).tolist()
        taken = _times(lambda: media.read(order.pop()), 60)
        yield _row("read a random frame, p95", float(np.percentile(taken, 95)), "ms")


def _editing(folder: Path, truth: DemoTruth) -> Iterator[Row]:
    big = np.zeros((1080, 1920), np.uint8)
    for i in range(10):
        big[80 * i : 80 * i + 200, 150 * i : 150 * i + 300] = i + 1
    data = encode_label_map(big)
    taken = _times(lambda: decode_label_map(encode_label_map(big)), 30)
    yield _row("store and load a 1080p label map", float(np.median(taken)), "ms", bytes=len(data))
    application = Application(inline=True)
    bench = application.open(create_project(folder / "edit", truth.path))
    info = bench.edit.add_object()
    rng = np.random.default_rng(1)

    def stroke() -> None:
        pen = bench.edit.begin_paint(0, info.id, 20, erase=False)
        pen.extend(rng.uniform(0, 360, (8, 2)).astype(np.float32))
        pen.commit()

    yield _row("commit a brush stroke, p95", float(np.percentile(_times(stroke, 60), 95)), "ms")

    def durable() -> None:
        stroke()
        bench.session.flush()

    yield _row("... until it is on disk, p95", float(np.percentile(_times(durable, 40), 95)), "ms")
    yield _row("undo, p95", float(np.percentile(_times(bench.session.undo, 40), 95)), "ms")
    yield from _scribbling(bench, application, truth)
    bench.close()
    application.close()


def _scribbling(bench: Workbench, application: Application, truth: DemoTruth) -> Iterator[Row]:
    from annotator.backends.base import ScribbleRequest
    from annotator.backends.registry import create

    equipment = application.equipment(None)
    # The first live mask, and the better one that follows where there is one.
    ids = dict.fromkeys(
        application.registry.resolve("saliency", name, equipment.usable).id
        for name in ("embedded", None)
    )
    assert bench.project.media is not None
    reader: FrameReader = bench.project.media
    there = truth.truth(20)
    strokes = tuple(robot_scribbles(there, np.zeros_like(there), list(truth.names)))
    request = ScribbleRequest(20, strokes, tuple(truth.names), np.zeros_like(there))

    class Quiet:
        def checkpoint(self) -> None: ...

        def note(self, text: str) -> None: ...

    for card in (c for c in application.registry.cards() if c.id in ids):
        backend = create(card.factories["saliency"])
        order = replace(request, runtime=equipment.runtime(card))
        backend.segment(reader, order, Quiet())  # a network is loaded once
        taken = _times(partial(backend.segment, reader, order, Quiet()), 12)
        name = f"scribbles to masks, 2 objects, {reader.size}, p95 ({card.id})"
        yield _row(name, float(np.percentile(taken, 95)), "ms")


def _transfer(folder: Path, truth: DemoTruth) -> Iterator[Row]:
    masks = _write_truth(folder / "import", truth)
    application = Application(inline=True)
    bench = application.open(create_project(folder / "transfer", truth.path))
    began = time.perf_counter()
    run = bench.transfer.import_labels("davis", masks, on_end=lambda _: None)
    finish(application.runner, run.job)
    bench.session.flush()
    yield _row("import davis", run.frames / (time.perf_counter() - began), "frames/s")
    for format_id, name in (("davis", "d"), ("coco", "c.json"), ("overlay", "o.mp4")):
        began = time.perf_counter()
        job = bench.transfer.export(
            format_id, folder / name, None, on_report=lambda _: None, on_end=lambda _: None
        )
        finish(application.runner, job)
        pace = truth.frames / (time.perf_counter() - began)
        yield _row(f"export {format_id}, {truth.size}", pace, "frames/s")
    bench.close()
    application.close()


def _write_truth(folder: Path, truth: DemoTruth) -> Path:
    """The demo's truth as palette PNGs."""
    from PIL import Image

    folder.mkdir(exist_ok=True)
    for frame in range(truth.frames):
        image = Image.fromarray(truth.truth(frame), "L")
        image.putpalette([value for i in range(256) for value in (i, i * 7 % 256, i * 31 % 256)])
        image.save(folder / f"{frame:05d}.png")
    return folder
