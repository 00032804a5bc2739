"""How document values look as bytes in the project's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.core.cells import CELL_DTYPE, CellTable
from annotator.core.document import PlacedStroke
from annotator.core.errors import ProjectError
from annotator.core.marks import MarkTable, cut_rows
from annotator.core.objects import ObjectInfo
from annotator.core.review import STAGES, Acceptance, Remark, RemarkTable, Reply, StageChange
from annotator.core.types import Stroke

CELL_RECORD = np.dtype([("object", "u1"), *((n, CELL_DTYPE[n]) for n in CELL_DTYPE.names or ())])
"""One cell in the `cells` row of its frame; `backend` indexes the table `backends`."""


class _StrokeRecord(msgspec.Struct, array_like=True):
    frame: int
    object_id: int
    radius: float
    points: bytes


def encode_object(info: ObjectInfo) -> bytes:
    return msgspec.json.encode(info)


def decode_object(data: bytes) -> ObjectInfo:
    return _decode(lambda: msgspec.json.decode(data, type=ObjectInfo), "object")


def encode_stroke(placed: PlacedStroke) -> bytes:
    stroke = placed.stroke
    points = stroke.points.astype("<f4").tobytes()
    return msgspec.msgpack.encode(
        _StrokeRecord(placed.frame, stroke.object_id, stroke.radius, points)
    )


def decode_stroke(key: int, data: bytes) -> PlacedStroke:
    def read() -> PlacedStroke:
        record = msgspec.msgpack.decode(data, type=_StrokeRecord)
        points = np.frombuffer(record.points, "<f4").reshape(-1, 2)
        return PlacedStroke(key, record.frame, Stroke(record.object_id, points, record.radius))

    return _decode(read, "stroke")


class _RemarkRecord(msgspec.Struct, omit_defaults=True):
    """A remark without its id, which is the key; JSON with the names of `Remark`."""

    frame: int
    text: str
    author: str = ""
    time: float = 0.0
    place: tuple[float, float] | None = None
    object_id: int = 0
    resolved: bool = False
    resolved_by: str = ""
    resolved_at: float = 0.0
    replies: tuple[Reply, ...] = ()


def encode_remark(remark: Remark | None) -> bytes | None:
    if remark is None:
        return None
    fields = {name: getattr(remark, name) for name in _RemarkRecord.__struct_fields__}
    return msgspec.json.encode(_RemarkRecord(**fields))


def decode_remark(key: int, data: bytes | None) -> Remark | None:
    if data is None:
        return None
    record = _decode(lambda: msgspec.json.decode(data, type=_RemarkRecord), "remark")
    return Remark(key, **msgspec.structs.asdict(record))


def load_remarks(table: RemarkTable, rows: list[tuple[int, bytes]], n_frames: int) -> None:
    """Fill an empty table from all rows of `remarks`."""

    def read() -> None:
        for key, data in rows:
            remark = decode_remark(key, data)
            if remark is None or not 0 <= remark.frame < n_frames or not remark.text:
                raise ValueError("no remark of this clip")
            table.put(key, remark)

    _decode(read, "remark")


def encode_stage(stage: StageChange) -> bytes:
    return msgspec.json.encode(stage)


def decode_stage(data: bytes) -> StageChange:
    def read() -> StageChange:
        stage = msgspec.json.decode(data, type=StageChange)
        if stage.stage not in STAGES:
            raise ValueError("no stage")
        return stage

    return _decode(read, "stage")


def encode_accepted(accepted: Acceptance) -> bytes:
    return msgspec.msgpack.encode((accepted.author, accepted.time))


def decode_accepted(data: bytes) -> Acceptance:
    found = _decode(lambda: msgspec.msgpack.decode(data, type=tuple[str, float]), "acceptance")
    return Acceptance(*found)


def encode_cells(table: CellTable, frames: NDArray[np.int64]) -> list[bytes | None]:
    """All known cells of each of some frames, int64 [K]; None where there are none."""
    objects = table.objects()
    rows = np.zeros((len(frames), len(objects)), CELL_RECORD)
    for at, object_id in enumerate(objects):
        rows["object"][:, at] = object_id
        records = table.records(object_id, frames)
        for name in CELL_DTYPE.names or ():
            rows[name][:, at] = records[name]
    return cut_rows(rows, (rows["provenance"] | rows["flags"]) > 0)


def load_cells(table: CellTable, rows: list[tuple[int, bytes]], backends: list[str]) -> None:
    """Fill an empty table from all rows of `cells` at once."""

    _decode(lambda: table.load(*_joined(table, rows), backends), "cell")


def replace_cells(
    table: CellTable, frames: NDArray[np.int64], rows: Iterable[tuple[int, bytes]]
) -> None:
    """Make rows of `cells` all that is known about `frames`, int64 [K]."""
    _decode(lambda: table.replace_frames(frames, *_joined(table, rows)), "cell")


def _joined(
    table: CellTable, rows: Iterable[tuple[int, bytes]]
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.void]]:
    """(frame, object id, CELL_DTYPE record) of each cell [N]. Raises ValueError."""
    kept = list(rows)
    records = np.frombuffer(b"".join(data for _, data in kept), CELL_RECORD)
    counts = [len(data) // CELL_RECORD.itemsize for _, data in kept]
    frames = np.repeat(np.array([key for key, _ in kept], np.int64), counts)
    if len(frames) and not 0 <= frames.min() <= frames.max() < table.n_frames:
        raise ValueError("frame out of range")
    values = np.empty(len(records), CELL_DTYPE)
    for name in CELL_DTYPE.names or ():
        values[name] = records[name]
    return frames, records["object"], values


def load_marks(table: MarkTable, rows: list[tuple[int, bytes]]) -> None:
    """Fill an empty table from all rows of `marks` at once."""
    _decode(lambda: table.load(dict(rows)), "mark")


def replace_marks(table: MarkTable, frames: NDArray[np.int64], rows: Mapping[int, bytes]) -> None:
    """Make rows of `marks` all that is known about `frames`, int64 [K]."""
    _decode(lambda: table.replace(frames, rows), "mark")


def _decode(read: Callable, what: str):  # type: ignore[no-untyped-def]
    try:
        return read()
    except (msgspec.DecodeError, ValueError, IndexError) as error:
        raise ProjectError(
            f"A stored {what} is damaged.", "Restore the project from a backup."
        ) from error


def each_once(frames: list[int], columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """int64 [K]: single frames in their order, then those of columns ascending."""
    together = sorted(set[int]().union(*(column.tolist() for column in columns)))
    return np.fromiter(dict.fromkeys([*frames, *together]), np.int64)
