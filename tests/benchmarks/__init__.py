"""Measurements that take too long for the suite; each is a command that prints what it measured."""
