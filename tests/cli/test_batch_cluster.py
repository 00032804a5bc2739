"""A batch on a cluster of Dask, and without one."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.cli.batch.crew import on_a_worker
from annotator.services.project.projects import open_project
from tests.cli.batches import STEPS, batched, interrupted, long_order, states, wait_for_frames
from tests.cli.calls import refused

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra 'cluster' is not installed"
)


@pytest.fixture
def cluster() -> Iterator[Any]:
    import distributed

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None,
        protocol="tcp://", host="127.0.0.1",
    ) as made:  # fmt: skip
        yield made


@needs_dask
def test_a_cluster_does_the_same(
    cluster: Any, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "masks" / "b c" / "00000.png").write_bytes(b"")
    order = (clips, "--steps", STEPS, "--scheduler", cluster.scheduler_address)
    assert states(batched(capsys, 1, *order)) == ["done", "failed", "done"]
    assert states(batched(capsys, 1, *order)) == ["skipped", "failed", "skipped"]
    assert len(list((tmp_path / "o").iterdir())) == 2


@needs_dask
def test_a_cluster_stops_what_nobody_wants_any_more(cluster: Any, slow_clip: Path) -> None:
    order = long_order(slow_clip.parent)
    project = Path(order.medium.project)
    client = cluster.get_client()
    future = client.submit(on_a_worker, order)
    wait_for_frames(project, 5)
    client.cancel(future)
    client.close()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not _free(project):
        time.sleep(0.2)
    assert interrupted(project) == 1


def _free(project: Path) -> bool:
    opened = open_project(project)
    try:
        return not opened.session.read_only
    finally:
        opened.close()


@needs_dask
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "no where"])
def test_a_scheduler_that_does_not_answer(
    clips: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    began = time.monotonic()
    told = refused(capsys, 2, "batch", clips, "--steps", "auto", "--scheduler", address)
    assert f"No Dask scheduler answers at '{address}'" in told
    assert time.monotonic() - began < 20


def test_without_the_library_the_way_to_it_is_told(
    clips: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    told = refused(capsys, 2, "batch", clips, "--steps", "auto", "--scheduler", "tcp://x:1")
    assert "pip install 'strokeflow[cluster]'" in told
