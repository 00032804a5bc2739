"""What the window says, for people and for the translation."""
