"""RCRNet, its pseudo-label generator FGPLG and RCRNet+NER (ICCV 2019)."""
