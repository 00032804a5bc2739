"""What every kind of media offers, whatever its frames are stored in."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import Cancelled, MediaError
from annotator.core.types import Image, Size

MediaKind = Literal["video", "images"]
Stop = Callable[[], bool]
"""Asked again and again during long work: whether nobody wants it any more."""
_T = TypeVar("_T")

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".exr"})
VIDEO_SUFFIXES = frozenset(
    {".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ts", ".ogv",
     ".gif"}
)  # fmt: skip
"""Files that are videos by their names alone; media may be any file that can be decoded."""
LOCATE_HINT = 'Put it back, or use "Locate" to show where it is now.'
MAX_PIXELS = 2**28
"""The largest frame that is decoded (16384 x 16384); a header that claims more is refused."""


def never() -> bool:
    """A `Stop` that lets everything come to its end."""
    return False


def heeding(stop: Stop, items: Iterable[_T]) -> Iterator[_T]:
    """The items, one by one. Raises Cancelled as soon as `stop()` is true."""
    for item in items:
        if stop():
            raise Cancelled
        yield item


class MediaMissing(MediaError):  # noqa: N818 - as its base says, it is one
    """The video or folder is not where it was."""


class MediaChanged(MediaError):  # noqa: N818
    """The video or folder is there, but its frames are not those the project was made with."""


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Where media lie; small, and safe to send to another process, which opens its own decoder.

    Attributes:
        path: absolute path of a video file, an image folder or one image file.
        kind: "video" or "images".
        cache_dir: folder of saved indices, or "" for none.
        fingerprint: of the media that are meant, or "" for whatever lies there.
    """

    path: str
    kind: MediaKind
    cache_dir: str = ""
    fingerprint: str = ""

    def open(self, stop: Stop = never) -> Media:
        """Open the media.

        Raises:
            MediaChanged: others lie there now.
            MediaError: they are missing or cannot be read.
            Cancelled: soon after `stop()` is true.
        """
        # The opener knows the kinds of media, which are built on this module.
        from annotator.io.media.opening import open_media

        media = open_media(self.path, cache_dir=self.cache_dir or None, stop=stop)
        if self.fingerprint and media.fingerprint != self.fingerprint:
            media.close()
            raise MediaChanged(
                f"{self.path} is not what this project was made with: its frames have changed.",
                LOCATE_HINT,
            )
        return media


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """When the frames are shown.

    Attributes:
        pts: int64 [N], strictly ascending presentation times in units of `time_base`.
        time_base: seconds per unit.
        fps: average rate in frames per second.
    """

    pts: NDArray[np.int64]
    time_base: Fraction
    fps: Fraction


class Media(ABC):
    """A video or an image folder: exact frames in presentation order (core.types.FrameReader).

    `read` may be called from several threads; calls take turns. Pickles as its `MediaRef`: the
    process that unpickles it opens a decoder of its own.

    Attributes:
        notes: sentences for the user about damage and gaps that were found when opening; empty if
            none.
    """

    kind: MediaKind

    def __init__(self, path: Path, size: Size, timing: Timing, cache_dir: Path | None) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self._size = size
        self._timing = timing
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._closed = False

    @property
    def ref(self) -> MediaRef:
        """What another process needs to open the same media."""
        cache = str(self._cache_dir or "")
        return MediaRef(str(self.path), self.kind, cache, self.fingerprint)

    @property
    def size(self) -> Size:
        """Width and height of every frame as it is shown (rotation applied)."""
        return self._size

    @property
    def pixel_aspect(self) -> Fraction:
        """Width of a pixel over its height as it is meant to be seen: 1 but for some videos."""
        return Fraction(1)

    @property
    def fps(self) -> Fraction:
        """Average rate in frames per second."""
        return self._timing.fps

    @property
    def time_base(self) -> Fraction:
        """Seconds per unit of `pts_ticks`."""
        return self._timing.time_base

    @property
    def pts_ticks(self) -> NDArray[np.int64]:
        """int64 [N], strictly ascending presentation times in units of `time_base`; read-only."""
        return self._timing.pts

    def __len__(self) -> int:
        return len(self._timing.pts)

    def pts(self, frame: int) -> float:
        """Presentation time of `frame` in seconds. Raises IndexError."""
        return float(int(self._timing.pts[self._checked(frame)]) * self._timing.time_base)

    def frame_at(self, seconds: float) -> int:
        """The frame that is on show at `seconds`; the first one before the start."""
        ticks = float(Fraction(seconds) / self._timing.time_base)
        # Half a tick of slack: a time that was a frame's own float must find that frame again.
        shown = int(np.searchsorted(self._timing.pts, ticks + 0.5, side="right")) - 1
        return max(shown, 0)

    @abstractmethod
    def name(self, frame: int) -> str:
        """Name of `frame` for exported files: the stem of an image file, five digits in a video.

        Raises IndexError.
        """

    @property
    @abstractmethod
    def files(self) -> tuple[Path, ...]:
        """All files that the frames are in."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Hex digest that stays the same when the media move and changes when frames change."""

    @property
    def pixel_source(self) -> str:
        """Hex digest that changes whenever `read` may give other pixels, be it by one bit."""
        return self.fingerprint

    def read(self, frame: int) -> Image:
        """uint8 [H, W, 3] RGB, read-only. Raises MediaError, IndexError."""
        image = self.read_unless(frame, never)
        assert image is not None, "nothing asked to stop"
        return image

    def read_unless(self, frame: int, stop: Stop) -> Image | None:
        """Like `read`, but gives up and returns None soon after `stop()` has become true.

        Lets a prefetch step aside for a person who is waiting. Raises MediaError, IndexError.
        """
        frame = self._checked(frame)
        # Outside of the lock: a copy need not wait for what is being decoded.
        image = None if self._closed else self._copy(frame)
        if image is None:
            with self._lock:
                self._check_open()
                image = None if stop() else self._decode(frame, stop)
        if image is not None:
            image.flags.writeable = False
        return image

    @abstractmethod
    def keep_findings(self, cache_dir: Path) -> None:
        """Leave in a cache folder what opening took long to find out: whoever opens the media with
        that folder need not look again. A disk that refuses is no failure."""

    def close(self) -> None:
        """Let go of the file. Reading afterwards raises MediaError; closing twice is fine."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[[], Media], tuple[()]]:
        return self.ref.open, ()

    def _copy(self, frame: int) -> Image | None:
        """What `_decode` gave for that frame before, where that is at hand sooner."""
        return None

    @abstractmethod
    def _decode(self, frame: int, stop: Stop) -> Image | None:
        """Read a frame whose number has been checked, holding the lock."""

    @abstractmethod
    def _release(self) -> None:
        """Let go of open files; may be called again."""

    def _check_open(self) -> None:
        if self._closed:
            raise MediaError(f"{self.path.name} has been closed.", "Open it again.")

    def _checked(self, frame: int) -> int:
        count = len(self)
        if not 0 <= frame < count:
            raise IndexError(f"frame {frame} is outside 0..{count - 1} of {self.path.name}")
        return int(frame)
