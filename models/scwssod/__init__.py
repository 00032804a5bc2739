"""SCWSSOD: structure-consistent weakly supervised salient object detection (AAAI 2021)."""
