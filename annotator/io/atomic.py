"""Writing so that an interruption leaves either the old state or the new one, never half of it."""

from __future__ import annotations

import errno
import math
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from annotator.core.errors import DiskError

_PART = re.compile(r"\.(?P<name>.+)\.(?P<owner>\d+)-[0-9a-f]{8}\.(?P<kind>part|old)")
_COLD_S = 24 * 3600.0
_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space or choose another disk."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space or choose another disk."),
    errno.EROFS: ("the disk is read-only", "Choose another folder."),
    errno.EACCES: ("writing there is not allowed", "Choose another folder or change its rights."),
    errno.EPERM: ("writing there is not allowed", "Choose another folder or change its rights."),
    errno.ENOTDIR: ("a part of that path is a file, not a folder", "Choose another folder."),
    errno.EEXIST: ("something is there already", "Choose another name."),
    errno.ENOENT: ("that folder is gone", "If it was moved, use its new place."),
    errno.EISDIR: ("that is a folder, not a file", "Choose another name."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
    errno.EIO: ("the disk reports a fault", "Check the disk, or choose another one."),
}


def disk_error(path: Path, error: OSError) -> DiskError:
    """`error`, met while writing `path`, in plain words."""
    reason, hint = _REASONS.get(
        error.errno or 0,
        (error.strerror or type(error).__name__, "Check the disk, or choose another folder."),
    )
    return DiskError(f"Cannot write {path}: {reason}.", hint)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` of the body into a `DiskError` that names `path`."""
    try:
        yield
    except OSError as error:
        raise disk_error(path, error) from error


def make_folder(folder: Path, within: Path | None = None) -> None:
    """Make a folder with those above it, if it is not there.

    Args:
        within: a folder that must be there: what belongs into a project must not begin another one
            at the place that the project was moved away from.

    Raises OSError.
    """
    if within is not None and not within.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(within))
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def atomic_file(path: Path, within: Path | None = None) -> Iterator[Path]:
    """Give the body a temporary file beside `path` and put it in place when the body succeeds.

    The body must close the file before it returns. If it raises, `path` is what it was before.
    Missing parent folders are made, see `make_folder`. Raises DiskError.
    """
    with disk_errors(path):
        make_folder(path.parent, within)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
        if path.exists() and not path.is_file():
            # A rename would put a file in the place of /dev/null or of a pipe.
            raise DiskError(f"Cannot write {path}: that is a device.", "Choose another name.")
    recover(path)
    part = _sibling(path, "part")
    try:
        with disk_errors(path):
            yield part
            _flush(part)
            part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextmanager
def scratch_file(path: Path) -> Iterator[Path]:
    """Give the body the name of a temporary file beside `path`, which is gone afterwards; one that
    a killed process left goes when `path` is written next. Raises DiskError."""
    scratch = _sibling(path, "part")
    try:
        yield scratch
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path, *, replace: bool = True) -> Iterator[Path]:
    """Give the body an empty temporary folder and put it in the place of `path` on success.

    What `path` held before is removed only after the new folder stands there; without `replace`,
    nothing may be there. If the body raises, `path` is what it was before. Missing parent folders
    are made. Raises DiskError.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    recover(path)
    part = _sibling(path, "part")
    try:
        with disk_errors(path):
            part.mkdir()
            yield part
            if not replace and os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, "File exists", str(path))
            _swap(part, path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def recover(path: Path) -> None:
    """Clear what a killed process left beside `path`: bring back a folder that was being replaced,
    remove half-written parts. Parts of living processes stay."""
    prefix = f".{path.name}."
    try:
        siblings = [p for p in path.parent.iterdir() if p.name.startswith(prefix)]
    except OSError:
        return
    for sibling in siblings:
        owner, _, rest = sibling.name.removeprefix(prefix).partition("-")
        kind = rest.rpartition(".")[2]
        if not owner.isdigit() or kind not in ("part", "old") or psutil.pid_exists(int(owner)):
            continue
        with suppress(OSError):
            if kind == "old" and not path.exists():
                sibling.rename(path)
            elif sibling.is_dir():
                shutil.rmtree(sibling)
            else:
                sibling.unlink()


def recover_all(folder: Path) -> None:
    """`recover` everything that killed processes were writing in a folder."""
    try:
        parts = [p.name for p in folder.iterdir() if p.name.startswith(".")]
    except OSError:
        return
    for name in {found["name"] for part in parts if (found := _PART.fullmatch(part))}:
        recover(folder / name)


def sweep(folder: Path, suffixes: tuple[str, ...]) -> None:
    """Remove parts of files and folders with one of `suffixes` that killed processes left in a
    folder, also where nobody will write under their names again.

    Only what bears a name as we give it, whose process is gone, and of which nothing changed for a
    day: another machine or container may write there, and its processes are not to be seen here.
    """
    try:
        with os.scandir(folder) as entries:  # there may be very many
            names = [entry.name for entry in entries if entry.name.startswith(".")]
    except OSError:
        return
    parts: dict[tuple[str, str], list[Path]] = {}
    for path, match in ((folder / name, _PART.fullmatch(name)) for name in names):
        if match and match["kind"] == "part" and match["name"].lower().endswith(suffixes):
            parts.setdefault((match["name"], match["owner"]), []).append(path)
    for (_name, owner), paths in parts.items():
        # While a process fills one of its parts it may leave another one alone for long.
        changed = max(map(_changed, paths))
        if time.time() - changed < _COLD_S or _may_be_of(int(owner), changed):
            continue
        for path in paths:
            with suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def _changed(path: Path) -> float:
    """When a file, or anything in a folder, was changed last; infinite where nobody can tell."""
    try:
        times = [path.lstat().st_mtime]
        if path.is_dir() and not path.is_symlink():
            times += [inner.lstat().st_mtime for inner in path.rglob("*")]
    except OSError:
        return math.inf
    return max(times)


def _may_be_of(pid: int, changed: float) -> bool:
    """Whether a process that runs here wrote something at that time; a younger one of the same
    number did not."""
    try:
        return psutil.Process(pid).create_time() <= changed
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, OverflowError):
        return True


def _sibling(path: Path, kind: str) -> Path:
    # Beside the target, because a rename is atomic only within one file system.
    return path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.{kind}")


def _flush(path: Path) -> None:
    # Without this a power cut after the rename may leave an empty file under the final name.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _swap(part: Path, path: Path) -> None:
    if not path.exists():
        part.rename(path)
        return
    old = _sibling(path, "old")
    path.rename(old)
    try:
        part.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)
