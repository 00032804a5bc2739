"""A least-recently-used cache that is bounded in bytes rather than in entries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ByteLRU(Generic[K, V]):
    """Keeps the most recently used values whose sizes add up to at most `max_bytes`.

    Safe to use from several threads. `hits` and `misses` count the calls of `get`.
    """

    def __init__(self, max_bytes: int) -> None:
        if max_bytes < 0:
            raise ValueError(f"a cache cannot hold {max_bytes} bytes")
        self.max_bytes = max_bytes
        self.hits = 0
        self.misses = 0
        self._bytes = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """Bytes held now; never above `max_bytes`."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: K) -> bool:
        """True if `key` is held; counts neither as a use nor as a hit."""
        return key in self._entries

    def get(self, key: K) -> V | None:
        """The value of `key`, which becomes the most recently used one, or None."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self.misses += 1
                return None
            self.hits += 1
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: K, value: V, size: int) -> bool:
        """Hold `value`, which weighs `size` bytes, dropping the least recently used ones.

        Returns False if the value alone is over the budget; it is not held then, and a former
        value of the same key is gone too.
        """
        if size < 0:
            raise ValueError(f"a value cannot weigh {size} bytes")
        with self._lock:
            self._remove(key)
            if size > self.max_bytes:
                return False
            # Room is made before the value is added, so that no reader ever sees the cache over
            # its budget.
            while self._bytes + size > self.max_bytes:
                _, (_, freed) = self._entries.popitem(last=False)
                self._bytes -= freed
            self._entries[key] = (value, size)
            self._bytes += size
            return True

    def resize(self, max_bytes: int) -> None:
        """Hold at most `max_bytes` from now on, dropping the least recently used values."""
        with self._lock:
            self.max_bytes = max_bytes
            while self._bytes > max_bytes:
                _, (_, freed) = self._entries.popitem(last=False)
                self._bytes -= freed

    def discard(self, key: K) -> None:
        """Forget `key` if it is held."""
        with self._lock:
            self._remove(key)

    def clear(self) -> None:
        """Forget everything; the counters stay."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _remove(self, key: K) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry[1]
