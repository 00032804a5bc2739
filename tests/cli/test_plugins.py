"""Formats and backends from other packages: the example is installed and used, broken ones are told
and left out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from annotator.backends import registry as backend_registry
from annotator.backends.registry import BackendCard, BackendRegistry
from annotator.io.formats.davis import encode_png
from annotator.services.project.projects import create_project
from annotator.ui.plugin_notice import PluginWatch
from tests import fakes
from tests.conftest import ROOT
from tests.ui.conftest import Driver, driver

__all__ = ["driver"]

BROKEN = {
    "strokeflow.formats": {"lost": "not_there:make", "leaving": "broken:leave"},
    "strokeflow.backends": {"half": "broken:half", "nothing": "broken:NOTHING"},
}
CODE = """
import sys
from annotator.backends.registry import BackendCard
NOTHING = 3
def leave(register):
    sys.exit("enough")
def half(add):
    add(BackendCard("half", "Half", "Half done.", {"propagate": "broken:Half"}, "here"))
    add("no card")
"""


@pytest.fixture(scope="module", name="site")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example package, installed as pip does it, and a broken one beside it."""
    folder = tmp_path_factory.mktemp("plugins")
    package, site = folder / "package", folder / "site"
    shutil.copytree(ROOT / "docs" / "example_plugin", package)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--target", str(site), str(package)],
        check=True,
    )  # fmt: skip
    facts = site / "broken-1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    lines = []
    for group, points in BROKEN.items():
        lines += [f"[{group}]", *(f"{name} = {place}" for name, place in points.items())]
    (facts / "entry_points.txt").write_text("\n".join(lines))
    (site / "broken.py").write_text(CODE)
    return site


def strokeflow(site: Path, *args: object) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *map(str, args)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(site), str(ROOT)))},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_there_is(site: Path) -> None:
    formats = json.loads(strokeflow(site, "formats", "--json"))
    assert formats["formats"][-1]["id"] == "areas"
    assert formats["not_loaded"] == {
        "leaving": "SystemExit: enough",
        "lost": "ModuleNotFoundError: No module named 'not_there'",
    }
    backends = json.loads(strokeflow(site, "backends", "--json"))
    ids = [card["id"] for card in backends["backends"]]
    assert ids[-1] == "hold"
    assert "half" not in ids
    assert backends["not_loaded"] == {
        "half": "TypeError: 'no card' is no BackendCard",
        "nothing": "TypeError: 'int' object is not callable",
    }
    assert "The plug-in half could not be loaded" in strokeflow(site, "backends")


def test_both_do_their_work(site: Path, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip", 4))
    masks = tmp_path / "masks"
    masks.mkdir()
    label_map = fakes.np.zeros((fakes.HEIGHT, fakes.WIDTH), "uint8")
    label_map[10:30, 5:25] = 1
    (masks / "00000.png").write_bytes(encode_png(label_map))
    strokeflow(site, "import", project, masks, "--format", "davis")
    given = ("--backend", "hold", "--option", "fading=0.5", "--json")
    done = json.loads(strokeflow(site, "run", project, "propagate", *given))
    assert (done["backend"], done["filled"]) == ("hold", 3)
    out = tmp_path / "areas.csv"
    strokeflow(
        site, "export", project, "--format", "areas", "--out", out, "--option", "separator=|"
    )
    assert out.read_text().splitlines() == ["frame|object 1", *(f"{i}|400" for i in range(4))]


def test_the_window_tells_of_broken_ones(
    driver: Driver, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = PluginWatch(driver.workspace)
    registry = driver.workspace.host.registry
    monkeypatch.setattr(registry, "group", "strokeflow.backends")
    monkeypatch.setattr(registry, "_troubles", None)
    monkeypatch.setattr(backend_registry, "load_plugins", lambda *_: {"half": "TypeError: x"})
    with qtbot.waitSignal(watch.told, timeout=10_000):
        watch.start()
    assert "These plug-ins could not be loaded" in driver.window.notices.text
    assert "half" in driver.window.notices.text


def test_a_plug_in_that_asks_for_backends_gets_those_so_far() -> None:
    registry = BackendRegistry()
    registry.add(BackendCard("a", "A", "A.", {"propagate": "x:y"}, "here"))
    registry.group = "strokeflow.backends"
    assert [card.id for card in registry.cards()] == ["a"]
