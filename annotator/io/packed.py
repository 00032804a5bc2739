"""A project as one file, NAME.strokeflowz: a ZIP that any unzip program opens.

In it lie, as in a project folder, `project.db`, `models/` and, where they were wanted, `media/`;
last comes `manifest.json`, which lists all others with size and sum. What comes from elsewhere is
taken only if it is exactly what its list says and lies where a project has a place for it.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec

from annotator.core.errors import DiskError, ProjectError
from annotator.io.store import DATABASE, PACKED_SUFFIX
from annotator.io.weights import SUFFIX as MODEL_SUFFIX

MANIFEST = "manifest.json"
MODELS, MEDIA = "models", "media"
FORMAT = 1
_HINT = "It is damaged, or not from Strokeflow; nothing was unpacked."
_LIST_LIMIT = 32 << 20
"""Bytes of the manifest, and of the ZIP's own directory, that are read at most."""
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What reading a damaged ZIP or manifest raises."""
_CHUNK = 1 << 20
_LARGE = 1 << 30
_DENSE = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10)))
)

Time = Annotated[float, msgspec.Meta(ge=0, le=32_503_680_000)]
"""Seconds since 1970, before the year 3000: later ones are no date everywhere."""
Rate = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Member(msgspec.Struct, frozen=True):
    """One file: its name (with "/"), its size in bytes, and the SHA-256 of its content."""

    name: str
    size: Count
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a packed project says about itself.

    Attributes:
        format: of the file; `FORMAT` is the newest that is known.
        app_version: that packed it.
        name: of the project, without suffix.
        packed: when, seconds since 1970.
        media: name of the media that are in it, "" where they are not.
        made_with: name of the media that the project was made with.
        kind, width, height, n_frames, fps: of those media, as in `StoreMeta`.
        members: all files but the manifest itself.
    """

    format: int
    app_version: str
    name: str
    packed: Time
    media: str
    made_with: str
    kind: str
    width: Count
    height: Count
    n_frames: Count
    fps: Rate
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all members."""
        return sum(member.size for member in self.members)


def has_place(name: str) -> bool:
    """Whether a member of that name is part of a project, and may be a file on this system."""
    parts = name.split("/")
    if not all(map(_is_plain, parts)):
        return False
    match parts:
        case [only]:
            return only == DATABASE
        case [folder, file]:
            return folder == MEDIA or (folder == MODELS and file.endswith(MODEL_SUFFIX))
        case [folder, _, _]:
            return folder == MEDIA
    return False


def _is_plain(part: str) -> bool:
    """Whether this may be the name of a file or folder."""
    if part in ("", ".", "..") or set("/\\") & set(part):
        return False
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in part):
        return False
    if os.name == "nt" and (
        set('<>:"|?*') & set(part) or part[-1] in ". " or part.split(".")[0].lower() in _DEVICES
    ):
        return False
    return len(part.encode("utf-8")) <= 255


# -- writing


class PackWriter:
    """Fills a new file. Members are added one by one, `finish` adds the manifest."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: list[Member] = []

    def add(self, name: str, content: Iterable[bytes], size: int) -> Iterator[int]:
        """Add a member of `size` bytes; yields how many were written, piece by piece.

        What is dense already, as videos are, is stored as it is. Raises ProjectError where the
        content has another size.
        """
        digest, done = hashlib.sha256(), 0
        dense = name.startswith(f"{MEDIA}/") and _is_dense(name)
        with self._archive.open(_entry(name, dense), "w", force_zip64=size > _LARGE) as target:
            for piece in content:
                done += len(piece)
                if done > size:
                    break
                target.write(piece)
                digest.update(piece)
                yield len(piece)
        if done != size:
            raise ProjectError(f"'{name}' changed while it was packed.", "Pack the project again.")
        self.members.append(Member(name, size, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which lists `members`."""
        self._archive.writestr(_entry(MANIFEST, False), msgspec.json.encode(manifest))


def _is_dense(name: str) -> bool:
    from annotator.io.media.base import IMAGE_SUFFIXES  # NumPy: `info` of a file needs none

    suffix = PurePosixPath(name).suffix.lower()
    return suffix in _DENSE or suffix not in IMAGE_SUFFIXES


def _entry(name: str, dense: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.localtime()[:6])
    entry.compress_type = zipfile.ZIP_STORED if dense else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


# -- reading


class PackedProject:
    """An open packed project whose list and directory agree. Made by `open_packed`."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._archive = archive

    def content(self, member: Member) -> Iterator[bytes]:
        """The bytes of a member, never more than its size. Raises ProjectError, at the end at the
        latest, where they are not what the list says."""
        digest, left = hashlib.sha256(), member.size
        with _damage_told(self.path), self._archive.open(member.name) as source:
            while piece := source.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    break
                digest.update(piece)
                yield piece
        if left or digest.hexdigest() != member.sha256:
            raise _refusal(self.path, f"'{member.name}' is not what its list says")


@contextmanager
def open_packed(path: Path) -> Iterator[PackedProject]:
    """Open a packed project and compare its list with its directory; contents are compared when
    they are read. Raises ProjectError, DiskError."""
    with ExitStack() as held:
        with _damage_told(path):
            file = held.enter_context(_Careful(io.FileIO(path)))
            archive = held.enter_context(zipfile.ZipFile(file))
            manifest = _checked(path, archive)
        yield PackedProject(path, archive, manifest)


class _Careful(io.BufferedReader):
    """Refuses to read much at once: a ZIP's directory is, however large it claims to be."""

    def read(self, count: int | None = -1, /) -> bytes:
        here = self.tell()
        asked = self.seek(0, os.SEEK_END) - here if count is None or count < 0 else count
        self.seek(here)
        if asked > _LIST_LIMIT:
            raise zipfile.BadZipFile(f"{asked} bytes at once")
        return super().read(asked)


def read_manifest(path: Path) -> Manifest:
    """What a packed project says about itself. Raises as `open_packed`."""
    with open_packed(path) as packed:
        return packed.manifest


def is_packed(path: Path) -> bool:
    """Whether the path is that of a packed project, by its name."""
    return path.suffix.lower() == PACKED_SUFFIX and not path.is_dir()


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ProjectError(f"There is no file {path}.", "Check the path.") from error
    except OSError as error:
        raise DiskError(f"Cannot read {path}: {error.strerror}.", "Check the path.") from error
    except _DAMAGE as error:
        raise ProjectError(
            f"'{path}' is no packed project, or it is damaged.",
            "Choose a NAME.strokeflowz file, or get it once more.",
        ) from error


def _refusal(path: Path, why: str) -> ProjectError:
    return ProjectError(f"'{path}' is refused: {why}.", _HINT)


def _checked(path: Path, archive: zipfile.ZipFile) -> Manifest:
    """The manifest, if the directory lists exactly what it lists."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = entry.filename
        if name in entries:
            raise _refusal(path, f"'{name}' is in it twice")
        if name != MANIFEST and not has_place(name):
            raise _refusal(path, f"'{name}' has no place in a project")
        mode = entry.external_attr >> 16
        if entry.is_dir() or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
            raise _refusal(path, f"'{name}' is no plain file")
        known = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not known or entry.flag_bits & 0x1:
            raise _refusal(path, f"'{name}' is packed in another way")
        entries[name] = entry
    manifest = _manifest(path, archive, entries.pop(MANIFEST, None))
    listed = {member.name: member for member in manifest.members}
    if len(listed) < len(manifest.members):
        raise _refusal(path, "its list names a file twice")
    for name, entry in entries.items():
        if name not in listed:
            raise _refusal(path, f"'{name}' is not in its list")
        if entry.file_size != listed[name].size:
            raise _refusal(path, f"'{name}' is not what its list says")
    missing = sorted({DATABASE, *listed} - entries.keys())
    if missing:
        raise _refusal(path, f"'{missing[0]}' is missing")
    place = f"{MEDIA}/{manifest.media}"
    if manifest.media and not any(n == place or n.startswith(f"{place}/") for n in listed):
        raise _refusal(path, f"'{place}' is missing")
    return manifest


def _manifest(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> Manifest:
    if entry is None:
        raise _refusal(path, f"'{MANIFEST}' is missing")
    if entry.file_size > _LIST_LIMIT:
        raise _refusal(path, "its list is too large")
    data = archive.read(entry)
    written = msgspec.json.decode(data, type=_Version).format
    if written > FORMAT:
        raise ProjectError(
            f"'{path}' was packed by a newer Strokeflow (format {written}, this one reads up to "
            f"{FORMAT}).",
            "Update Strokeflow to unpack it.",
        )
    manifest = msgspec.json.decode(data, type=Manifest)
    if not all(map(_is_plain, (manifest.name, *filter(None, (manifest.media,))))):
        raise _refusal(path, "its list has odd names")
    return manifest


class _Version(msgspec.Struct, frozen=True):
    """The one thing that every manifest says, whatever its version."""

    format: Annotated[int, msgspec.Meta(ge=1)]
