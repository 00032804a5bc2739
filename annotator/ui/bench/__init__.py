"""Measuring the window: the real one, driven by real events, with clips made on the spot."""
