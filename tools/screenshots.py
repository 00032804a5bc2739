"""Makes the pictures of the documentation: a real window, real events, real backends.

    python tools/screenshots.py [FOLDER]

On a machine without a screen, run it under Xvfb (`xvfb-run -s "-screen 0 1600x1200x24"`) or with
QT_QPA_PLATFORM=offscreen. The clip is the application's own, so everyone gets the same pictures.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from annotator.app import Application
from annotator.services.demo.clip import DemoTruth, render_demo
from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.main_window import MainWindow
from annotator.ui.start import make_window

SIZE = (1280, 800)
COLORS = 256
"""Colours of a picture: a third of the bytes."""

Line = list[tuple[float, float]]


class Photographer:
    """A person at the window who takes pictures of it."""

    def __init__(self, window: MainWindow, out: Path) -> None:
        self.window = window
        self.workspace = window.workspace
        self.out = out

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        """Save what `widget` (or the window) shows as a small PNG."""
        self.rest(0.3)
        place = self.out / f"{name}.png"
        (widget or self.window).grab().save(str(place))
        with Image.open(place) as picture:
            # Maximum coverage keeps the few pixels of a strong colour, which icons live from.
            how = Image.Quantize.MAXCOVERAGE
            small = picture.convert("RGB").quantize(COLORS, how, dither=Image.Dither.NONE)
            small.save(place, optimize=True)
        sys.stdout.write(f"{place}  {place.stat().st_size // 1024} KiB\n")

    def rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > until)

    def wait(self, done: Callable[[], object], seconds: float = 120) -> None:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise SystemExit("the window did not get there in time")
            QTest.qWait(5)

    def do(self, action: str) -> None:
        self.window.table.actions[action].trigger()

    def go(self, frame: int) -> None:
        self.workspace.go_to(frame)
        self.wait(lambda: self.window.canvas.shown == frame)

    def draw(self, tool: str, points: Line) -> None:
        """Draw with the mouse through image points; wait for the mask."""
        self.do(tool)
        canvas, left = self.window.canvas, Qt.MouseButton.LeftButton
        spots = [canvas.view.to_screen(x, y).toPoint() for x, y in points]
        QTest.mousePress(canvas, left, Qt.KeyboardModifier.NoModifier, spots[0])
        for spot in spots[1:]:
            QTest.mouseMove(canvas, spot, 20)
        QTest.mouseRelease(canvas, left, Qt.KeyboardModifier.NoModifier, spots[-1])
        self.wait(lambda: not self.workspace.live.busy)


def line_inside(mask: NDArray[np.bool_]) -> Line:
    """What a person would draw: along the middle of the object, clear of its border."""
    columns = np.flatnonzero(mask.any(axis=0))
    inner = np.linspace(*np.quantile(columns, (0.15, 0.85)), 6).astype(int)
    return [(float(x), float(np.median(np.flatnonzero(mask[:, x])))) for x in inner]


def take(person: Photographer, clip: DemoTruth) -> None:
    """The main job, with a picture at every station."""
    window, workspace = person.window, person.workspace
    person.shoot("welcome")
    window.switcher.open_path(clip.path)
    person.wait(lambda: window.canvas.shown == 0)
    for name in clip.names.values():
        window.objects.add_object()
        window.objects.list.currentItem().setText(name)
    for frame in (4, 43):
        person.go(frame)
        for object_id in clip.names:
            workspace.choose_object(object_id)
            person.draw("scribble", line_inside(clip.truth(frame) == object_id))
        if frame == 4:
            person.draw("background", [(60.0, 320.0), (560.0, 330.0)])
            person.shoot("scribble")
    person.do("run_interpolate")
    person.wait(lambda: workspace.desk.runs[-1].filled >= 12)
    person.go(8)
    person.shoot("running")
    person.wait(lambda: workspace.running is None)
    window.docks[2].raise_()
    person.do("worst")
    person.rest(0.5)
    window.notices.hide()
    person.shoot("review")
    person.do("theme")
    person.shoot("review-light")
    person.do("export")
    dialog = window.findChild(TransferDialog)
    assert dialog is not None
    dialog.place.setText(str(Path("labels") / "demo-davis"))
    person.shoot("export", dialog)
    dialog.reject()


def main() -> None:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    out.mkdir(parents=True, exist_ok=True)
    # OpenCV's wheel points Qt to plugins of its own, which do not fit ours.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        clip = render_demo(Path(folder) / "demo.mp4")
        window = make_window(
            lambda wake: Application(inline=False, on_message=wake), Path(folder) / "window.ini"
        )
        window.custom.apply(replace(window.custom.chosen, theme="dark"))
        window.resize(*SIZE)
        window.show()
        app.processEvents()
        take(Photographer(window, out), clip)
        window.close()


if __name__ == "__main__":
    main()
