"""Use cases: every way to change a project goes through here."""
