"""Training recipe of SCWSSOD as its code has it (S-DUTS scribbles, 10,553 images)."""

from __future__ import annotations

import math

INPUT_SIZE = (320, 320)
BATCH_SIZE = 16
EPOCHS = 40
MOMENTUM = 0.9
"""Of SGD with Nesterov's form. The code also computes a cyclic momentum that it never applies."""
WEIGHT_DECAY = 5e-4
BASE_LR = 1e-5
MAX_LR = 1e-2
BACKBONE_LR_RATIO = 0.1
"""Learning rate of the backbone relative to the head's."""
TEST_EPOCH = 36
"""The published results are of this epoch, not of the last."""


def learning_rate(step: int, total_steps: int) -> float:
    """Learning rate of the head at `step`: a triangle from base to maximum and back.

    The published training counts its first step as -1.
    """
    half = total_steps / 2
    cycle = math.floor(1 + step / total_steps)
    distance = abs(step / half - 2 * cycle + 1)
    return BASE_LR + (MAX_LR - BASE_LR) * max(0.0, 1 - distance)
