"""Optical flow behind one protocol: OpenCV's DIS, and every model of ptlflow by its name.

Nothing here imports torch until a ptlflow model is made.
"""

from models.flow.base import FlowEstimator, create
from models.flow.colour import colour_wheel, flow_to_colour

__all__ = ["FlowEstimator", "colour_wheel", "create", "flow_to_colour"]
