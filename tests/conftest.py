"""Shared fixtures; every test runs headless, offline and with settings of its own."""

from __future__ import annotations

import os
from pathlib import Path

# Before anything imports Qt: no screen is needed, and OpenCV's own Qt plugins must not be found.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)

ROOT = Path(__file__).parents[1]
