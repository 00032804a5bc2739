"""The project folder: one SQLite database with everything a person did."""

from annotator.io.store.database import (
    DATABASE,
    FOLDER_SUFFIX,
    PACKED_SUFFIX,
    StoreMeta,
    create_store,
    open_store,
    read_meta,
    refuse_project_files,
)
from annotator.io.store.history import StepInfo, Swapped
from annotator.io.store.ops import Op, PaintTiles, Put
from annotator.io.store.store import Store

__all__ = [
    "DATABASE",
    "FOLDER_SUFFIX",
    "PACKED_SUFFIX",
    "Op",
    "PaintTiles",
    "Put",
    "StepInfo",
    "Store",
    "StoreMeta",
    "Swapped",
    "create_store",
    "open_store",
    "read_meta",
    "refuse_project_files",
]
