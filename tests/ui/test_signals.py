"""Ctrl+C in the terminal closes the window as its cross does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator.services.project.projects import open_project
from tests.conftest import ROOT


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_close_the_window(number: signal.Signals, clip: Path, tmp_path: Path) -> None:
    places = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "QT_QPA_PLATFORM": "offscreen"}
    told = {"PYTHONFAULTHANDLER": "1"}  # where it was, should it crash
    window = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), str(clip)],
        env={**os.environ, **places, **told, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    project = clip.with_name(f"{clip.name}.strokeflow")
    try:
        # It is locked while it is open.
        end = time.monotonic() + 60
        while not (project / "project.lock.owner").exists():
            assert window.poll() is None, window.communicate()[0]
            assert time.monotonic() < end
            time.sleep(0.05)
        os.killpg(window.pid, number)  # as a terminal does, to all of its processes
        said, _ = window.communicate(timeout=30)
    finally:
        window.kill()
    assert window.returncode == 0, said
    assert "Traceback" not in said
    opened = open_project(project)
    assert not opened.session.read_only
    opened.close()
