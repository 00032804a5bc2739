"""`run`: let a backend fill frames."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from annotator.cli.output import (
    Progress,
    clip_range,
    parse_ids,
    parse_options,
    parse_range,
    print_json,
    print_table,
    tick,
)
from annotator.cli.verbs.project import opened
from annotator.core.errors import RequestError
from annotator.services.runs.runs import Run, Setup, wait_for

REFRESH = "refresh"
"""The run that makes new what is out of date, and nothing else."""


def parse_setup(
    backend: str | None,
    device: str,
    flow: str | None,
    options: list[str] | None,
    fit_steps: int,
    fit_seconds: float,
) -> Setup:
    """The options of the command line as a `Setup`. Raises RequestError."""
    return Setup(backend, device, flow, parse_options(options), fit_steps, fit_seconds)


def run(
    project: Path,
    task: str,
    setup: Setup,
    frames: str | None,
    direction: str,
    objects: list[int] | None,
    resume: bool,
    as_json: bool,
) -> None:
    place = opened(project)
    with place as bench:
        inference = bench.inference
        n_frames = bench.document.n_frames
        if resume:
            found = [i for i in inference.interrupted() if i.record.task == task]
            if not found:
                raise RequestError(f"No '{task}' run of this project was interrupted.")
            started = inference.resume(found[-1])
        elif task == "auto":
            group = _group(frames, n_frames)
            started = inference.prelabel.auto(setup=setup, frames=group, objects=objects)
        elif task == "cosaliency":
            group = _group(frames, n_frames)
            started = inference.cosaliency(setup=setup, frames=group, objects=objects)
        elif task == "saliency":
            asked = clip_range(parse_range(frames), n_frames)
            started = inference.saliency(setup=setup, frames=asked, objects=objects)
        elif task == REFRESH:
            asked = clip_range(parse_range(frames), n_frames)
            started = inference.refresh(setup=setup, frames=asked, objects=objects)
        else:
            asked = clip_range(parse_range(frames), n_frames)
            started = inference.fill(
                task, setup=setup, frames=asked, objects=objects, direction=direction
            )
        progress = Progress(f"{task} ({started.backend})")
        wait_for(place.application.runner, started, tick(progress))
        bench.session.flush()
        progress.end(f"{started.filled} frames")
        facts = _facts(started)
    if as_json:
        print_json(facts)
    else:
        print(
            f"{task}: {facts['filled']} of {facts['frames']} frames filled by backend "
            f"'{facts['backend']}' in {facts['seconds']:.1f} s."
        )


def suggest(project: Path, count: int, objects: list[int] | None, as_json: bool) -> None:
    """Print which frames to annotate next."""
    place = opened(project, writable=False)
    with place as bench:
        prelabel = bench.inference.prelabel
        job = prelabel.watch_clip(lambda: None)
        while job is not None and not job.state.over:
            place.application.runner.poll(0.05)
        if job is not None and job.error is not None:
            raise job.error
        found = prelabel.suggest(count, objects)
    if as_json:
        print_json(
            {
                "task": "suggest",
                "frames": [{"frame": s.frame, "gain": round(s.gain, 4)} for s in found],
            }
        )
    elif not found:
        print("Every frame is annotated.")
    else:
        print_table(("frame", "expected gain in J"), [(s.frame, f"{s.gain:.3f}") for s in found])


def _group(frames: str | None, n_frames: int) -> Collection[int] | None:
    """ "3,8,20" or "A:B" or nothing. Raises RequestError."""
    if frames is None or ":" in frames:
        return clip_range(parse_range(frames), n_frames)
    return parse_ids(frames, "frames")


def _facts(done: Run) -> dict[str, object]:
    assert done.job is not None
    seconds = (done.job.ended or 0.0) - (done.job.started or 0.0)
    return {
        "task": done.task,
        "backend": done.backend,
        "frames": done.frames,
        "filled": done.filled,
        "seconds": round(seconds, 3),
        "frames_per_second": round(done.filled / seconds, 3) if seconds > 0 else None,
    }
