"""Adapters of the networks: the only rooms of the application that know torch.

They run in the worker process, and are imported there on first use.
"""

import os

# Threads of PyTorch that wait for each other must not spin: where other programs want the
# processor as well, spinning made a step of a fit take six times as long (measured). It counts
# only if it is said before PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
