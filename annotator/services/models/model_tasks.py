"""Fetching, importing and verifying weights, as they run in the worker."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlsplit

from annotator.core.errors import RequestError, RunError
from annotator.io.atomic import disk_error, disk_errors
from annotator.io.weights import CONTENT_SUM, read_weights
from annotator.jobs.base import TaskControl
from annotator.services.models.weights import FetchOrder, ImportOrder, ModelReport, VerifyOrder

CHECKPOINTS = "annotator.backends.networks.checkpoints"
_TIMEOUT_S = 30.0
_RETRIES = 3


class _Checkpoints(Protocol):
    """The part that knows torch; imported by name, on first use."""

    def convert(self, file: Path, model: str, out: Path, source: str) -> tuple[str, ...]: ...

    def check(self, file: Path, model: str) -> None: ...


def _checkpoints() -> _Checkpoints:
    try:
        return cast(_Checkpoints, importlib.import_module(CHECKPOINTS))
    except ModuleNotFoundError as missing:
        raise RequestError(
            f"The networks' libraries are not installed ({missing.name} is missing).",
            "Install them with 'make networks' or pip install 'strokeflow[networks]'.",
        ) from missing


def import_model(order: ImportOrder, control: TaskControl) -> Iterator[ModelReport]:
    """Check a checkpoint file and store it; yields the report once."""
    checkpoints = _checkpoints()
    control.note("Checking the file …")
    control.checkpoint()
    out = Path(order.out)
    notes = checkpoints.convert(Path(order.file), order.model, out, order.source)
    yield ModelReport(order.model, str(out), read_weights(out).parameters, notes)


def fetch(order: FetchOrder, control: TaskControl) -> Iterator[ModelReport]:
    """Download, compare the sum, store; what had arrived before a stop is used again."""
    _checkpoints()  # better refused before a long download than after it
    partial = Path(order.partial)
    with disk_errors(partial):
        partial.parent.mkdir(parents=True, exist_ok=True)
    sha256 = _download(order, partial, control)
    if order.sha256 and sha256 != order.sha256:
        partial.unlink()
        raise RunError(
            f"What {order.url} gave is not the published file (SHA-256 {sha256}).",
            "Fetch it again; if that does not help, the authors may have replaced it.",
        )
    importing = ImportOrder(order.model, str(partial), order.out, order.url)
    yield from import_model(importing, control)
    partial.unlink()


def _download(order: FetchOrder, partial: Path, control: TaskControl) -> str:
    """Load the file of an address, also one of Google Drive; returns its SHA-256."""
    import gdown
    import requests

    def progress(done: int, total: int | None) -> None:
        control.checkpoint()
        control.progress(done, total or 0)

    control.note(f"Downloading from {order.url} …")
    try:
        gdown.download(
            order.url,
            str(partial),
            quiet=True,
            resume=True,
            use_cookies=False,
            progress=progress,
            timeout=_TIMEOUT_S,
            retries=_RETRIES,
        )
    except (gdown.exceptions.DownloadError, requests.RequestException) as error:
        raise RunError(
            f"{order.model} could not be downloaded from {order.url}: {_reason(error, order.url)}",
            "What has arrived is kept: fetch again to go on, or load the file by hand and "
            "import it.",
        ) from error
    except OSError as error:  # after the others: errors of requests are OSErrors as well
        raise disk_error(partial, error) from error
    return _sum_of(partial, control)


def _reason(error: BaseException, address: str) -> str:
    """Why a download failed, as a part of a sentence with its full stop."""
    import requests

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, requests.ConnectionError):
            return f"there is no connection to {urlsplit(address).hostname}."
        cause = cause.__cause__ or cause.__context__
    return _first_line(error)


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".:") + "."


def _sum_of(file: Path, control: TaskControl) -> str:
    digest = hashlib.sha256()
    with disk_errors(file), file.open("rb") as stream:
        while block := stream.read(4 << 20):
            control.checkpoint()
            digest.update(block)
    return digest.hexdigest()


def verify(order: VerifyOrder, control: TaskControl) -> Iterator[ModelReport]:
    """Compare a stored model with its sum and load it into its network."""
    control.note("Reading the file …")
    file = Path(order.file)
    stored = read_weights(file)
    expected = stored.metadata.get(CONTENT_SUM)
    if expected is None or stored.content_sum() != expected:
        raise RunError(
            f"{file} is damaged: its content does not match its sum.",
            f"Run 'strokeflow models remove {order.model}', then fetch or import it again.",
        )
    control.checkpoint()
    _checkpoints().check(file, order.model)
    yield ModelReport(order.model, os.fspath(file), stored.parameters)
