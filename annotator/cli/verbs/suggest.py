"""`suggest`: where in many projects a mask would help most."""

from __future__ import annotations

import sys
from dataclasses import asdict

from annotator.cli.jobs import carried_out
from annotator.cli.output import print_json, print_table
from annotator.core.errors import RequestError
from annotator.services.project.projects import project_names
from annotator.services.runs.survey import TASK, Survey, Surveyed, SurveyOrder


def suggest(order: SurveyOrder, as_json: bool) -> None:
    """Raises RequestError where no project can be looked at."""
    survey: Survey = carried_out("Suggest", TASK, order)
    if not survey.counted:
        raise RequestError("No project can be looked at.", "\n  ".join(_left_out(survey)))
    names = project_names(one.project for one in survey.projects)
    for one in survey.counted:
        for note in one.notes:
            print(f"strokeflow: warning: {names[one.project]}: {note}", file=sys.stderr)
    if as_json:
        print_json(_facts(survey))
    else:
        _print(survey)


def _facts(survey: Survey) -> dict[str, object]:
    return {
        "expected_J": round(survey.expected, 4),
        # Digits that count, not decimals: a place is worth little where there are many frames.
        "places": [
            {**asdict(place), "gain": float(f"{place.gain:.4g}")} for place in survey.places
        ],
        "projects": [
            {**asdict(one), "expected": round(one.expected, 4)} for one in survey.projects
        ],
    }


def _print(survey: Survey) -> None:
    frames = sum(one.frames for one in survey.counted)
    several = "s" * (len(survey.counted) != 1)
    print(
        f"{len(survey.counted)} project{several}, {frames} frames: a mean J of "
        f"{survey.expected:.3f} is expected."
    )
    names = project_names(one.project for one in survey.projects)
    states = {one.project: one for one in survey.counted}
    decimals = max(4, len(str(frames)) + 1)  # down to a tenth of a frame
    if survey.places:
        print_table(
            ("project", "frame", "expected gain in J", "its frames", "annotated", "expected J"),
            [
                (
                    names[place.project],
                    place.frame,
                    f"{place.gain:.{decimals}f}",
                    states[place.project].frames,
                    states[place.project].annotated,
                    f"{states[place.project].expected:.3f}",
                )
                for place in survey.places
            ],
        )
    elif all(one.annotated == one.frames for one in survey.counted):
        print("Every frame is annotated.")
    else:
        print("No frame is expected to gain from a mask.")
    for line in _left_out(survey):
        print(f"  {line}")


def _left_out(survey: Survey) -> list[str]:
    """A line for each project that does not count: which, why, and what to do."""
    names = project_names(one.project for one in survey.projects)

    def line(one: Surveyed) -> str:
        hint = "--also-done looks at it, too." if one.stage == "done" else one.hint
        return f"left out: {names[one.project]}: {one.reason} {hint}".rstrip()

    return [line(one) for one in survey.projects if one.reason]
