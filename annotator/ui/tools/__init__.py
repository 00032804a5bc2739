"""What the pen does: small state machines without model calls."""
