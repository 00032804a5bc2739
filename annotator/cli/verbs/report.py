"""`report`: one page on a project's effort, provenance and quality."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from annotator.app import Application
from annotator.cli.output import Progress, print_json, tick
from annotator.jobs.base import finish
from annotator.services.review.report_task import TASK, ReportTask


def report(project: Path, out: Path, truth: Path | None, as_json: bool) -> None:
    application = Application(inline=True)
    made: list[dict[str, Any]] = []
    try:
        job = application.runner.submit(
            "Report",
            TASK,
            ReportTask(str(project), str(out), "" if truth is None else str(truth)),
            on_result=made.append,
            on_end=lambda _job: None,
        )
        finish(application.runner, job, tick(Progress("Report")))
    finally:
        application.close()
    facts = made[0]
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
