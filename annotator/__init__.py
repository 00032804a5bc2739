"""Strokeflow: from a few scribbles or masks to a dense, reviewed label set of a video."""

__version__ = "0.1.0"
