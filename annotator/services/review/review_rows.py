"""What people say about a project (remarks, acceptances, stages), between document and tables."""

from __future__ import annotations

from annotator.core.changes import SetAccepted, SetRemark, SetStage
from annotator.core.document import ChangeSet, Document
from annotator.io.store import Put, Store
from annotator.services.project import records

TABLES = ("remarks", "stages")
"""Tables that the document holds a copy of."""


def load(document: Document, store: Store) -> None:
    """Fill an empty document. Raises ProjectError for what is damaged."""
    document.remarks.next_id = store.highest_id("remark") + 1
    records.load_remarks(document.remarks, store.rows("remarks"), document.n_frames)
    for key, data in store.rows("stages"):
        document.stages[key] = records.decode_stage(data)


def carry_out(
    document: Document, store: Store, change: SetRemark | SetAccepted | SetStage
) -> tuple[Put, ChangeSet]:
    """Make a change in the document; the row to write, and what to tell."""
    match change:
        case SetRemark(remark_id, remark):
            if remark is not None:
                store.note_id("remark", remark_id)
            touched = document.remarks.put(remark_id, remark)
            put = Put("remarks", remark_id, records.encode_remark(remark))
            return put, ChangeSet(remarks=touched)
        case SetAccepted(frame, accepted):
            return Put("accepted", frame, records.encode_accepted(accepted)), ChangeSet()
        case SetStage(number, stage):
            document.stages[number] = stage
            return Put("stages", number, records.encode_stage(stage)), ChangeSet(stage=True)


def refresh(document: Document, table: str, key: int, data: bytes | None) -> ChangeSet:
    """Take up a row of one of `TABLES` that undo or redo put there (None: it is gone)."""
    if table == "remarks":
        remark = records.decode_remark(key, data)
        return ChangeSet(remarks=document.remarks.put(key, remark))
    document.stages.pop(key, None)
    if data is not None:
        document.stages[key] = records.decode_stage(data)
    return ChangeSet(stage=True)
