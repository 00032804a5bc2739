"""Where weights lie and what is known about them, without loading them.

A stored model is one safetensors file whose metadata say where it comes from. The sum in the
metadata covers the names, types, shapes and bytes of all tensors, so a damaged file is found.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

import resources
from annotator.core.errors import DiskError, RequestError
from annotator.io.atomic import atomic_file, disk_errors

SUFFIX = ".safetensors"
CONTENT_SUM = "content_sha256"
CONFIG = "config"
"""JSON of what a network is built with, in a file's metadata."""
LICENCE = "licence"
"""Of the weights, in a file's metadata."""
_HEADER_LIMIT = 32 << 20
_CHUNK = 4 << 20


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Name, safetensors' name of the type, shape, and where its bytes lie in the file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """A model file: metadata and tensors, without their values."""

    path: Path
    metadata: Mapping[str, str]
    tensors: tuple[StoredTensor, ...]

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        total = 0
        for tensor in self.tensors:
            count = 1
            for side in tensor.shape:
                count *= side
            total += count
        return total

    def content_sum(self) -> str:
        """SHA-256 over names, types, shapes and bytes, in the order of the names."""
        digest = ContentSum()
        with disk_errors(self.path), self.path.open("rb") as file:
            for tensor in sorted(self.tensors, key=lambda t: t.name):
                file.seek(tensor.begin)
                digest.begin(tensor.name, tensor.dtype, tensor.shape)
                left = tensor.end - tensor.begin
                while left > 0 and (block := file.read(min(_CHUNK, left))):
                    digest.add(block)
                    left -= len(block)
        return digest.hex()


class ContentSum:
    """The sum that a model's metadata carry; feed tensors in the order of their names."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def begin(self, name: str, dtype: str, shape: Iterable[int]) -> None:
        self._digest.update(json.dumps([name, dtype, list(shape)]).encode())

    def add(self, block: bytes | memoryview) -> None:
        self._digest.update(block)

    def hex(self) -> str:
        return self._digest.hexdigest()


def read_weights(path: Path) -> StoredWeights:
    """Read the header of a safetensors file. Raises RequestError where it is none, DiskError."""
    with disk_errors(path):
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(_HEADER_LIMIT, size - 8):
                raise _no_weights(path)
            raw = file.read(length)
    try:
        header = json.loads(raw)
        metadata = {str(k): str(v) for k, v in header.pop("__metadata__", {}).items()}
        tensors = tuple(_tensor(name, entry, 8 + length) for name, entry in header.items())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _no_weights(path) from error
    if any(not 0 <= t.begin <= t.end <= size for t in tensors):
        raise RequestError(f"{path} is cut off.", "Remove it and fetch or import it again.")
    return StoredWeights(path, metadata, tensors)


def _tensor(name: str, entry: Mapping, start: int) -> StoredTensor:
    begin, end = entry["data_offsets"]
    shape = tuple(int(side) for side in entry["shape"])
    return StoredTensor(name, str(entry["dtype"]), shape, start + int(begin), start + int(end))


def _no_weights(path: Path) -> RequestError:
    return RequestError(
        f"{path} is no safetensors file.", "Import a checkpoint with 'strokeflow models import'."
    )


def data_folder() -> Path:
    """The user's folder for models; the environment variable STROKEFLOW_DATA names another."""
    named = os.environ.get("STROKEFLOW_DATA")
    return Path(named) if named else Path(platformdirs.user_data_dir("strokeflow", appauthor=False))


def shipped_weights() -> Path:
    """The folder of the weights that come with the application."""
    return Path(resources.__file__).parent / "weights"


class _Terms(msgspec.Struct, frozen=True):
    commercial_only: bool = False


class WeightFolders:
    """Finds the weights of a model: those of the user, else those that come with the application.

    Args:
        user: folder of everything fetched or imported; `terms.json` beside it says which licences
            are accepted.
        shipped: folder of the application's own weights.
    """

    def __init__(self, user: Path, shipped: Path | None = None) -> None:
        self.user, self._shipped = user, shipped
        self._terms = user.parent / "terms.json"

    @property
    def commercial_only(self) -> bool:
        """True if weights for non-commercial use only must not be used."""
        try:
            return msgspec.json.decode(self._terms.read_bytes(), type=_Terms).commercial_only
        except FileNotFoundError:
            return False
        except (OSError, msgspec.DecodeError):
            return True  # somebody chose, and the stricter reading harms nobody

    def set_commercial_only(self, on: bool) -> None:
        """Raises DiskError."""
        with disk_errors(self._terms):
            self._terms.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(self._terms) as part, disk_errors(self._terms):
            part.write_bytes(msgspec.json.encode(_Terms(on)))

    def stored(self, model: str) -> Path:
        """Where the user's file of a model is, or would be."""
        return self.user / _file_name(model)

    @staticmethod
    def fitted(project: Path, backend: str) -> Path:
        """Where the weights are that a backend learnt from a project."""
        return project / "models" / f"{backend}{SUFFIX}"

    def ships(self, path: Path) -> bool:
        """True if a file came with the application."""
        return self._shipped is not None and path.parent == self._shipped

    def files(self, model: str) -> list[Path]:
        """What is here of a model whatever its licence, the user's first."""
        places = [self.stored(model)]
        if self._shipped is not None:
            places.append(self._shipped / _file_name(model))
        return [path for path in places if path.is_file()]

    def allowed(self, model: str) -> list[Path]:
        """Those that may be used."""
        found = self.files(model)
        if found and self.commercial_only:
            found = [path for path in found if not non_commercial(licence_of(path))]
        return found

    def find(self, model: str) -> Path | None:
        """The file of a model that would be used, if there is one."""
        return next(iter(self.allowed(model)), None)


def non_commercial(licence: str) -> bool:
    """True if a licence says that it allows no commercial use."""
    plain = licence.casefold().replace("-", "").replace(" ", "")
    return "noncommercial" in plain or "bync" in plain


def licence_of(path: Path) -> str:
    """What a file of weights says about its licence; "" if nothing, or if it cannot be read."""
    try:
        return read_weights(path).metadata.get(LICENCE, "")
    except (RequestError, DiskError):
        return ""  # whoever loads it is told what is wrong with it


def _file_name(model: str) -> str:
    return f"{model.replace(':', '-').replace('/', '-')}{SUFFIX}"
