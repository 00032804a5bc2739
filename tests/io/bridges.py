"""Other programs that read and write label files, each in an environment of its own."""

from __future__ import annotations

import os
import subprocess

from tests.conftest import ROOT


class Bridge:
    """A script of `tools/` and its interpreter, which an environment variable names."""

    def __init__(self, script: str, variable: str) -> None:
        self.python = os.environ.get(variable, "")
        self._script = ROOT / "tools" / script

    def __call__(self, *args: object) -> None:
        done = subprocess.run(
            [self.python, str(self._script), *map(str, args)],
            capture_output=True,
            text=True,
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )
        assert done.returncode == 0, done.stderr[-2000:]
