"""Plain data and rules of the document: numpy and the standard library only."""
