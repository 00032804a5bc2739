"""Icons in the colours of the theme. qtawesome is imported on first use: it takes longer to load
than the whole window, which is on the screen before."""

from __future__ import annotations

import importlib

from PySide6.QtGui import QIcon

GOOD, BAD = "#2fb873", "#f0524f"
"""Object and background, wherever a sign tells one from the other; readable on dark and light."""


_BADGES = {"+": ("mdi6.plus-circle", GOOD), "-": ("mdi6.minus-circle", BAD)}


def load_icons() -> None:
    """Import what `draw_icon` needs; may be called on any thread."""
    importlib.import_module("qtawesome")


def draw_icon(name: str, color: str, badge: str = "") -> QIcon:
    """An icon of qtawesome; `badge` "+" or "-" puts a coloured sign on its corner."""
    import qtawesome

    if not badge:
        return qtawesome.icon(name, color=color)
    sign, tint = _BADGES[badge]
    return qtawesome.icon(
        name,
        sign,
        options=[
            {"color": color, "scale_factor": 0.9, "offset": (-0.08, 0.08)},
            {"color": tint, "scale_factor": 0.75, "offset": (0.26, -0.24)},
        ],
    )
