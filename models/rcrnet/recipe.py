"""Training recipes of RCRNet+NER and FGPLG as their code has them.

The code of the image pre-training of RCRNet is not published; the paper says Adam, 1e-4, on MSRA-B
and HKU-IS.
"""

from __future__ import annotations

INPUT_SIZE = (448, 448)
CLIP_LENGTH = 4
CLIPS_PER_BATCH = 1
EPOCHS = 51
LEARNING_RATE = 1e-5
"""Adam, no weight decay, no schedule. Batch statistics stay frozen, scale and shift are trained."""
IMAGE_LEARNING_RATE = 1e-4
LABEL_INTERVAL = 5
"""Labelled frames kept for FGPLG: every fifth."""
PSEUDO_LABELS_BETWEEN = 1
"""Pseudo-labels between two labelled frames, each made from the two real labels."""


def pseudo_label_frames(previous: int, following: int, count: int) -> list[int]:
    """Where `count` pseudo-labels lie between two labelled frames, as published.

    Steps are rounded down, so the last gap may be wider: (0, 30, 7) gives 3, 6, ..., 21.
    """
    step = (following - previous) // (count + 1)
    return [previous + step * (j + 1) for j in range(count)]
