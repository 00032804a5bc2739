"""Takes up rows that changed behind the document: undo and redo put them there."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from annotator.core.document import ChangeSet, Document
from annotator.io.store import Store
from annotator.services.project import records
from annotator.services.review import review_rows


def refresh(document: Document, store: Store, touched: Iterable[tuple[str, int]]) -> ChangeSet:
    """Read the rows (table, key) again. Raises ProjectError for what is damaged."""
    keys: dict[str, list[int]] = {}
    for table, key in touched:
        keys.setdefault(table, []).append(key)
    told = []
    for table, asked in keys.items():
        if table in _READERS:
            told.append(_READERS[table](document, store, asked))
            continue
        rows = store.some_rows(table, asked)
        told += [_refresh_row(document, table, key, rows.get(key)) for key in asked]
    return ChangeSet.merged(told)


def _labels(document: Document, _store: Store, frames: list[int]) -> ChangeSet:
    for frame in frames:
        document.forget_label(frame)
    return ChangeSet(dict.fromkeys(frames))


def _cells(document: Document, store: Store, frames: list[int]) -> ChangeSet:
    rows = store.some_rows("cells", frames)
    records.replace_cells(document.cells, np.array(frames, np.int64), rows.items())
    return ChangeSet(cells=frozenset(frames))


def _marks(document: Document, store: Store, frames: list[int]) -> ChangeSet:
    rows = store.some_rows("marks", frames)
    records.replace_marks(document.marks, np.array(frames, np.int64), rows)
    return ChangeSet(cells=frozenset(frames))


_READERS = {"labels": _labels, "cells": _cells, "marks": _marks}


def _refresh_row(document: Document, table: str, key: int, data: bytes | None) -> ChangeSet:
    if table == "strokes":
        old = document.drop_stroke(key)
        frames = set() if old is None else {old}
        if data is not None:
            placed = records.decode_stroke(key, data)
            document.put_stroke(placed)
            frames.add(placed.frame)
        return ChangeSet(strokes=frozenset(frames))
    if table in review_rows.TABLES:
        return review_rows.refresh(document, table, key, data)
    if table == "objects":
        document.put_object(key, None if data is None else records.decode_object(data))
        return ChangeSet(objects=True)
    return ChangeSet()
