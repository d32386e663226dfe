"""The cache keeps what was used last."""

from tutor.engine.recent import Recent


def test_the_value_that_was_not_used_for_longest_is_dropped() -> None:
    cache: Recent[str, int] = Recent(2)
    cache.keep("a", 1)
    cache.keep("b", 2)
    assert cache.get("a") == 1
    cache.keep("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_a_value_kept_again_counts_as_used() -> None:
    cache: Recent[str, int] = Recent(2)
    for key, value in (("a", 1), ("b", 2), ("a", 4), ("c", 3)):
        cache.keep(key, value)
    assert [cache.get(key) for key in "abc"] == [4, None, 3]


def test_clearing_drops_everything() -> None:
    cache: Recent[str, int] = Recent(2)
    cache.keep("a", 1)
    cache.clear()
    assert cache.get("a") is None
