"""Parts of the application that come from other packages, by entry points.

What such a package does wrong is told under its name and never ends the application.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def load_plugins(group: str, hand_over: Callable[[Callable[..., Any]], None]) -> dict[str, str]:
    """Import what the entry points of `group` name, and pass each on to `hand_over`.

    Returns the reasons of those that failed, in import or in `hand_over`, by their names.
    """
    # As much to load as a tenth of the window, which looks for plug-ins only when it is there.
    from importlib.metadata import entry_points

    troubles: dict[str, str] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        try:
            hand_over(point.load())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may fail in any way
            troubles[point.name] = f"{type(error).__name__}: {error}"
    return troubles
