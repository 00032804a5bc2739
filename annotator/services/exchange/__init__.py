"""Labels in and out, one project or many."""
