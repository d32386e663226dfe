"""The cache keeps what was used last."""

from tutor.engine.recent import Recent


def test_the_value_that_was_not_used_for_longest_is_dropped() -> None:
    cache: Recent[str, int] = Recent(2)
    for key, value in (("a", 1), ("b", 2), ("a", 4), ("c", 3)):
        cache.keep(key, value)
    assert [cache.get(key) for key in "abc"] == [4, None, 3], "to keep it again is a use"
    assert cache.get("a") == 4
    cache.keep("d", 5)
    assert [cache.get(key) for key in "acd"] == [4, None, 5], "and so is to get it"
    cache.clear()
    assert cache.get("a") is None
