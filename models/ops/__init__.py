"""Tensor operations without parameters: resizing, warping, padding."""
