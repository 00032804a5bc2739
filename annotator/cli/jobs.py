"""A job of one result, carried out in this process with its progress on stderr."""

from __future__ import annotations

from typing import Any

from annotator.app import Application
from annotator.cli.output import Progress, tick
from annotator.jobs.base import finish


def carried_out(
    title: str, task: str, order: object, application: Application | None = None
) -> Any:
    """The result of a task ("module:function") for an order, once it is over.

    `application`: who runs it, or None for one that lives only as long as the job. Raises what the
    task raises.
    """
    own = Application(inline=True) if application is None else application
    results: list[Any] = []
    try:
        job = own.runner.submit(
            title, task, order, on_result=results.append, on_end=lambda _job: None
        )
        finish(own.runner, job, tick(Progress(title)))
    finally:
        if application is None:
            own.close()
    (result,) = results
    return result
