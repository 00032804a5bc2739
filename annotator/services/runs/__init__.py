"""Backends put to work on a project: what is to be done, the work in the worker, its results."""
