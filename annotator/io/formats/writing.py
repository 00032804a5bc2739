"""What exporters share: a folder that is replaced whole, and threads that write files."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from annotator.core.cores import usable_cores
from annotator.core.errors import FormatError
from annotator.io.atomic import atomic_folder
from annotator.io.formats.base import IoControl, LabelSource, MediaInfo
from annotator.io.formats.framemap import FILE_NAME, MapWriter, read_map
from annotator.io.media import spoils

Encoder = Callable[[], bytes]
"""Makes the bytes of one file; runs in a thread, so it must hold all that it needs."""


@contextmanager
def export_folder(out: Path) -> Iterator[Path]:
    """Give the body an empty folder that takes the place of `out` when it succeeds.

    `out` may be new, empty, or an earlier export; anything else is refused, because it would be
    lost. Raises FormatError, DiskError.
    """
    if out.is_symlink():
        out = out.resolve()
    _refuse_foreign(out)
    with atomic_folder(out) as folder:
        yield folder


@contextmanager
def document_folder(
    out: Path, source: LabelSource, export: str, extras: Sequence[str] = ()
) -> Iterator[tuple[Path, MapWriter]]:
    """Like `export_folder`, with an open frame map in it, for files that hold several frames.

    `extras` names the files that belong to no frame.
    """
    refuse_unsafe_names(source)
    with (
        export_folder(out) as folder,
        MapWriter(folder / FILE_NAME, source, export, extras) as frame_map,
    ):
        yield folder, frame_map


def write_frames(
    source: LabelSource,
    folder: Path,
    control: IoControl,
    export: str,
    plan: Callable[[int], Mapping[str, Encoder]],
    extras: Sequence[str] = (),
) -> int:
    """Write the files of all selected frames into `folder`, with the frame map beside them.

    Args:
        plan: for a frame, the files to write (relative names with forward slashes) and how to
            encode each. It is called here, frame by frame; the encoders run in threads.
        extras: files of the export that the caller writes.

    Returns the number of frames. At most a few frames are in memory at any time.
    """
    frames = source.frames
    refuse_unsafe_names(source)
    workers = min(4, usable_cores())
    made: set[Path] = set()
    pending: deque[Future[None]] = deque()
    done = 0
    with (
        MapWriter(folder / FILE_NAME, source, export, extras) as frame_map,
        ThreadPoolExecutor(workers, thread_name_prefix="export") as pool,
    ):
        try:
            for frame in frames:
                control.checkpoint()
                files = plan(frame)
                for name in files:
                    parent = (folder / name).parent
                    if parent not in made:
                        parent.mkdir(parents=True, exist_ok=True)
                        made.add(parent)
                pending.append(pool.submit(_write_all, folder, files))
                frame_map.add(frame, files)
                while len(pending) > 2 * workers:
                    pending.popleft().result()
                    done += 1
                    control.progress(done, len(frames))
            for future in pending:
                future.result()
                done += 1
                control.progress(done, len(frames))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return len(frames)


def file_target(out: Path, default_name: str, media: MediaInfo) -> Path:
    """The file to write; `out` may name a folder (one that exists, or a name without suffix).

    Raises FormatError where that would replace the media or add an image to them.
    """
    target = out / default_name if out.is_dir() or not out.suffix else out
    if media.path is not None and spoils(target, media.path):
        raise FormatError(f"{target} belongs to the media of the project.", "Choose another name.")
    return target


def _write_all(folder: Path, files: Mapping[str, Encoder]) -> None:
    for name, encode in files.items():
        (folder / name).write_bytes(encode())


def refuse_unsafe_names(source: LabelSource) -> None:
    """Raises FormatError if the name of a frame cannot be that of a file."""
    # Names may come from a project file that somebody else made.
    for frame in source.frames:
        name = source.media.names[frame]
        if not name or name in (".", "..") or any(c in name for c in "/\\\0"):
            raise FormatError(
                f"The name of frame {frame}, {name!r}, cannot be a file name.",
                "Rename the image and open it again.",
            )


def _refuse_foreign(out: Path) -> None:
    hint = "Choose a new or an empty folder."
    if not out.exists():
        return
    if not out.is_dir():
        raise FormatError(f"{out} is a file, not a folder.", hint)
    if not any(out.iterdir()):
        return
    earlier = read_map(out / FILE_NAME)
    ours = {FILE_NAME}
    if earlier is not None:
        ours.update(earlier.extras)
        ours.update(name for row in earlier.frames for name in row.files)
    for base, _, names in os.walk(out):
        for name in names:
            file = Path(base, name)
            if file.relative_to(out).as_posix() not in ours:
                raise FormatError(f"{out} holds other files, such as {file.name}.", hint)
