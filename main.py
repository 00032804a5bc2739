"""Starts Strokeflow; the same as the command `strokeflow`."""

from annotator.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
