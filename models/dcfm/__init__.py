"""DCFM: democratic feature mining for co-salient object detection (CVPR 2022)."""
