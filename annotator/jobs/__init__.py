"""Long work: jobs, the worker process and its inline twin."""
