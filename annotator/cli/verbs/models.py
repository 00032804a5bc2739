"""`models`: weights on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotator.app import Application
from annotator.cli.output import Progress, print_json, print_table
from annotator.core.errors import RequestError
from annotator.jobs.base import Job, finish
from annotator.services.models.catalogue import flow_networks
from annotator.services.models.weights import ModelReport, ModelService, ModelState

_ACTIONS = ("list", "fetch", "import", "verify", "remove", "terms")
_TERMS = ("any", "commercial")


def models(
    action: str, target: str | None, as_model: str | None, flows: bool, as_json: bool
) -> None:
    if action not in _ACTIONS:
        raise RequestError(f"There is no action '{action}'.", f"There are: {', '.join(_ACTIONS)}.")
    if action == "list":
        _list_flows(as_json) if flows else _list(as_json)
        return
    if action == "terms":
        _terms(target, as_json)
        return
    if target is None:
        what = "a checkpoint file" if action == "import" else "a model"
        raise RequestError(f"'models {action}' needs {what}.", "See 'strokeflow models --help'.")
    application = Application(inline=True)
    try:
        _act(application, action, target, as_model, as_json)
    finally:
        application.close()


def _terms(chosen: str | None, as_json: bool) -> None:
    """Say, and set if asked to, which weights may be used."""
    if chosen not in (None, *_TERMS):
        raise RequestError(f"There are no terms '{chosen}'.", f"Use {' or '.join(_TERMS)}.")
    application = Application(inline=True)
    try:
        folders = application.weights
        if chosen is not None:
            folders.set_commercial_only(chosen == "commercial")
        strict = folders.commercial_only
    finally:
        application.close()
    if as_json:
        print_json({"terms": _TERMS[strict]})
    elif strict:
        print("Weights for non-commercial use only are left out.")
    else:
        print("All weights are used, also those for non-commercial use only.")


def _act(
    application: Application, action: str, target: str, as_model: str | None, as_json: bool
) -> None:
    service = application.models
    if action == "remove":
        path = service.remove(target)
        print_json({"removed": str(path)}) if as_json else print(f"Removed {path}.")
        return
    report = _finish(application, service, action, target, as_model)
    if as_json:
        print_json(
            {
                "model": report.model,
                "path": report.path,
                "parameters": report.parameters,
                "notes": list(report.notes),
            }
        )
        return
    done = {"fetch": "Fetched", "import": "Imported", "verify": "Sound:"}[action]
    print(f"{done} {report.model}: {report.parameters:,} numbers, {report.path}.")
    for note in report.notes:
        print(note)


def _finish(
    application: Application,
    service: ModelService,
    action: str,
    target: str,
    as_model: str | None,
) -> ModelReport:
    """Start the job and wait for it. Raises what it failed with."""
    reports: list[ModelReport] = []

    def ended(_job: Job) -> None:
        """The loop below sees it."""

    if action == "import":
        if as_model is None:
            raise RequestError("'models import' must know what the file is.", "Add --as MODEL.")
        job = service.import_file(Path(target), as_model, ended, reports.append)
    elif action == "fetch":
        job = service.fetch(target, ended, reports.append)
    else:
        job = service.verify(target, ended, reports.append)
    progress = Progress(job.title)
    try:
        finish(application.runner, job, progress)
    finally:
        progress.end("over")
    return reports[0]


def _list(as_json: bool) -> None:
    application = Application(inline=True)
    try:
        states = application.models.list()
    finally:
        application.close()
    if as_json:
        print_json({"models": [_facts(state) for state in states]})
        return
    rows = [(s.card.id, _words(s), s.card.licence, s.card.title) for s in states]
    print_table(("model", "here", "licence", "what it is"), rows)


def _words(state: ModelState) -> str:
    if state.trouble:
        return f"unusable: {state.trouble}"
    if state.path is None:
        return "no, fetch or import it" if state.card.url else "no, import it"
    if state.shipped:
        return f"{state.size / 1e6:.1f} MB, comes with Strokeflow ({state.licence})"
    return f"{state.size / 1e6:.0f} MB since {state.added}"


def _facts(state: ModelState) -> dict[str, Any]:
    card = state.card
    return {
        "id": card.id,
        "title": card.title,
        "method": card.method,
        "about": card.about,
        "origin": card.origin,
        "url": card.url,
        "page": card.page,
        "licence": card.licence,
        "data": card.data,
        "preprocessing": card.preprocessing,
        "citation": card.citation,
        "sha256": card.sha256,
        "installed": state.installed,
        "path": None if state.path is None else str(state.path),
        "source": state.source,
        "added": state.added,
        "shipped": state.shipped,
        "licence of the weights": state.licence,
        "trouble": state.trouble,
    }


def _list_flows(as_json: bool) -> None:
    networks = flow_networks()
    if as_json:
        print_json({"flows": {name: list(n.checkpoints) for name, n in networks.items()}})
        return
    rows = [(f"ptlflow:{name}", ", ".join(n.checkpoints)) for name, n in networks.items()]
    print_table(("flow", "checkpoints"), [("dis", "needs none"), *rows])
