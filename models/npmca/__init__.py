"""NPMCA-net: non-local pixel matching with channel attention (video object segmentation)."""
