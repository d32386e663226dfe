"""Signs of life: there is never more than a chunk of work between two of them."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tutor.engine.worker.kv_cache import CHUNK, Sequences, Track
from tutor.engine.worker.llama import BatchRow, DecodeAborted, LoadOptions, Logits

WORDS = 50


class NativeDouble:
    """Accepts rows and forks as llama.cpp does, and logs its decodes in a diary."""

    def __init__(self, diary: list[str], *, can_trim: bool = True) -> None:
        self.options = LoadOptions(4096, 1, 512, 19, plain_buffers=False)
        self.context = 4096
        self.can_trim = can_trim
        self.largest = 0
        self.held: dict[int, list[int]] = {}
        self._diary = diary

    def decode(self, rows: Sequence[BatchRow]) -> dict[int, Logits]:
        self._diary.append("decode")
        read: dict[int, Logits] = {}
        self.largest = max(self.largest, len(rows))
        for index, row in enumerate(rows):
            assert self.can_trim or len(row.sequences) == 1, "recurrent models share no token"
            for sequence in row.sequences:
                held = self.held.setdefault(sequence, [])
                assert row.position == len(held), "no gap and no overlap in any sequence"
                held.append(row.token)
                if row.read:
                    read[index] = np.eye(WORDS, dtype=np.float32)[sum(held) % WORDS]
        return read

    def fork(self, source: int, target: int) -> None:
        self.held[target] = list(self.held.get(source, []))

    def trim(self, sequence: int, length: int) -> bool:
        del self.held[sequence][length:]
        return self.can_trim

    def drop(self, sequence: int) -> None:
        self.held.pop(sequence, None)

    def clear(self) -> None:
        self.held.clear()

    def ends(self, _token: int) -> bool:
        return False


class Aborting(NativeDouble):
    """Aborts one decode, the `at`-th, with some of its rows already evaluated."""

    def __init__(self, diary: list[str], at: int, *, can_trim: bool) -> None:
        super().__init__(diary, can_trim=can_trim)
        self._at = at

    def decode(self, rows: Sequence[BatchRow]) -> dict[int, Logits]:
        self._at -= 1
        if self._at == 0:
            super().decode(rows[: len(rows) // 2])
            raise DecodeAborted
        return super().decode(rows)


def path(*tokens: int) -> Track:
    return Track(tokens, asks=((len(tokens) - 1, (), ()),))


def sequences_on(diary: list[str], native: NativeDouble) -> Sequences:
    return Sequences(native, lambda: diary.append("sign"))  # type: ignore[arg-type]


WORKS: dict[str, Callable[[Sequences], object]] = {
    "prompt": lambda s: s.hold([1] * 1000, [2] * 700),
    "branches": lambda s: list(s.branches([path(*[n] * 90) for n in range(20)])),
    "long branch": lambda s: list(s.branches([path(*[3] * 500)])),
    "shared beginning": lambda s: list(s.branches([path(*[3] * 400, n) for n in range(5)])),
    "text": lambda s: list(s.write([4] * 300, 40)),
}


@pytest.mark.parametrize("work", WORKS)
def test_every_decode_is_followed_by_a_sign_of_life(work: str) -> None:
    diary: list[str] = []
    native = NativeDouble(diary)
    sequences = sequences_on(diary, native)
    sequences.hold([1, 2], [3])
    diary.clear()
    WORKS[work](sequences)
    assert diary == ["decode", "sign"] * (len(diary) // 2)
    assert len(diary) >= 2
    assert native.largest <= CHUNK


@pytest.mark.parametrize("can_trim", [True, False])
@pytest.mark.parametrize("at", range(1, 14))
def test_after_any_aborted_decode_the_next_call_gives_the_right_result(
    at: int, can_trim: bool
) -> None:
    """The double checks every position; the test compares the results with a fresh start."""
    prefix, body = [1] * 300, [2] * 300
    paths = [path(*[5] * 200, n) for n in range(3)]

    def scores(sequences: Sequences) -> list[tuple[int, int, int]]:
        sequences.hold(prefix, body)
        return [(n, i, int(logits.argmax())) for n, i, logits in sequences.branches(paths)]

    fresh: list[str] = []
    expected = scores(sequences_on(fresh, NativeDouble(fresh, can_trim=can_trim)))
    assert fresh.count("decode") <= 14
    diary: list[str] = []
    sequences = sequences_on(diary, Aborting(diary, at, can_trim=can_trim))
    if at <= fresh.count("decode"):
        with pytest.raises(DecodeAborted):
            scores(sequences)
    assert scores(sequences) == expected
    assert len(expected) == 3
