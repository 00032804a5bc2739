"""The tools by name."""

from __future__ import annotations

from enum import Enum


class Tool(Enum):
    """What the left mouse button does."""

    SCRIBBLE = "scribble"
    BACKGROUND = "background"
    BRUSH = "brush"
    ERASER = "eraser"
    LASSO = "lasso"
    POLYGON = "polygon"
    BOX = "box"
    FILL = "fill"
    CLICK = "click"
    HINT = "hint"
    SPLIT = "split"
    REMARK = "remark"
    PAN = "pan"
