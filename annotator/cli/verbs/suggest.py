"""`suggest`: where in many projects a mask would help most."""

from __future__ import annotations

from dataclasses import asdict

from annotator.cli.jobs import carried_out
from annotator.cli.output import print_json, print_table
from annotator.core.errors import RequestError
from annotator.services.project.projects import project_names
from annotator.services.runs.survey import TASK, Survey, SurveyOrder


def suggest(order: SurveyOrder, as_json: bool) -> None:
    """Raises RequestError where no project can be looked at."""
    survey: Survey = carried_out("Suggest", TASK, order)
    if not survey.counted:
        first = survey.projects[0]
        raise RequestError(first.reason, first.hint)
    if as_json:
        print_json(_facts(survey))
    else:
        _print(survey)


def _facts(survey: Survey) -> dict[str, object]:
    return {
        "expected_J": round(survey.expected, 4),
        "places": [{**asdict(place), "gain": round(place.gain, 5)} for place in survey.places],
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
    if survey.places:
        print_table(
            ("project", "frame", "expected gain in J", "its frames", "annotated", "expected J"),
            [
                (
                    names[place.project],
                    place.frame,
                    f"{place.gain:.4f}",
                    states[place.project].frames,
                    states[place.project].annotated,
                    f"{states[place.project].expected:.3f}",
                )
                for place in survey.places
            ],
        )
    else:
        print("Every frame is annotated.")
    for one in survey.projects:
        if one.reason:
            print(f"  left out: {names[one.project]}: {one.reason} {one.hint}".rstrip())
