"""The two changes a project can undergo, each with its exact inverse.

`swap(db, op)` carries an op out and returns the op that takes it back. Doing, undoing and redoing
are the same call; history keeps only the inverse, so a step costs one state, not two.
"""

from __future__ import annotations

import sqlite3
import struct
from dataclasses import dataclass

import numpy as np
import zstandard
from numpy.typing import NDArray

from annotator.core.errors import ProjectError
from annotator.core.raster import TILE, tile_slices
from annotator.core.types import LabelMap
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.io.store.schema import DOCUMENT_TABLES

Tile = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Put:
    """Make `data` the value of `table[key]`; None removes it. A label map is encoded on writing."""

    table: str
    key: int
    data: bytes | LabelMap | None


@dataclass(frozen=True, slots=True)
class PaintTiles:
    """Make `tiles` (uint8 arrays by tile row and column) the pixels of a frame's label map.

    `shape` (height, width) is needed where the frame has no label map yet.
    """

    frame: int
    shape: tuple[int, int]
    tiles: dict[Tile, NDArray[np.uint8]]


Op = Put | PaintTiles


def swap(db: sqlite3.Connection, op: Op) -> Op:
    """Carry `op` out inside the open transaction; returns its inverse."""
    return _swap_row(db, op) if isinstance(op, Put) else _swap_tiles(db, op)


def _read(db: sqlite3.Connection, table: str, key: int) -> bytes | None:
    if table not in DOCUMENT_TABLES:
        raise ProjectError(f"The history names an unknown table '{table}'.")
    row = db.execute(f"SELECT data FROM {table} WHERE key = ?", (key,)).fetchone()
    return None if row is None else bytes(row[0])


def _write(db: sqlite3.Connection, table: str, key: int, data: bytes | None) -> None:
    if data is None:
        db.execute(f"DELETE FROM {table} WHERE key = ?", (key,))
    else:
        db.execute(
            f"INSERT INTO {table} (key, data) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET data = excluded.data",
            (key, data),
        )


def _swap_row(db: sqlite3.Connection, op: Put) -> Put:
    old = _read(db, op.table, op.key)
    data = op.data
    if isinstance(data, np.ndarray):
        # An empty map is no row: the store then says the same for "never touched" and "erased".
        data = encode_label_map(data) if data.any() else None
    _write(db, op.table, op.key, data)
    return Put(op.table, op.key, old)


def _swap_tiles(db: sqlite3.Connection, op: PaintTiles) -> PaintTiles:
    data = _read(db, "labels", op.frame)
    label_map = np.zeros(op.shape, np.uint8) if data is None else decode_label_map(data)
    old = {}
    for tile, pixels in op.tiles.items():
        place = tile_slices(*tile)
        old[tile] = label_map[place].copy()
        label_map[place] = pixels
    _write(db, "labels", op.frame, encode_label_map(label_map) if label_map.any() else None)
    return PaintTiles(op.frame, op.shape, old)


# -- history items: (kind, key, data) rows

_TILES_KIND = "tiles"
_TILES_HEAD = struct.Struct("<III")
_TILE_HEAD = struct.Struct("<HHBB")


def to_item(op: Op) -> tuple[str, int, bytes | None]:
    """The op as a history row."""
    if isinstance(op, Put):
        data = encode_label_map(op.data) if isinstance(op.data, np.ndarray) else op.data
        return op.table, op.key, data
    parts = [_TILES_HEAD.pack(*op.shape, len(op.tiles))]
    for (row, column), pixels in sorted(op.tiles.items()):
        height, width = pixels.shape
        parts.append(_TILE_HEAD.pack(row, column, height, width))
        parts.append(np.ascontiguousarray(pixels).tobytes())
    return _TILES_KIND, op.frame, zstandard.ZstdCompressor(level=1).compress(b"".join(parts))


def from_item(kind: str, key: int, data: bytes | None) -> Op:
    """Inverse of `to_item`."""
    if kind != _TILES_KIND:
        return Put(kind, key, None if data is None else bytes(data))
    raw = zstandard.ZstdDecompressor().decompress(bytes(data or b""), max_output_size=1 << 29)
    *shape, count = _TILES_HEAD.unpack_from(raw)
    at = _TILES_HEAD.size
    tiles = {}
    for _ in range(count):
        row, column, height, width = _TILE_HEAD.unpack_from(raw, at)
        at += _TILE_HEAD.size
        pixels = np.frombuffer(raw, np.uint8, height * width, at).reshape(height, width)
        at += height * width
        tiles[row, column] = pixels
    return PaintTiles(key, (shape[0], shape[1]), tiles)


def item_bytes(op_item: tuple[str, int, bytes | None]) -> int:
    """What a history row costs, with its share of the table's overhead."""
    return 32 + len(op_item[2] or b"")


assert TILE <= 255, "tile sides are stored in one byte"
