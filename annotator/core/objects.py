"""The objects of a project: stable ids, names, colours."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

from annotator.core.types import MAX_OBJECT_ID

Color = tuple[int, int, int]

# Okabe and Ito's eight colours, told apart with every common colour vision deficiency; black is
# left out (invisible on dark pictures), the most contrasting ones come first.
SAFE_COLORS: tuple[Color, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)


def default_color(object_id: int) -> Color:
    """A fixed colour for an id: the safe palette first, then hues by the golden ratio."""
    if object_id <= len(SAFE_COLORS):
        return SAFE_COLORS[object_id - 1]
    hue = (object_id * 0.618033988749895) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.55 + 0.4 * (object_id % 2), 0.95)
    return round(red * 255), round(green * 255), round(blue * 255)


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object of the project.

    Attributes:
        id: 1..254, never given to another object, even after this one is deleted.
        name: what the user calls it; not empty.
        color: (red, green, blue), 0..255.
        category: class name for data sets, may be "".
        visible: whether the canvas shows it.
        locked: nothing changes its masks, on no frame.
    """

    id: int
    name: str
    color: Color
    category: str = ""
    visible: bool = True
    locked: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.id <= MAX_OBJECT_ID:
            raise ValueError(f"object id {self.id} is outside 1..{MAX_OBJECT_ID}")
        if not self.name.strip():
            raise ValueError("an object needs a name")


def new_object(object_id: int, name: str = "", category: str = "") -> ObjectInfo:
    """An object with the default name and colour of its id."""
    return ObjectInfo(object_id, name or f"object {object_id}", default_color(object_id), category)
