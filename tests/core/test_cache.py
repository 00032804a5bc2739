"""The cache never holds more than its budget, and drops what was used longest ago."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.cache import ByteLRU


def test_drops_the_least_recently_used() -> None:
    cache: ByteLRU[str, int] = ByteLRU(10)
    for key in "abc":
        cache.put(key, ord(key), 3)
    assert cache.get("a") == ord("a")
    cache.put("d", 1, 3)
    assert "b" not in cache
    assert [key in cache for key in "acd"] == [True] * 3
    assert (cache.hits, cache.misses, cache.bytes, len(cache)) == (1, 0, 9, 3)
    assert cache.get("b") is None
    assert cache.misses == 1


def test_values_over_the_budget_are_not_held() -> None:
    cache: ByteLRU[str, int] = ByteLRU(10)
    assert cache.put("a", 1, 10)
    assert not cache.put("a", 2, 11)
    assert "a" not in cache
    assert cache.bytes == 0


def test_forgetting() -> None:
    cache: ByteLRU[str, int] = ByteLRU(10)
    cache.put("a", 1, 4)
    cache.put("b", 1, 4)
    cache.discard("a")
    cache.discard("a")
    assert cache.bytes == 4
    cache.clear()
    assert (cache.bytes, len(cache)) == (0, 0)


@pytest.mark.parametrize("size", [-1])
def test_bad_sizes(size: int) -> None:
    with pytest.raises(ValueError, match="-1"):
        ByteLRU(size)
    with pytest.raises(ValueError, match="-1"):
        ByteLRU(1).put("a", 1, size)


@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.sampled_from("pgd"), st.integers(0, 8), st.integers(0, 30))),
)
def test_budget_holds_whatever_happens(budget: int, steps: list[tuple[str, int, int]]) -> None:
    cache: ByteLRU[int, int] = ByteLRU(budget)
    sizes: dict[int, int] = {}
    for step, key, size in steps:
        if step == "p":
            sizes[key] = size
            assert cache.put(key, size, size) == (size <= budget)
        elif step == "g":
            value = cache.get(key)
            assert value is None or value == sizes[key]
        else:
            cache.discard(key)
        assert cache.bytes == sum(sizes[k] for k in range(9) if k in cache)
        assert cache.bytes <= budget
