"""Decides which tokens to evaluate, reuse and fork in the model's KV cache.

Sequence 0 is the prompt's prefix (system and question). Sequence 1 is a fork of it followed by the
body (the answer). Every branch is a fork of sequence 1 with a short tail, and all tails are
evaluated in the same decode. So a question is evaluated once, an answer once for all its points,
and an edited answer from the first changed token on.

A common beginning of all tails is evaluated once: in dense models its tokens belong to all branches
of the decode; in others it is evaluated on sequence 2, from which the branches fork.

Dense models trim a sequence to the longest common prefix. Recurrent and hybrid models cannot; for
them the sequence is forked again from the one before.
"""

from collections.abc import Callable, Container, Generator, Iterator, Sequence
from dataclasses import dataclass

from tutor.engine.errors import PromptTooLong
from tutor.engine.worker.llama import BatchRow, DecodeAborted, DecodeFailed, Logits, Native

PREFIX, BODY, TRUNK, FIRST_BRANCH = 0, 1, 2, 3
CHUNK = 128
"""Tokens per decode; cancelling a call loses at most this many."""
WORTH_A_DECODE = 8
"""Tokens that a decode of its own must save to pay off: every decode reads all the weights."""

Tokens = list[int]


@dataclass(frozen=True)
class Track:
    """A branch in tokens, and the places in it where logits are read, at least one."""

    tokens: tuple[int, ...]
    text: tuple[int, ...] = ()
    """Indices of the tokens whose likelihood is measured; never the first token."""
    asks: tuple[tuple[int, tuple[str, ...], tuple[int, ...]], ...] = ()
    """For each ask: the index of the token before the labels, the labels, and their tokens."""

    @property
    def read_at(self) -> frozenset[int]:
        """The indices of the tokens after which logits are read."""
        return frozenset(index - 1 for index in self.text) | {index for index, _, _ in self.asks}


class Sequences:
    """Brings the KV cache to a prompt with the least work.

    What does not fit into the context raises `PromptTooLong`.
    """

    def __init__(self, native: Native, advanced: Callable[[], None]) -> None:
        """`advanced` is called after every decode."""
        self._native = native
        self._advanced = advanced
        self._held: dict[int, Tokens] = {PREFIX: [], BODY: []}

    def hold(self, prefix: Tokens, body: Tokens) -> None:
        """Evaluate what is missing of prefix and body.

        If it is aborted, what was evaluated stays, and the next call continues from there.
        """
        self._check_fits(len(prefix) + len(body) + 1)
        tokens = prefix + body
        self._advance_to(PREFIX, prefix)
        if not self._continues(tokens, prefix):
            self._native.fork(PREFIX, BODY)
            self._held[BODY] = list(prefix)
        self._advance_to(BODY, tokens)

    def branches(self, tracks: Sequence[Track]) -> Iterator[tuple[int, int, Logits]]:
        """Evaluate all tracks after the held prompt, as many per decode as fit.

        For every index in a track's `read_at` it yields the track's number, the index and the
        logits there, which the next step overwrites.
        """
        shared = _shared_length(tracks)
        trunk = tracks[0].tokens[:shared]
        start = len(self._held[BODY])
        try:
            if trunk and not self._native.can_trim:
                self._check_fits(start + shared)
                self._native.fork(BODY, TRUNK)
                list(self._decode(self._rows(trunk, start, (TRUNK,))))  # nothing of it is read
            for group in self._groups(tracks, shared):
                yield from self._decode_group(group, trunk)
        finally:
            for sequence in range(TRUNK, self._native.options.sequences):
                self._native.drop(sequence)

    def write(self, tail: Tokens, most: int) -> Generator[int, None, None]:
        """Yield greedy tokens after the held prompt and `tail`, up to the end of the turn."""
        self._check_fits(len(self._held[BODY]) + len(tail) + 1)
        native = self._native
        native.fork(BODY, TRUNK)
        try:
            position = len(self._held[BODY])
            token = self._next(self._rows(tail, position, (TRUNK,), {len(tail) - 1}))
            position += len(tail)
            for _ in range(min(most, native.context - position)):
                if native.ends(token):
                    return
                yield token
                token = self._next([BatchRow(token, position, (TRUNK,), read=True)])
                position += 1
        finally:
            native.drop(TRUNK)

    def forget(self) -> None:
        """Drop everything."""
        self._native.clear()
        self._held = {PREFIX: [], BODY: []}

    def _reusable_length(self, held: Tokens, target: Tokens) -> int:
        """How many of the held tokens can stay on the way to `target`."""
        common = _common_length(held, target)
        return common if common == len(held) or self._native.can_trim else 0

    def _continues(self, tokens: Tokens, prefix: Tokens) -> bool:
        """Whether sequence 1 can become `tokens` without a new fork from sequence 0."""
        held = self._held[BODY]
        return len(held) >= len(prefix) and self._reusable_length(held, tokens) >= len(prefix)

    def _advance_to(self, sequence: int, tokens: Tokens) -> None:
        """Extend one sequence to `tokens`, chunk by chunk."""
        for begin in range(self._cut(sequence, tokens), len(tokens), CHUNK):
            chunk = tokens[begin : begin + CHUNK]
            try:
                self._native.decode(self._rows(chunk, begin, (sequence,)))
            except (DecodeAborted, DecodeFailed):  # return to the last complete chunk
                if not (self._native.can_trim and self._native.trim(sequence, begin)):
                    self._drop(sequence)
                raise
            self._held[sequence] += chunk
            self._advanced()

    def _cut(self, sequence: int, tokens: Tokens) -> int:
        """Drop what cannot stay of a sequence; return the length of the rest."""
        held = self._held[sequence]
        keep = self._reusable_length(held, tokens)
        if keep == len(held):
            return keep
        if sequence == PREFIX:
            self._drop(BODY)
        if keep and self._native.trim(sequence, keep):
            del held[keep:]
            return keep
        self._drop(sequence)
        return 0

    def _drop(self, sequence: int) -> None:
        self._native.drop(sequence)
        self._held[sequence] = []

    def _groups(
        self, tracks: Sequence[Track], shared: int
    ) -> Iterator[Sequence[tuple[int, Track]]]:
        """Yield the tracks with their numbers, as many together as fit into a decode."""
        options = self._native.options
        room = self._native.context - len(self._held[BODY]) - shared
        group: list[tuple[int, Track]] = []
        used = 0
        for number, track in enumerate(tracks):
            length = len(track.tokens) - shared
            self._check_fits(self._native.context - room + length)
            if group and (
                len(group) == options.sequences - FIRST_BRANCH
                or used + length > min(options.batch, room)
            ):
                yield group
                group, used = [], 0
            group.append((number, track))
            used += length
        if group:
            yield group

    def _decode_group(
        self, group: Sequence[tuple[int, Track]], trunk: Sequence[int]
    ) -> Iterator[tuple[int, int, Logits]]:
        """Evaluate each branch as a sequence; tokens of a shared trunk belong to all of them."""
        start = len(self._held[BODY])
        shared = len(trunk)
        sequences = tuple(range(FIRST_BRANCH, FIRST_BRANCH + len(group)))
        together = self._native.can_trim or not shared
        for sequence in sequences:
            self._native.fork(BODY if together else TRUNK, sequence)
        rows = self._rows(trunk, start, sequences) if together else []
        places = [(0, 0)] * len(rows)
        for sequence, (number, track) in zip(sequences, group, strict=True):
            read_at = {index - shared for index in track.read_at}
            rows += self._rows(track.tokens[shared:], start + shared, (sequence,), read_at)
            places += [(number, index) for index in range(shared, len(track.tokens))]
        for row, logits in self._decode(rows):
            yield *places[row], logits
        for sequence in sequences:
            self._native.drop(sequence)

    @staticmethod
    def _rows(
        tokens: Sequence[int],
        position: int,
        sequences: tuple[int, ...],
        read_at: Container[int] = (),
    ) -> list[BatchRow]:
        return [
            BatchRow(t, position + i, sequences, read=i in read_at) for i, t in enumerate(tokens)
        ]

    def _decode(self, rows: Sequence[BatchRow]) -> Iterator[tuple[int, Logits]]:
        """Decode in chunks, each a sign of life; yields the indices of read rows with logits."""
        for begin in range(0, len(rows), CHUNK):
            for index, logits in self._native.decode(rows[begin : begin + CHUNK]).items():
                yield begin + index, logits
            self._advanced()

    def _next(self, rows: Sequence[BatchRow]) -> int:
        """The likeliest token after `rows`, of which only the last is read."""
        ((_, logits),) = self._decode(rows)
        return int(logits.argmax())

    def _check_fits(self, tokens: int) -> None:
        if tokens > self._native.context:
            raise PromptTooLong(f"{tokens} tokens where {self._native.context} fit")


def _shared_length(tracks: Sequence[Track]) -> int:
    """How many tokens all tracks share before the first that is read; 0 if that saves little."""
    if len(tracks) < 2:
        return 0
    most = min(min(track.read_at) for track in tracks)
    shared = min(_common_length(tracks[0].tokens, track.tokens[:most]) for track in tracks)
    return shared if shared * (len(tracks) - 1) >= WORTH_A_DECODE else 0


def _common_length(tokens: Sequence[int], other: Sequence[int]) -> int:
    """The length of the longest common prefix."""
    shortest = min(len(tokens), len(other))
    if tokens[:shortest] == other[:shortest]:
        return shortest
    return next(i for i in range(shortest) if tokens[i] != other[i])
