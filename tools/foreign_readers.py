"""Check label formats against the tools they come from, which need environments of their own.

    python tools/foreign_readers.py [FOLDER]

makes virtual environments in FOLDER (default: a temporary one, removed afterwards), installs
datumaro, labelme, the SDK of Label Studio, TrackEval and Blender into them and runs the tests that
need these. Needs a package index.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from contextlib import nullcontext
from pathlib import Path

ENVIRONMENTS = {
    "STROKEFLOW_DATUMARO": ["datumaro==1.13.12"],
    "STROKEFLOW_LABELLERS": ["labelme==6.3.1", "label-studio-sdk==2.1.2"],
    "STROKEFLOW_TRACKEVAL": ["trackeval==1.3.0", "pycocotools==2.0.11", "tabulate==0.9.0"],
    "STROKEFLOW_BLENDER": ["bpy==5.0.1"],
}
"""Packages by the variable that tells tests of the interpreter. They ask for versions that must not
lie beside ours, nor beside one another's."""
_TESTS = tuple(
    f"tests/io/test_{name}.py" for name in ("datumaro", "labellers", "trackeval", "blender")
)
_ROOT = Path(__file__).parents[1]


def main(args: list[str]) -> int:
    place = nullcontext(args[0]) if args else tempfile.TemporaryDirectory(prefix="readers-")
    with place as folder:
        pythons = {
            variable: str(environment(Path(folder) / variable.lower(), packages))
            for variable, packages in ENVIRONMENTS.items()
        }
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-rs", *_TESTS],
            cwd=_ROOT,
            env=os.environ | pythons,
        ).returncode


def environment(folder: Path, packages: list[str]) -> Path:
    """The interpreter of an environment in `folder` that has the packages."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python.absolute()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
