"""Steps of a batch: verbs of this command line without their project, read and checked by the same
code as the verbs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer

from annotator.app import Application
from annotator.backends.registry import TASKS
from annotator.cli.output import parse_ids, parse_options, parse_range
from annotator.cli.verbs.labels import check_selection
from annotator.cli.verbs.run import REFRESH, parse_setup
from annotator.core.errors import RequestError, StrokeflowError
from annotator.core.options import resolve_options
from annotator.io.formats import registry as formats
from annotator.services.runs.planning import DIRECTIONS

NAME = "{name}"
"""Stands for the name of the project."""
RUNS = (*TASKS, "auto", REFRESH)
_VERBS = ("import", "run", "export")
_PROJECT = "PROJECT"
_REFUSED = {
    "overwrite": "a batch never changes what a person made",
    "look": "it does nothing to a project",
    "resume": "a batch goes on by itself",
    "as_json": "the batch has its own --json",
}
_PLACES = {"import": "src", "export": "out"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done to each project.

    Attributes:
        text: as it was written.
        words: the verb and its arguments, without the project; `{name}` is still in them.
        place: file or folder that is read or written, "" if none; `{name}` is still in it.
        title: for a table.
    """

    text: str
    words: tuple[str, ...]
    place: str
    title: str


def parse_steps(text: str, *, several: bool, elsewhere: bool) -> tuple[Step, ...]:
    """`STEP; STEP; ...` -> steps. Raises RequestError with what is wrong, and where.

    Args:
        several: there is more than one medium.
        elsewhere: runs are done by other machines, whose libraries and weights nobody knows here.
    """
    # A pair of quotes is taken whole; one without its partner is told by `shlex`.
    parts = re.findall(r"""(?:"[^"]*"|'[^']*'|[^;])+""", text)
    written = [part.strip() for part in parts if part.strip()]
    if not written:
        raise RequestError(
            "--steps names no step.", 'For example: --steps "auto; export coco OUT".'
        )
    application = Application(inline=True)
    try:
        steps = []
        for number, part in enumerate(written, 1):
            try:
                steps.append(_parse(part, application, several, elsewhere))
            except StrokeflowError as error:
                where = f"Step {number} ({part}): {error.message}"
                raise RequestError(where, error.hint) from error
        return tuple(steps)
    finally:
        application.close()


def split_words(text: str) -> list[str]:
    """Words of a step; quotes hold words together. A backslash is a letter, as in paths of Windows.

    Raises RequestError.
    """
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    try:
        return list(lexer)
    except ValueError:
        raise RequestError("A quote is not closed.", "Close it with the same sign.") from None


def _parse(text: str, application: Application, several: bool, elsewhere: bool) -> Step:
    words = _spelled_out(split_words(text))
    verb = words[0]
    if verb not in _VERBS:
        known = ", ".join((*_VERBS, *RUNS))
        raise RequestError(f"There is no step '{verb}'.", f"There are: {known}.")
    if strange := re.search(r"\{(?!name\})\w*\}", " ".join(words)):
        raise RequestError(f"Nothing is known as {strange[0]}.", f"There is {NAME}.")
    given = arguments(words)
    for name, why in _REFUSED.items():
        if given.get(name):
            option = "--json" if name == "as_json" else f"--{name}"
            raise RequestError(f"{option} is not for steps: {why}.", f"Leave out {option}.")
    if verb == "run":
        _check_run(given, application, elsewhere)
        title = given["task"]
    else:
        _check_labels(verb, given)
        title = f"{verb} {given['format_id']}"
    place = str(given[_PLACES[verb]]) if verb in _PLACES else ""
    if verb == "export" and several and NAME not in place:
        raise RequestError(f"Every project would be exported to '{place}'.", f"Write {NAME} in it.")
    return Step(text, tuple(words), place, title)


def _spelled_out(words: list[str]) -> list[str]:
    """The step as its verb would have it: `auto` is `run auto`, and `export coco OUT` is
    `export --format coco --out OUT`."""
    verb, *rest = words
    if verb in RUNS:
        return ["run", *words]
    named = any(word.split("=")[0] == "--format" for word in rest)
    if verb in _PLACES and rest and not named and not rest[0].startswith("-"):
        rest = ["--format", *rest]
        if verb == "export" and len(rest) > 2 and not rest[2].startswith("-"):
            rest.insert(2, "--out")
    return [verb, *rest]


def arguments(words: Sequence[str]) -> Mapping[str, Any]:
    """A verb and its words -> arguments by their names in its function. Raises RequestError."""
    from annotator.cli.parse import app

    verb, *rest = words
    if "--help" in rest:
        raise RequestError("--help is not for steps.", f"See 'strokeflow {verb} --help'.")
    command = typer.main.get_group(app).commands[verb]
    try:
        return command.make_context(f"strokeflow {verb}", [_PROJECT, *rest]).params
    except Exception as error:
        # Typer's usage errors, which come from a module of its own; all else is a bug.
        if not hasattr(error, "format_message"):
            raise
        raise RequestError(error.format_message(), f"See 'strokeflow {verb} --help'.") from None


def _check_run(given: Mapping[str, Any], application: Application, elsewhere: bool) -> None:
    task = given["task"]
    if task not in RUNS:
        raise RequestError(f"There is no run '{task}'.", f"There are: {', '.join(RUNS)}.")
    setup = parse_setup(
        given["backend"], given["device"], given["flow"], given["option"], given["fit"],
        given["fit_seconds"],
    )  # fmt: skip
    equipment = application.equipment(None)
    needed = task if task in TASKS else "propagate"
    card = application.registry.resolve(needed, setup.backend, equipment.usable)
    resolve_options(card.options, setup.options)
    if setup.fit_steps and not card.fits:
        raise RequestError(f"Backend '{card.id}' cannot be fitted.", "Leave out --fit.")
    if not elsewhere:
        # What can be fitted may have weights in the project itself.
        equipment.runtime(card, setup.device, setup.flow, fitting=card.fits)
    if given["direction"] not in DIRECTIONS:
        known = ", ".join(DIRECTIONS)
        raise RequestError(f"'{given['direction']}' is no direction.", f"Choose one of {known}.")
    if task == REFRESH and given["direction"] != "both":
        raise RequestError("'refresh' knows no --direction.", "Leave out --direction.")
    frames = given["frames"]
    if frames is None or ":" in frames or task not in ("auto", "cosaliency"):
        parse_range(frames)
    else:
        parse_ids(frames, "frames")
    parse_ids(given["objects"], "objects")


def _check_labels(verb: str, given: Mapping[str, Any]) -> None:
    format_id, options = given["format_id"], parse_options(given["option"])
    if verb == "export":
        formats.exporter(format_id)
        resolve_options(formats.card(format_id).options, options)
        parse_range(given["frames"])
        return
    formats.importer(format_id)
    resolve_options(formats.card(format_id).import_options, options)
    parse_options(given["map_"])
    parse_ids(given["frames"], "frames")
    check_selection(given["frames"], given["every"], parse_range(given["range_"]))
