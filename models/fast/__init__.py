"""Forms of the blocks that give the same values in less time, for inference only."""
