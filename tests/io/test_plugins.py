"""Formats from other packages: the example is installed and used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

_USE = """
import json, sys
from pathlib import Path
import numpy as np
from annotator.io.formats import registry
from annotator.io.formats.base import NoControl
from tests.io.labels import FakeSource
source = FakeSource([np.eye(4, dtype=np.uint8)] * 2)
out = Path(sys.argv[1]) / "areas.csv"
registry.exporter("areas").export(source, out, NoControl(), {"separator": "|"})
print(json.dumps([[c.id for c in registry.cards()], dict(registry.plugin_troubles()),
                  out.read_text()]))
"""


def test_the_example_package(tmp_path: Path) -> None:
    package, site = tmp_path / "package", tmp_path / "site"
    shutil.copytree(ROOT / "docs" / "example_format", package)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--target", str(site), str(package)],
        check=True,
    )  # fmt: skip
    broken = site / "broken-1.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (broken / "entry_points.txt").write_text("[strokeflow.formats]\nbroken = not_there:make\n")
    done = subprocess.run(
        [sys.executable, "-c", _USE, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(site), str(ROOT)))},
    )
    ids, troubles, text = json.loads(done.stdout)
    assert ids[-1] == "areas"
    assert troubles == {"broken": "ModuleNotFoundError: No module named 'not_there'"}
    assert text.splitlines()[1].split("|")[:2] == ["0", "4"]
