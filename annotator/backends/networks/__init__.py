"""Adapters of the networks: the only rooms of the application that know torch.

They run in the worker process, and are imported there on first use.
"""
