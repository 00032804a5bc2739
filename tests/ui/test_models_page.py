"""The page of models and the gauges."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from annotator.jobs.base import JobState
from annotator.ui.runs.model_manager import ModelCardRow, ModelManager
from tests import fakes
from tests.ui.conftest import Driver


@pytest.fixture(autouse=True)
def nothing_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests may have left models."""
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "data"))


@pytest.fixture
def page(driver: Driver, tmp_path: Path) -> ModelManager:
    driver.workspace.host.models.folders.user.mkdir(parents=True, exist_ok=True)
    driver.window.table.actions["models"].trigger()
    found = driver.window.findChild(ModelManager)
    assert found is not None
    return found


def row_of(page: ModelManager, *, url: bool) -> ModelCardRow:
    return next(row for row in page.rows if bool(row.state.card.url) is url)


def test_every_card_says_where_it_is_from_and_under_which_licence(page: ModelManager) -> None:
    assert len(page.rows) == len(page.service.list()) > 3
    for row in page.rows:
        assert row.state.card.licence in row.about.text()
        assert row.state.card.method in row.about.text()
        assert not row.import_.isHidden()
        if row.state.shipped:
            assert "non-commercial" in row.words.text()
            assert not row.verify.isHidden()
            assert row.remove.isHidden()
            assert row.fetch.isHidden()
        else:
            assert row.words.text().startswith("Not here.")
            assert row.verify.isHidden()
            assert row.fetch.isHidden() is not bool(row.state.card.url)


def test_weights_for_non_commercial_use_are_left_out_at_will(
    driver: Driver, page: ModelManager
) -> None:
    shipped = {row.state.card.id for row in page.rows if row.state.shipped}
    assert shipped == {"fgplg", "npmca", "refiner", "strokes"}
    box = page.commercial
    assert not box.isChecked()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert box.isChecked()
    assert page.service.folders.commercial_only
    assert all(row.words.text().startswith("Not here.") for row in page.rows)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not page.service.folders.commercial_only
    assert {row.state.card.id for row in page.rows if row.state.shipped} == shipped


def test_a_file_that_is_no_checkpoint_is_told_and_nothing_is_stored(
    driver: Driver, page: ModelManager, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pth"
    bad.write_text("nothing of the kind")
    row = page.rows[0]
    page.import_file(row, bad)
    assert row.entry is not None
    assert not row.cancel.isHidden()
    driver.wait(lambda: not row.busy, 60)
    assert row.entry.failed
    assert driver.window.notices.text
    assert not row.state.installed
    assert not row.import_.isHidden()
    assert driver.workspace.jobs.entries[-1] is row.entry


def test_a_file_that_is_not_there_is_refused(driver: Driver, page: ModelManager) -> None:
    page.import_file(page.rows[0], Path("/no/such/file"))
    assert page.rows[0].entry is None
    assert "no file" in driver.window.notices.text


def test_an_order_is_cancelled(driver: Driver, page: ModelManager, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pth"
    bad.write_bytes(b"x")
    row = page.rows[0]
    page.import_file(row, bad)
    QTest.mouseClick(row.cancel, Qt.MouseButton.LeftButton)
    driver.wait(lambda: not row.busy, 60)
    assert row.cancel.isHidden()


def test_an_order_under_way_is_on_the_page_that_is_opened_again(
    driver: Driver, page: ModelManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, row = driver.workspace.host.runner, page.rows[0]
    slow = partial(runner.submit, "Fetch", "tests.jobs.tasks:slow", 0.1)
    monkeypatch.setattr(page.service, "fetch", lambda _model, **calls: slow(**calls))
    page.fetch(row)
    page.reject()
    driver.window.table.actions["models"].trigger()
    pages = [found for found in driver.window.findChildren(ModelManager) if found.isVisible()]
    assert len(pages) == 1
    again = next(r for r in pages[0].rows if r.state.card.id == row.state.card.id)
    assert again.busy
    assert again.cancel.isVisible()
    assert again.fetch.isHidden()
    QTest.mouseClick(again.cancel, Qt.MouseButton.LeftButton)
    driver.wait(lambda: not again.busy)


def test_a_download_goes_on_whatever_project_is_open(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    runner, exchange = driver.workspace.host.runner, driver.workspace.exchange
    submit = partial(runner.submit, "Fetch", "tests.jobs.tasks:slow", 0.05)
    entry = exchange.model("Fetch", submit, lambda: None, download=True)
    driver.wait(lambda: entry.job.done)
    driver.open(fakes.image_folder(tmp_path / "other"))
    driver.window.table.actions["close"].trigger()
    assert driver.workspace.bench is None
    assert entry.job.state is JobState.RUNNING
    before = entry.job.done
    driver.wait(lambda: entry.job.done > before + 3)
    driver.workspace.jobs.cancel(entry)
    driver.wait(lambda: entry.job.state is JobState.CANCELLED)


def test_a_run_behind_a_download_does_not_hold_the_project_up(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    workspace = driver.workspace
    # A server that says nothing: nobody hears the cancel either.
    submit = partial(workspace.host.runner.submit, "Fetch", "tests.jobs.tasks:deaf", 20)
    entry = workspace.exchange.model("Fetch", submit, lambda: None, download=True)
    driver.wait(lambda: entry.job.state is JobState.RUNNING)
    workspace.run("propagate")
    run = workspace.running
    assert run is not None
    began = time.monotonic()
    driver.window.table.actions["close"].trigger()
    driver.wait(lambda: workspace.bench is None)
    assert time.monotonic() - began < 2
    assert run.job.state is JobState.CANCELLED
    assert entry.job.state is JobState.RUNNING, "a download is not about the project"


def test_how_an_order_ended_is_said_beside_the_model(
    driver: Driver, page: ModelManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, row = driver.workspace.host.runner, page.rows[0]
    for task, request, said in (("count", 1, "Done."), ("refuse", "Bad sum.", "Bad sum.")):
        submit = partial(runner.submit, "Verify", f"tests.jobs.tasks:{task}", request)
        monkeypatch.setattr(page.service, "verify", lambda _model, submit=submit, **k: submit(**k))
        page.verify(row)
        driver.wait(lambda: not row.busy)
        assert row.state.card.title in row.words.text()
        assert said in row.words.text()


def test_the_gauges_measure_window_worker_and_cache(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    gauges = driver.window.status.gauges
    gauges.refresh()
    assert "iB" in gauges.text()
    assert "No worker" in gauges.toolTip()
    driver.workspace.desk.warm_up()
    driver.wait(lambda: gauges.worker_bytes() > 1 << 20)
    gauges.refresh()
    assert "Worker: " in gauges.toolTip()
