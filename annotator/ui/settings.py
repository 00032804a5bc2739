"""What the window remembers between starts: choices, keys, geometry, recent projects."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray, QSettings

from annotator.services.review.people import MAX_NAME

_RECENT = 8
_PLACES = 200

CHOICES = {
    "theme": ("system", "light", "dark"),
    "language": ("system", "en", "zh_CN"),
    "device": ("auto", "cpu", "cuda", "mps"),
}
"""What a text among the preferences may be."""

LIMITS = {
    "frame_cache_mb": (64, 16384),
    "history_mb": (16, 65536),
    "pen_width": (1, 400),
    "speed": (0.1, 8.0),
}
"""Smallest and largest value of a number among the preferences."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person chose once for all projects.

    Attributes:
        theme, language, device: see `CHOICES`.
        frame_cache_mb: memory for decoded frames, MiB.
        history_mb: what the undo history of a project may weigh on disk, MiB.
        loop: playback begins again at the end.
        speed: of playback, 1 is the clip's own.
        pen_width: diameter of the pen in a new window, px.
        protect: pen and shapes leave other objects alone in a new window.
        live: masks follow every scribble; off: scribbles are kept for a run.
        hover: where the pointer rests, what a click would do is shown.
        when_idle: what is out of date is made new after some seconds of rest.
        person: who works here, written on remarks and what is accepted; "" for the login name.
    """

    theme: str = "system"
    language: str = "system"
    device: str = "auto"
    frame_cache_mb: int = 384
    history_mb: int = 512
    loop: bool = False
    speed: float = 1.0
    pen_width: int = 12
    protect: bool = False
    live: bool = True
    hover: bool = True
    when_idle: bool = False
    person: str = ""


class Place(msgspec.Struct, frozen=True):
    """Where a person was in a project.

    Attributes:
        frame: that was shown.
        object_id: that was chosen, 0 for none.
        sight: scale, and the image point in the middle of the canvas; None where all was in sight.
        time: when, seconds since 1970.
    """

    frame: int = 0
    object_id: int = 0
    sight: tuple[float, float, float] | None = None
    time: float = 0.0


class Settings:
    """A thin, typed front of QSettings; one ini file, so that tests can give their own."""

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def file(self) -> Path:
        """Where all this lies."""
        return Path(self._store.fileName())

    def preferences(self) -> Preferences:
        """What was chosen; the default for what is missing or makes no sense."""
        usual, found = Preferences(), {}
        for name in asdict(usual):
            found[name] = _read(self._store.value(f"preferences/{name}"), name, usual)
        return msgspec.convert(found, Preferences)

    def set_preferences(self, chosen: Preferences) -> None:
        for name, value in asdict(chosen).items():
            self._store.setValue(f"preferences/{name}", value)

    def keys(self) -> dict[str, str]:
        """Keys that differ from the delivered ones, by action id."""
        try:
            found = json.loads(str(self._store.value("keys", "{}")))
        except ValueError:
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(name): str(key) for name, key in found.items()}

    def set_keys(self, keys: Mapping[str, str]) -> None:
        self._store.setValue("keys", json.dumps(dict(keys)))

    def recent(self) -> list[Path]:
        """Projects opened lately that still exist, the newest first."""
        return [path for name in self._names("recent") if (path := Path(name)).is_dir()]

    def add_recent(self, folder: Path) -> list[Path]:
        """Put a project on top of the list; the projects that fell off its end."""
        known = [folder, *(path for path in self.recent() if path != folder)]
        self._store.setValue("recent", [str(path) for path in known[:_RECENT]])
        return known[_RECENT:]

    def _names(self, key: str) -> list[str]:
        stored = self._store.value(key, [])
        # A list of one comes back from the file as a bare string.
        names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        return [str(name) for name in names]

    def data_set(self) -> tuple[tuple[str, ...], bool]:
        """Folders of the projects that are looked at together, whether or not they still exist;
        and whether those that are marked done count, too."""
        also_done = str(self._store.value("data_set/also_done", "")).lower() == "true"
        return tuple(self._names("data_set/projects")), also_done

    def set_data_set(self, projects: Sequence[str], also_done: bool) -> None:
        self._store.setValue("data_set/projects", list(projects))
        self._store.setValue("data_set/also_done", also_done)

    def place(self, folder: Path) -> Place:
        """Where the person was in a project; its beginning if that is not known."""
        return self._place(_key_of(folder, "places")) or Place()

    def set_place(self, folder: Path, place: Place) -> None:
        """Remember it; those of projects that nobody opened for long are forgotten."""
        stamped = msgspec.structs.replace(place, time=time.time())
        self._store.setValue(_key_of(folder, "places"), msgspec.json.encode(stamped).decode())
        self._store.beginGroup("places")
        keys = [f"places/{name}" for name in self._store.childKeys()]
        self._store.endGroup()
        if len(keys) > _PLACES:
            found = {key: self._place(key) for key in keys}
            self._store.remove(min(keys, key=lambda key: getattr(found[key], "time", 0.0)))

    def _place(self, key: str) -> Place | None:
        try:
            return msgspec.json.decode(str(self._store.value(key, "")), type=Place)
        except msgspec.DecodeError:
            return None

    def drafts(self, folder: Path) -> str:
        """What was begun to be written in a project (`drafts.Drafts`), as JSON; "" if nothing."""
        return str(self._store.value(_key_of(folder, "drafts"), ""))

    def set_drafts(self, folder: Path, drafts: str) -> None:
        """Remember it; "" forgets it."""
        if drafts:
            self._store.setValue(_key_of(folder, "drafts"), drafts)
        else:
            self._store.remove(_key_of(folder, "drafts"))

    @property
    def tool(self) -> str:
        """The tool in the hand when the window was left, "" if that is not known."""
        return str(self._store.value("tool", ""))

    def set_tool(self, tool: str) -> None:
        self._store.setValue("tool", tool)

    def window(self) -> tuple[QByteArray, QByteArray] | None:
        """(geometry, state of docks) as the window left them."""
        geometry, state = self._store.value("geometry"), self._store.value("state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def set_window(self, geometry: QByteArray, state: QByteArray) -> None:
        self._store.setValue("geometry", geometry)
        self._store.setValue("state", state)


def _key_of(folder: Path, group: str) -> str:
    # A path is no key of an ini file: slashes are groups there. A name alone is that of many.
    return f"{group}/{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}"


def _read(stored: object, name: str, default: Preferences) -> object:
    """A stored preference as its type; an ini file knows texts only."""
    usual = getattr(default, name)
    if stored is None:
        return usual
    if isinstance(usual, bool):
        return str(stored).lower() == "true"
    if isinstance(usual, str) and name not in CHOICES:
        return str(stored)[:MAX_NAME]
    if isinstance(usual, str):
        return str(stored) if str(stored) in CHOICES[name] else usual
    low, high = LIMITS[name]
    try:
        number = float(str(stored))
    except ValueError:
        return usual
    return type(usual)(min(max(number, low), high)) if math.isfinite(number) else usual
