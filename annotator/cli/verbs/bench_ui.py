"""`bench --ui`: the window under a stopwatch, figure by figure against its target."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from annotator.app import Application
from annotator.cli.output import print_json, print_table
from annotator.cli.verbs.bench import cold_start, machine
from annotator.ui.bench.driver import Figure, Hand, figure


def bench_ui(as_json: bool) -> None:
    """Measure and print; without a screen the window is drawn offscreen."""
    _choose_screen()
    figures = []
    with tempfile.TemporaryDirectory(prefix="strokeflow-bench-") as folder:
        for found in _start(Path(folder)):
            figures.append(found)
            _tell(found, as_json)
        from annotator.ui.bench.measures import measure

        with _window(Path(folder)) as hand:
            for found in measure(hand, Path(folder)):
                figures.append(found)
                _tell(found, as_json)
    if as_json:
        rows = [{**asdict(f), "reached": f.reached} for f in figures]
        print_json({"machine": machine(), "figures": rows})


def bench_turns(as_json: bool) -> None:
    """Measure every command and print them, the longest work first."""
    from annotator.ui.bench.turns import turns

    _choose_screen()
    with tempfile.TemporaryDirectory(prefix="strokeflow-bench-") as folder:
        found = []
        with _window(Path(folder)) as hand:
            for turn in turns(hand, Path(folder)):
                found.append(turn)
                print(f"{turn.clip}: {turn.name}", file=sys.stderr, flush=True)
    found.sort(key=lambda turn: -turn.work)
    if as_json:
        print_json({"machine": machine(), "turns": [asdict(turn) for turn in found]})
    else:
        rows = [(t.clip, t.name, t.work, t.pause, t.until) for t in found]
        print_table(("clip", "command", "work, ms", "pause, ms", "until done, s"), rows)


def _choose_screen() -> None:
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _start(folder: Path) -> Iterator[Figure]:
    seconds, memory = cold_start(folder)
    yield figure("cold start to a usable window", seconds, "s", 1.0)
    yield figure("memory of the window then (RSS)", memory, "MB", 200.0)


@contextmanager
def _window(folder: Path) -> Iterator[Hand]:
    from PySide6.QtWidgets import QApplication

    from annotator.ui.plugin_notice import PluginWatch
    from annotator.ui.start import make_window

    app = QApplication.instance() or QApplication([])
    window = make_window(
        lambda wake: Application(inline=False, on_message=wake), folder / "window.ini"
    )
    window.workspace.fallback = folder
    window.resize(1600, 1000)
    window.show()
    # As in the application itself, which loads plug-ins and collects in between; a bench must not
    # hide that.
    PluginWatch(window.workspace).start()
    gc.collect()
    try:
        yield Hand(window)
    finally:
        window.close()
        app.processEvents()


def _tell(found: Figure, as_json: bool) -> None:
    if as_json:
        return
    limit = "" if found.limit is None else f"<= {found.limit:g} {found.unit}"
    verdict = {None: "", True: "yes", False: "NO"}[found.reached]
    middle = f"p50 {found.p50:>8} p95 {found.p95:>8} {found.unit:7}"
    print(f"{found.name:88} {middle}{limit:>14} {verdict}", flush=True)
