"""Data files that ship with the application."""
