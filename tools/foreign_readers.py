"""Check label formats against datumaro, which needs an environment of its own.

    python tools/foreign_readers.py [FOLDER]

makes a virtual environment in FOLDER (default: a temporary one, removed afterwards), installs
datumaro into it and runs `tests/io/test_datumaro.py` with it. Needs a package index.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from contextlib import nullcontext
from pathlib import Path

_VERSION = "datumaro==1.13.12"
_TEST = "tests/io/test_datumaro.py"
_ROOT = Path(__file__).parents[1]


def main(args: list[str]) -> int:
    place = nullcontext(args[0]) if args else tempfile.TemporaryDirectory(prefix="datumaro-")
    with place as folder:
        python = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if not python.exists():
            venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", _VERSION], check=True)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-rs", _TEST],
            cwd=_ROOT,
            env=os.environ | {"STROKEFLOW_DATUMARO": str(python.absolute())},
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
