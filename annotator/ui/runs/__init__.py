"""Backends at work: asked for, watched, cancelled; live masks, carrying, proposals, models."""
