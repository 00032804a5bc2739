"""Playback: where it goes on from."""

from __future__ import annotations

from pathlib import Path

from tests import fakes
from tests.ui.conftest import Driver


def test_it_goes_on_from_where_the_person_goes(driver: Driver, tmp_path: Path) -> None:
    driver.open(fakes.image_folder(tmp_path / "clip", 400), at_once=True)
    player, workspace = driver.window.player, driver.workspace
    workspace.go_to(300)
    player.start()
    driver.wait(lambda: workspace.frame > 303)
    workspace.go_to(20)
    driver.wait(lambda: workspace.frame != 20)
    assert 20 < workspace.frame < 200
    workspace.go_to(10)
    driver.wait(lambda: workspace.frame > 12)
    before = workspace.frame
    player.speed = 8.0
    seen: list[int] = []
    workspace.frameChanged.connect(seen.append)
    driver.wait(lambda: seen)
    assert seen[0] < before + 60, "the time that has passed is not counted eight times"
    player.stop()
