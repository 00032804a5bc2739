"""Measuring against a known truth: evaluation and the simulated annotator."""
