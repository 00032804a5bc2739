"""Weights: what is imported, what is refused, what a download survives."""

from __future__ import annotations

import hashlib
import io
import pickle
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import torch
from safetensors.torch import load_file, save_file

from annotator.core.errors import DiskError, RequestError, RunError, StrokeflowError
from annotator.io.weights import WeightFolders, read_weights
from annotator.jobs.base import Job, JobState
from annotator.jobs.inline import InlineRunner
from annotator.services.models import catalogue
from annotator.services.models.weights import ModelReport, ModelService
from models import loading

pytestmark = pytest.mark.filterwarnings("ignore")  # ptlflow's own libraries warn at import

FLOW = "ptlflow:liteflownet"
"""A small network, so that files are made quickly."""


@pytest.fixture(scope="module")
def flow_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from models.flow import ptl

    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("flow") / "published.ckpt"
    torch.save({"state_dict": ptl.build("liteflownet").state_dict()}, path)
    return path


@pytest.fixture
def service(tmp_path: Path) -> ModelService:
    return ModelService(WeightFolders(tmp_path / "user models"), InlineRunner())


def finish(service: ModelService, start: Any, *given: object) -> ModelReport:
    """Wait for a job; its report, or what it failed with."""
    reports: list[ModelReport] = []
    job: Job = start(*given, lambda _job: None, reports.append)
    while not job.state.over:
        service._runner.poll(0.01)
    if job.error is not None:
        raise job.error
    assert job.state is JobState.DONE
    return reports[0]


# -- importing


def test_a_checkpoint_is_imported_verified_listed_and_removed(
    service: ModelService, flow_file: Path
) -> None:
    report = finish(service, service.import_file, flow_file, FLOW)
    stored = Path(report.path)
    assert stored.parent == service.folders.user
    original = torch.load(flow_file, weights_only=True)["state_dict"]
    kept = load_file(stored)
    assert kept.keys() == original.keys()
    assert all(torch.equal(kept[name], original[name]) for name in kept)
    assert finish(service, service.verify, FLOW).parameters == sum(
        t.numel() for t in original.values()
    )
    (state,) = [s for s in service.list() if s.card.id.startswith(FLOW)]
    assert state.installed
    assert state.source == str(flow_file)
    service.remove(FLOW)
    assert not stored.exists()
    with pytest.raises(RequestError, match="not on this machine"):
        service.remove(FLOW)


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("import builtins; builtins.pwned = True",))


@pytest.mark.parametrize("how", ["torch", "pickle", "inside"])
def test_a_malicious_checkpoint_is_refused_and_nothing_of_it_runs(
    service: ModelService, tmp_path: Path, how: str
) -> None:
    import builtins

    file = tmp_path / "evil.pth"
    if how == "pickle":
        file.write_bytes(pickle.dumps(_Evil()))
    else:
        content = _Evil() if how == "torch" else {"state_dict": {"a": torch.zeros(1), "b": _Evil()}}
        torch.save(content, file)
    with pytest.raises(RequestError, match="nothing of it was run"):
        finish(service, service.import_file, file, "scwssod")
    assert not hasattr(builtins, "pwned")
    assert not list(service.folders.user.glob("**/*.safetensors"))


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"PK\x03\x04" + b"\0" * 90, b'\x10\0\0\0\0\0\0\0{"a": 1}      ' + b"\0" * 9],
    ids=["empty", "text", "half a zip", "no header"],
)
def test_what_is_no_checkpoint_is_refused(
    service: ModelService, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "file.pth"
    file.write_bytes(content)
    with pytest.raises(StrokeflowError) as refused:
        finish(service, service.import_file, file, "scwssod")
    assert str(file) in refused.value.message
    assert refused.value.hint


def test_the_message_names_what_differs(service: ModelService, tmp_path: Path) -> None:
    file = tmp_path / "other.pth"
    torch.save({"bkbone.conv1.weight": torch.zeros(64, 3, 3, 3), "surplus": torch.zeros(2)}, file)
    with pytest.raises(RequestError) as refused:
        finish(service, service.import_file, file, "scwssod")
    for word in ("missing", "surplus", "bkbone.conv1.weight", "[64, 3, 7, 7]"):
        assert word in refused.value.message
    with pytest.raises(RequestError, match="no model 'resnet'"):
        finish(service, service.import_file, file, "resnet")
    with pytest.raises(RequestError, match="no file"):
        finish(service, service.import_file, tmp_path / "none.pth", "scwssod")


def test_a_failed_import_leaves_the_model_that_was_there(
    service: ModelService, flow_file: Path, tmp_path: Path
) -> None:
    stored = Path(finish(service, service.import_file, flow_file, FLOW).path)
    before = stored.read_bytes()
    bad = tmp_path / "bad.pth"
    torch.save({"a": torch.zeros(1)}, bad)
    with pytest.raises(RequestError, match="does not fit"):
        finish(service, service.import_file, bad, FLOW)
    assert stored.read_bytes() == before
    assert [p.name for p in service.folders.user.iterdir()] == [stored.name]


def test_a_damaged_model_is_found(service: ModelService, flow_file: Path) -> None:
    stored = Path(finish(service, service.import_file, flow_file, FLOW).path)
    data = bytearray(stored.read_bytes())
    data[-1] ^= 1
    stored.write_bytes(data)
    with pytest.raises(RunError, match="damaged"):
        finish(service, service.verify, FLOW)
    stored.write_bytes(data[: len(data) // 2])
    with pytest.raises((RequestError, DiskError), match="cut off"):
        finish(service, service.verify, FLOW)


def test_a_network_of_our_own_config_is_taken_as_it_is(
    service: ModelService, tmp_path: Path
) -> None:
    """What training stores carries its config; the official names are not asked for then."""
    net = loading.build("rcrnet")
    file = tmp_path / "own.safetensors"
    save_file(net.state_dict(), file, {"config": "{}"})
    report = finish(service, service.import_file, file, "rcrnet")
    assert read_weights(Path(report.path)).metadata["config"] == "{}"
    assert finish(service, service.verify, "rcrnet").parameters == report.parameters


# -- downloading


class Server:
    """Serves one file as a web server or as Google Drive does; may break off."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.break_after: int | None = None
        self.ranges: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        if parts.path == "/missing":
            handler.send_error(404)
        elif parts.path == "/uc" and "confirm" not in parts.query:
            self._page(handler)
        else:
            self._file(handler, drive=parts.path in ("/uc", "/download"))

    def _page(self, handler: BaseHTTPRequestHandler) -> None:
        """The page on which Drive asks whether an unscanned file is wanted."""
        page = (
            b'<html><form id="download-form" action="https://drive.google.com/download" '
            b'method="get"><input type="hidden" name="id" value="x"/>'
            b'<input type="hidden" name="confirm" value="t"/></form></html>'
        )
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(page)))
        handler.end_headers()
        handler.wfile.write(page)

    def _file(self, handler: BaseHTTPRequestHandler, drive: bool) -> None:
        asked = handler.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0
        self.ranges.append(asked)
        body = self.content[start:]
        handler.send_response(206 if asked else 200)
        handler.send_header("Content-Type", "application/octet-stream")
        handler.send_header("Content-Length", str(len(body)))
        if asked:
            total = len(self.content)
            handler.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        if drive:
            handler.send_header("Content-Disposition", 'attachment; filename="published.ckpt"')
        handler.end_headers()
        limit, self.break_after = self.break_after, None
        handler.wfile.write(body if limit is None else body[:limit])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(flow_file: Path) -> Iterator[Server]:
    made = Server(flow_file.read_bytes())
    yield made
    made.close()


def publish(monkeypatch: pytest.MonkeyPatch, url: str, sha256: str = "") -> None:
    import msgspec

    card = msgspec.structs.replace(catalogue.find_model(FLOW), url=url, sha256=sha256)
    monkeypatch.setattr("annotator.services.models.weights.find_model", lambda _model: card)


def test_a_model_is_downloaded_checked_and_stored(
    service: ModelService, server: Server, flow_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{server.address}/file", hashlib.sha256(server.content).hexdigest())
    report = finish(service, service.fetch, FLOW)
    told = read_weights(Path(report.path)).metadata
    assert told["source"] == f"{server.address}/file"
    assert told["source_sha256"] == hashlib.sha256(flow_file.read_bytes()).hexdigest()
    assert not list((service.folders.user / "downloads").iterdir())


def test_a_broken_download_goes_on_where_it_stopped(
    service: ModelService, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{server.address}/file")
    monkeypatch.setattr("annotator.services.models.model_tasks._RETRIES", 0)
    server.break_after = len(server.content) // 3
    with pytest.raises(RunError, match="could not be downloaded"):
        finish(service, service.fetch, FLOW)
    assert not list(service.folders.user.glob("*.safetensors"))
    finish(service, service.fetch, FLOW)
    resumed = server.ranges[-1]
    assert resumed.startswith("bytes=")
    assert int(resumed[6:].rstrip("-")) > 0


def test_a_download_of_google_drive_passes_its_question(
    service: ModelService, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, "https://drive.google.com/uc?id=1X8Y7NcnzRY8we2tgDS6KRVOde5ij7yWE")
    send = requests.adapters.HTTPAdapter.send
    asked: list[str] = []

    def to_the_local_server(self: Any, request: Any, **given: Any) -> Any:
        asked.append(request.url)
        request.url = request.url.replace("https://drive.google.com", server.address)
        return send(self, request, **given)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", to_the_local_server)
    report = finish(service, service.fetch, FLOW)
    assert Path(report.path).is_file()
    assert [urlsplit(url).path for url in asked] == ["/uc", "/download"]


def test_a_wrong_file_and_a_missing_one_are_told(
    service: ModelService, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{server.address}/file", "0" * 64)
    with pytest.raises(RunError, match="not the published file"):
        finish(service, service.fetch, FLOW)
    publish(monkeypatch, f"{server.address}/missing")
    with pytest.raises(RunError, match="404"):
        finish(service, service.fetch, FLOW)
    publish(monkeypatch, "http://127.0.0.1:9/file")
    with pytest.raises(RunError, match=r"there is no connection to 127\.0\.0\.1\.") as refused:
        finish(service, service.fetch, FLOW)
    assert "import it" in refused.value.hint
    assert not list(service.folders.user.glob("**/*.safetensors"))


def test_cancelling_a_download_keeps_what_has_arrived(
    service: ModelService, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.core.errors import Cancelled
    from annotator.services.models import model_tasks
    from annotator.services.models.weights import FetchOrder

    class Stopper:
        calls = 0

        def checkpoint(self) -> None:
            self.calls += 1
            if self.calls > 3:
                raise Cancelled

        def note(self, text: str) -> None:
            assert text

        def progress(self, done: int, total: int) -> None:
            assert 0 < done <= total

    folder = service.folders.user
    order = FetchOrder(
        FLOW, f"{server.address}/file", "", str(folder / "downloads" / "x"), str(folder / "x")
    )
    with pytest.raises(Cancelled):
        list(model_tasks.fetch(order, Stopper()))
    (partial,) = (folder / "downloads").iterdir()
    assert 0 < partial.stat().st_size < len(server.content)


def test_a_model_without_an_address_says_where_to_get_it(service: ModelService) -> None:
    with pytest.raises(RequestError, match="no address") as refused:
        finish(service, service.fetch, "fgplg")
    assert "pan.baidu.com" in refused.value.hint
    for model in ("npmca", "motion", "refiner"):
        with pytest.raises(RequestError, match="no address") as refused:
            finish(service, service.fetch, model)
        assert f"strokeflow train {model}" in refused.value.hint


# -- the catalogue


def test_the_catalogue_is_complete_and_the_flow_networks_are_those_of_ptlflow() -> None:
    from tools.flow_networks import FILE, flows_toml

    assert set(catalogue.published_models()) >= set(loading.METHODS)
    for card in catalogue.published_models().values():
        assert card.licence
        assert card.citation
        assert card.url or card.page or card.origin
    assert FILE.read_text(encoding="utf-8") == flows_toml()
    with pytest.raises(RequestError, match="no flow network"):
        catalogue.find_model("ptlflow:nosuch")
    with pytest.raises(RequestError, match="no checkpoint"):
        catalogue.find_model("ptlflow:raft/nosuch")


def test_a_torch_file_of_the_old_format_is_read(service: ModelService, tmp_path: Path) -> None:
    """The authors' files are of PyTorch 0.4 and 1.0, before the zip format."""
    from models.flow import ptl

    buffer = io.BytesIO()
    torch.save(ptl.build("liteflownet").state_dict(), buffer, _use_new_zipfile_serialization=False)
    file = tmp_path / "old.pth"
    file.write_bytes(buffer.getvalue())
    assert finish(service, service.import_file, file, FLOW).parameters > 0
