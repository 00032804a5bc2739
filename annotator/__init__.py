"""Strokeflow: from a few scribbles or masks to a dense, reviewed label set of a video."""
