"""Training recipe of DCFM as its code has it."""

from __future__ import annotations

INPUT_SIZE = (224, 224)
GROUP_SIZE = 16
"""Images of one class per step; groups are not shuffled."""
EPOCHS = 200
BETAS = (0.9, 0.99)
"""Of Adam."""
WEIGHT_DECAY = 1e-4
LEARNING_RATE = 1e-4
BACKBONE_LEARNING_RATE = 1e-5
SEED = 123
TRAINED_BACKBONE_LAYER = "backbone.stages.4.5."
"""Only the last convolution of VGG (conv5_3) is trained; the thesis says the whole extractor."""
SHORT_SIDE = (358, 537)
"""Range of the random scale of the short side, before padding and the random crop."""
CROP = 448
ROTATION_DEGREES = 90
FLIP_PROBABILITY = 0.5
