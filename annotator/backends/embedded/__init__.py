"""Default backends that need no weights and no torch: OpenCV, numpy, SciPy."""
