"""Measures of masks and saliency maps."""
