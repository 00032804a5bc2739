"""Feature extractors shared by the networks."""
