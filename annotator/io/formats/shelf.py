"""Masks of a large file, laid aside on disk until their frame is read."""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import overload

from annotator.core.types import Mask, Size
from annotator.io.formats.instances import Instance, Track

Draw = Callable[[bytes, Size], Mask]
"""From the record of a mask to bool [H, W]; raises what `Instance.draw` may."""


class Shelf:
    """Records of masks by the picture they belong to.

    A record costs its bytes on disk and some 32 bytes of memory. The file is gone with the shelf.
    """

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the shelf
        weakref.finalize(self, self._file.close)
        self._end = 0
        self._rows: dict[Hashable, array[int]] = {}
        self._labels: dict[str, int] = {}
        self._tracks: dict[Track, int] = {}
        self._label_of: list[str] = []
        self._track_of: list[Track] = []
        self._retrack: Callable[[str, Track], Track] | None = None

    def put(self, picture: Hashable, record: bytes, label: str, track: Track) -> None:
        """Lay aside one mask of `picture`, on top of those before."""
        self._file.seek(self._end)
        self._file.write(record)
        rows = self._rows.setdefault(picture, array("q"))
        rows.extend((self._end, len(record)))
        rows.extend((self._number_of_label(label), self._number_of_track(track)))
        self._end += len(record)

    def relabel(self, names: Mapping[str, str]) -> None:
        """Put names in the place of labels, once a file has told them all; "" for unknown ones."""
        self._label_of = [names.get(label, "") for label in self._label_of]

    def retrack(self, track: Callable[[str, Track], Track]) -> None:
        """Let `track(label, track)` say what tells objects apart, once the file is known."""
        self._retrack = track

    def pictures(self) -> list[Hashable]:
        """All pictures that have a mask, in the order of their first ones."""
        return list(self._rows)

    def of(self, picture: Hashable) -> Sequence[Instance]:
        """The masks of a picture in their order; read from disk where they are drawn."""
        return _Row(self, self._rows.get(picture, array("q")))

    def instance(self, start: int, length: int, label: int, track: int) -> Instance:
        name, stated = self._label_of[label], self._track_of[track]
        told = self._retrack(name, stated) if self._retrack else stated
        return Instance(partial(self._drawn, start, length), name, told)

    def _drawn(self, start: int, length: int, size: Size) -> Mask:
        self._file.seek(start)
        return self._draw(self._file.read(length), size)

    def _number_of_label(self, label: str) -> int:
        number = self._labels.setdefault(label, len(self._labels))
        if number == len(self._label_of):
            self._label_of.append(label)
        return number

    def _number_of_track(self, track: Track) -> int:
        number = self._tracks.setdefault(track, len(self._tracks))
        if number == len(self._track_of):
            self._track_of.append(track)
        return number


class _Row(Sequence[Instance]):
    """Masks of one picture; four numbers each: start, length, label, track."""

    def __init__(self, shelf: Shelf, rows: array[int]) -> None:
        self._shelf = shelf
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows) // 4

    @overload
    def __getitem__(self, index: int) -> Instance: ...

    @overload
    def __getitem__(self, index: slice) -> list[Instance]: ...

    def __getitem__(self, index: int | slice) -> Instance | list[Instance]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._shelf.instance(*self._rows[4 * index : 4 * index + 4])
