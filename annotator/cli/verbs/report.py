"""`report`: one page on a project's effort, provenance and quality."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from annotator.cli.jobs import carried_out
from annotator.cli.output import print_json
from annotator.services.review.report_task import TASK, ReportTask


def report(project: Path, out: Path, truth: Path | None, as_json: bool) -> None:
    order = ReportTask(str(project), str(out), "" if truth is None else str(truth))
    facts: dict[str, Any] = carried_out("Report", TASK, order)
    for note in facts["notes"]:
        print(f"strokeflow: warning: {note}", file=sys.stderr)
    if as_json:
        print_json(facts)
        return
    effort = facts["effort"]
    print(f"Wrote {out}.")
    print(
        f"  effort   {effort['seconds']:.0f} s, {effort['clicks']} clicks, {effort['strokes']} "
        f"strokes on {effort['frames']} of {facts['frames']} frames"
    )
    if facts["J"] is not None:
        print(
            f"  truth    J {facts['J']:.3f}, F {facts['F']:.3f} on {facts['truth_frames']} frames"
        )
