"""What is evaluated, kept and forked in the model's memory.

Sequence 0 holds the prompt's prefix (system and question). Sequence 1 is a fork of it that goes on
with the body (the answer). Every branch is a fork of sequence 1 with a short tail, and all tails go
into the same decode. So a question is evaluated once, an answer once for all its points, and an
edited answer from the first changed token on.

Dense models trim a sequence to the longest common prefix. Recurrent and hybrid models cannot go
back; they fork again from the sequence before.
"""

from collections.abc import Callable, Generator, Iterator, Sequence

from tutor.engine.child.native import DecodeAborted, DecodeFailed, Logits, Native, Row

PREFIX, BODY, FIRST_BRANCH = 0, 1, 2
CHUNK = 128
"""Tokens evaluated between two looks at the clock; a cancelled call loses at most these."""

Tokens = list[int]


class TooLong(Exception):
    """The tokens do not fit into the context."""

    def __init__(self, tokens: int, room: int) -> None:
        super().__init__(f"{tokens} tokens where {room} fit")
        self.tokens = tokens
        self.room = room


class Sequences:
    """Keeps the model's memory equal to a prompt with the least work."""

    def __init__(self, native: Native, advanced: Callable[[int, int], None]) -> None:
        self._native = native
        self._advanced = advanced
        self._held: dict[int, Tokens] = {PREFIX: [], BODY: []}

    def hold(self, prefix: Tokens, body: Tokens) -> int:
        """Evaluate what is missing of prefix and body; the number of tokens it took.

        Aborted half-way it keeps what was evaluated, and the next call goes on from there.
        """
        self._fits(len(prefix) + len(body) + 1)
        whole = prefix + body
        todo = self._missing(PREFIX, prefix)
        todo += len(whole) - self._reusable(whole, prefix)
        done = self._advance_to(PREFIX, prefix, 0, todo)
        if not self._continues(whole, prefix):
            self._native.fork(PREFIX, BODY)
            self._held[BODY] = list(prefix)
        return done + self._advance_to(BODY, whole, done, todo)

    def branches(self, tails: Sequence[Tokens]) -> list[Logits]:
        """The logits after each tail, behind the held prompt, as many tails a decode as fit."""
        results: list[Logits] = []
        for group in self._groups(tails):
            try:
                results += self._decode_group(group)
            finally:
                for index in range(len(group)):
                    self._native.drop(FIRST_BRANCH + index)
        return results

    def write(self, tail: Tokens, most: int) -> Generator[int, None, None]:
        """Greedy tokens behind the held prompt and `tail`, up to the end of the turn."""
        self._fits(len(self._held[BODY]) + len(tail) + 1)
        native = self._native
        native.fork(BODY, FIRST_BRANCH)
        try:
            position = len(self._held[BODY])
            logits = self._decode(self._rows(tail, position, FIRST_BRANCH))[0]
            position += len(tail)
            for _ in range(min(most, native.context - position)):
                token = int(logits.argmax())
                if native.ends(token):
                    return
                yield token
                logits = native.decode([Row(token, position, FIRST_BRANCH, wanted=True)])[0]
                position += 1
        finally:
            native.drop(FIRST_BRANCH)

    def forget(self) -> None:
        """Drop everything."""
        self._native.clear()
        self._held = {PREFIX: [], BODY: []}

    def _missing(self, sequence: int, tokens: Tokens) -> int:
        return len(tokens) - self._kept(self._held[sequence], tokens)

    def _kept(self, held: Tokens, wanted: Tokens) -> int:
        """How many of the held tokens can stay."""
        common = _common(held, wanted)
        return common if common == len(held) or self._native.can_trim else 0

    def _reusable(self, whole: Tokens, prefix: Tokens) -> int:
        if self._held[PREFIX] != prefix:
            return len(prefix)
        return max(self._kept(self._held[BODY], whole), len(prefix))

    def _continues(self, whole: Tokens, prefix: Tokens) -> bool:
        """Whether sequence 1 can become `whole` without a new fork from sequence 0."""
        held = self._held[BODY]
        return len(held) >= len(prefix) and self._kept(held, whole) >= len(prefix)

    def _advance_to(self, sequence: int, tokens: Tokens, done: int, todo: int) -> int:
        """Bring one sequence to `tokens`, chunk by chunk."""
        start = self._cut(sequence, tokens)
        for begin in range(start, len(tokens), CHUNK):
            chunk = tokens[begin : begin + CHUNK]
            self._evaluate(sequence, chunk, begin)
            done += len(chunk)
            self._advanced(done, todo)
        return len(tokens) - start

    def _evaluate(self, sequence: int, chunk: Tokens, begin: int) -> None:
        try:
            self._native.decode([Row(t, begin + i, sequence) for i, t in enumerate(chunk)])
        except (DecodeAborted, DecodeFailed):
            self._restore(sequence, begin)
            raise
        self._held[sequence] += chunk

    def _cut(self, sequence: int, tokens: Tokens) -> int:
        """Drop what cannot stay of a sequence; the length of what stays."""
        held = self._held[sequence]
        keep = self._kept(held, tokens)
        if keep == len(held):
            return keep
        if sequence == PREFIX:
            self._drop(BODY)
        if keep and self._native.trim(sequence, keep):
            del held[keep:]
            return keep
        self._drop(sequence)
        return 0

    def _restore(self, sequence: int, length: int) -> None:
        """After an abort: back to the chunks that are whole."""
        if self._native.can_trim and self._native.trim(sequence, length):
            return
        self._drop(sequence)

    def _drop(self, sequence: int) -> None:
        self._native.drop(sequence)
        self._held[sequence] = []

    def _groups(self, tails: Sequence[Tokens]) -> Iterator[list[Tokens]]:
        options = self._native.options
        room = self._native.context - len(self._held[BODY])
        most = options.sequences - FIRST_BRANCH
        group: list[Tokens] = []
        for tail in tails:
            if len(tail) > room:
                raise TooLong(len(self._held[BODY]) + len(tail), self._native.context)
            size = sum(map(len, group)) + len(tail)
            if group and (len(group) == most or size > min(options.batch, room)):
                yield group
                group = []
            group.append(tail)
        if group:
            yield group

    def _decode_group(self, group: list[Tokens]) -> list[Logits]:
        rows: list[Row] = []
        for index, tail in enumerate(group):
            self._native.fork(BODY, FIRST_BRANCH + index)
            rows += self._rows(tail, len(self._held[BODY]), FIRST_BRANCH + index)
        return self._decode(rows)

    @staticmethod
    def _rows(tail: Tokens, position: int, sequence: int) -> list[Row]:
        last = len(tail) - 1
        return [Row(t, position + i, sequence, wanted=i == last) for i, t in enumerate(tail)]

    def _decode(self, rows: list[Row]) -> list[Logits]:
        size = self._native.options.batch
        results: list[Logits] = []
        for begin in range(0, len(rows), size):
            results += self._native.decode(rows[begin : begin + size])
        return results

    def _fits(self, tokens: int) -> None:
        if tokens > self._native.context:
            raise TooLong(tokens, self._native.context)


def _common(one: Tokens, other: Tokens) -> int:
    """The length of the longest common prefix."""
    shortest = min(len(one), len(other))
    if one[:shortest] == other[:shortest]:
        return shortest
    return next(i for i in range(shortest) if one[i] != other[i])
