"""Weights on this machine."""
