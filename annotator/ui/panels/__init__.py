"""Panels about the project as it is, and the parts that panels and dialogs share."""
