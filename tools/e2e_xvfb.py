"""The main job in the real window on a virtual screen, by mouse and keyboard from outside.

    python tools/e2e_xvfb.py [FOLDER]

Starts Xvfb, a small window manager and the application; scribbles on two frames, fills between
them, goes to the worst frame, corrects it, accepts another, exports, and checks what was exported.
Pictures of the window (dark and light, English and Chinese) go to FOLDER (docs/images). Needs
xvfb, openbox, xdotool and imagemagick; `sh tools/system_packages.sh x11` installs them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from annotator.core.types import Provenance
from annotator.io.media import open_media
from annotator.services.demo.clip import DemoTruth, render_demo
from annotator.services.project.projects import open_project
from models.metrics.davis import region_similarity

ROOT = Path(__file__).resolve().parent.parent
SIZE = (1280, 800)
FIRST, LAST = 0, 40
"""The two frames that are scribbled on."""

Point = tuple[float, float]


class Screen:
    """A virtual screen with a window manager; without one, windows get no keys."""

    def __init__(self) -> None:
        read, write = os.pipe()
        size = f"{SIZE[0]}x{SIZE[1]}x24"
        self._server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write),
                "-screen",
                "0",
                size,
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as told:
            self.display = ":" + told.readline().strip()
        self.env = {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}
        self._manager = subprocess.Popen(["openbox"], env=self.env, stderr=subprocess.DEVNULL)

    def tool(self, *args: object) -> str:
        done = subprocess.run(
            ["xdotool", *map(str, args)],
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout.strip()

    def picture(self) -> NDArray[np.uint8]:
        """uint8 [H, W, 3] RGB of the whole screen."""
        shot = subprocess.run(
            ["import", "-window", "root", "png:-"], env=self.env, check=True, capture_output=True
        )
        image = cv2.imdecode(np.frombuffer(shot.stdout, np.uint8), cv2.IMREAD_COLOR)
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)

    def close(self) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)


class Person:
    """Someone at the window, who sees the screen and the project on the disk, nothing else."""

    def __init__(self, screen: Screen, clip: DemoTruth, home: Path, out: Path) -> None:
        self.screen = screen
        self.clip = clip
        self.home = home
        self.out = out
        self.project = clip.path.with_suffix(".strokeflow")
        self._origin = (0, 0)
        self._app: subprocess.Popen[bytes] | None = None

    # -- the application

    def start(self, theme: str, language: str) -> None:
        """Start the application on the clip, as a person with these settings has it."""
        settings = self.home / "strokeflow" / "window.ini"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f"[preferences]\ntheme={theme}\nlanguage={language}\n")
        env = {**self.screen.env, "XDG_CONFIG_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        self._app = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), str(self.clip.path)], env=env, cwd=ROOT
        )
        found = self.screen.tool("search", "--sync", "--onlyvisible", "--name", "Strokeflow")
        window = found.split()[0]
        self.screen.tool("windowactivate", "--sync", window)
        self.screen.tool("windowsize", window, *SIZE)
        self.screen.tool("windowmove", window, 0, 0)
        self.wait(lambda: (self.project / "project.db").is_file(), "the project is made")
        self.find_picture()

    def quit(self) -> None:
        """Ctrl+Q; the application ends by itself and without an error."""
        self.key("ctrl+q")
        assert self._app is not None
        code = self._app.wait(30)
        if code:
            raise SystemExit(f"the application ended with {code}")

    def stop(self) -> None:
        """Whatever happened, nothing is left running."""
        if self._app is not None and self._app.poll() is None:
            self._app.kill()
            self._app.wait()

    # -- seeing

    def wait(self, done: Callable[[], object], what: str, seconds: float = 120) -> None:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                Image.fromarray(self.screen.picture()).save(self.home / "stuck.png")
                raise SystemExit(f"it did not happen in time: {what}")
            time.sleep(0.2)

    def find_picture(self) -> None:
        """At 1:1, where is the clip's first frame on the screen?"""
        with open_media(self.clip.path) as media:
            frame = media.read(0)
        height, width = frame.shape[:2]
        patch = frame[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]

        def look() -> bool:
            self.key("1")
            time.sleep(0.5)
            match = cv2.matchTemplate(self.screen.picture(), patch, cv2.TM_CCOEFF_NORMED)
            _, best, _, place = cv2.minMaxLoc(match)
            self._origin = (place[0] - width // 3, place[1] - height // 3)
            return best > 0.6  # a mask may lie over it

        self.wait(look, "the picture is on the screen")

    def cells(self) -> NDArray[np.uint8]:
        """uint8 [n_frames]: provenance of the first object, from the disk."""
        opened = open_project(self.project, writable=False, need_media=False)
        try:
            return np.array(opened.session.document.cells.provenance(1))
        finally:
            opened.close()

    def settle(self, frame: int, quiet_s: float = 4.0) -> None:
        """Until a mask stays: the first is there at once, the better one of a network follows."""
        seen = None
        while seen is None or not np.array_equal(seen, self.label_map(frame)):
            seen = self.label_map(frame)
            time.sleep(quiet_s)

    def label_map(self, frame: int) -> NDArray[np.uint8]:
        opened = open_project(self.project, writable=False, need_media=False)
        try:
            return np.array(opened.session.document.label_map(frame))
        finally:
            opened.close()

    def shoot(self, name: str) -> None:
        """Keep what the screen shows, as a small file."""
        time.sleep(0.7)
        place = self.out / f"{name}.png"
        picture = Image.fromarray(self.screen.picture())
        how = Image.Quantize.MAXCOVERAGE
        picture.quantize(256, how, dither=Image.Dither.NONE).save(place, optimize=True)
        sys.stdout.write(f"{place}  {place.stat().st_size // 1024} KiB\n")

    # -- acting

    def key(self, *keys: str) -> None:
        self.screen.tool("key", "--delay", 60, *keys)

    def steps(self, key: str, count: int) -> None:
        self.screen.tool("key", "--delay", 60, "--repeat", count, "--repeat-delay", 60, key)

    def draw(self, points: list[Point]) -> None:
        """Press, move through image points, release."""
        spots = [(round(x + self._origin[0]), round(y + self._origin[1])) for x, y in points]
        self.screen.tool("mousemove", *spots[0])
        self.screen.tool("mousedown", 1)
        for spot in spots[1:]:
            self.screen.tool("mousemove", *spot)
            time.sleep(0.02)
        self.screen.tool("mouseup", 1)


def line_inside(mask: NDArray[np.bool_]) -> list[Point]:
    """What a person would draw: along the middle of the object, clear of its border."""
    columns = np.flatnonzero(mask.any(axis=0))
    inner = np.linspace(*np.quantile(columns, (0.2, 0.8)), 8).astype(int)
    return [(float(x), float(np.median(np.flatnonzero(mask[:, x])))) for x in inner]


def beside(masks: list[NDArray[np.bool_]]) -> list[Point]:
    """A short line that changes the mask of whichever frame is shown: just outside of all."""
    free = cv2.distanceTransform((~np.any(masks, axis=0)).astype(np.uint8), cv2.DIST_L2, 5)
    free[:, :40] = free[:, -40:] = free[:40] = free[-40:] = np.inf
    y, x = np.unravel_index(int(np.abs(free - 20).argmin()), free.shape)
    return [(float(x), float(y)), (float(x) + 4, float(y))]


def main_job(person: Person) -> None:
    """Scribble, fill, review, correct, accept, export."""
    truth = [person.clip.truth(frame) == 1 for frame in range(LAST + 1)]
    for frame in (FIRST, LAST):
        if frame:
            person.steps("Right", frame)
        time.sleep(0.5)
        person.key("s")
        person.draw(line_inside(truth[frame]))
        person.wait(
            lambda at=frame: person.cells()[at] == Provenance.HUMAN, f"a mask on frame {frame}"
        )
        person.settle(frame)
    human = {frame: person.label_map(frame) for frame in (FIRST, LAST)}
    person.key("f")
    between = slice(FIRST + 1, LAST)
    person.wait(
        lambda: (person.cells()[between] == Provenance.MODEL).all(), "all between is filled", 300
    )
    for frame, before in human.items():
        if not np.array_equal(person.label_map(frame), before):
            raise SystemExit(f"the run changed the drawn frame {frame}")
    time.sleep(1)
    person.key("w")
    time.sleep(1)
    person.key("b")
    person.draw(beside([person.label_map(frame) > 0 for frame in range(LAST + 1)]))
    person.wait(lambda: (person.cells() == Provenance.CORRECTED).sum() == 1, "it is corrected")
    person.key("w")
    time.sleep(1)
    person.shoot("window-dark-en")
    person.key("a")
    person.wait(lambda: (person.cells() == Provenance.CORRECTED).sum() == 2, "it is accepted")
    person.key("ctrl+e")
    time.sleep(1)
    person.key("Return")
    out = person.project.with_name(f"{person.project.stem}-davis")
    person.wait(lambda: len(list(out.glob("*.png"))) > LAST, "the labels are exported")
    check(person, out, truth)


def check(person: Person, out: Path, truth: list[NDArray[np.bool_]]) -> None:
    """The exported labels are those of the project, and they are good."""
    scores = []
    for frame in range(LAST + 1):
        with Image.open(out / f"{frame:05d}.png") as image:
            labels = np.asarray(image)
        if not np.array_equal(labels, person.label_map(frame)):
            raise SystemExit(f"frame {frame} was not exported as it is")
        scores.append(region_similarity(labels == 1, truth[frame]))
    sys.stdout.write(f"exported {LAST + 1} frames, mean J {np.mean(scores):.3f}\n")
    if np.mean(scores) < 0.6:
        raise SystemExit("the masks are poor")


def main() -> None:
    missing = [t for t in ("Xvfb", "openbox", "xdotool", "import") if not shutil.which(t)]
    if missing:
        raise SystemExit(f"missing: {', '.join(missing)}; sh tools/system_packages.sh x11")
    out = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "images")
    out.mkdir(parents=True, exist_ok=True)
    screen = Screen()
    with tempfile.TemporaryDirectory() as folder:
        clip = render_demo(Path(folder) / "demo.mp4")
        person = Person(screen, clip, Path(folder) / "home", out)
        try:
            person.start("dark", "en")
            main_job(person)
            person.quit()
            for theme, language, name in (
                ("light", "en", "window-light-en"),
                ("dark", "zh_CN", "window-dark-zh"),
                ("light", "zh_CN", "window-light-zh"),
            ):
                person.start(theme, language)
                person.key("0", "w")
                person.shoot(name)
                person.quit()
        finally:
            person.stop()
            screen.close()


if __name__ == "__main__":
    main()
