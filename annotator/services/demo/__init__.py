"""The clip that comes along."""
