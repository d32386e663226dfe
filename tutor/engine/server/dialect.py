"""What every kind of server can do: the probabilities of labels after a prompt, and text."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256
from typing import ClassVar

from tutor.engine.api import Distribution, ModelInfo, Segment
from tutor.engine.chat_template import Frame
from tutor.engine.errors import PromptTooLong
from tutor.engine.labels import single_tokens
from tutor.engine.recent import Recent
from tutor.engine.server.http_client import ServerRefused, Wire
from tutor.engine.server.responses import (
    Choice,
    Chunk,
    Completion,
    Served,
    by_id,
    distribution,
    read,
)
from tutor.formatting import short_line

Encoded = list[int] | str
LARGE = 1_000_000_000
"""Parameters that a model is assumed to have if neither the server nor its name says."""
REMEMBERED = 128
"""Texts whose tokens are cached."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([bBmM])(?![a-zA-Z])")


class Dialect(ABC):
    """One kind of server. Every failure raises `EngineError`.

    A prompt is a row of segments, which are tokenised one by one as the child process does it.
    """

    kind: ClassVar[str]
    together: ClassVar[bool] = False
    """Whether parallel requests share the evaluation of a common prompt."""
    slots: int = 0
    """Requests that it processes in parallel; 0 for many."""
    by_text: ClassVar[bool] = False
    """Whether replies identify tokens by text instead of number."""

    def __init__(self, wire: Wire, model: Served) -> None:
        self._wire = wire
        self._model = model
        self._token_cache: Recent[tuple[str, bool], tuple[int, ...]] = Recent(REMEMBERED)
        self._context = 0

    async def about(self) -> ModelInfo:
        """The facts about the model; its label set is not known yet."""
        name = self._model.id.rsplit("/", 1)[-1]
        meta = self._model.meta
        identity = f"{self.kind}\0{self._model.id}\0{self._model.root}\0{meta}"
        return ModelInfo(
            name=short_line(name, 40) or "a model",
            path=self._wire.address,
            fingerprint=digest(identity),
            architecture=self.kind,
            parameters=(meta.n_params if meta else 0) or _parameters(name),
            context=self._context,
            label_set=-1,
            plain_buffers=False,
            prefill_rate=0.0,
        )

    @abstractmethod
    async def frame(self) -> Frame:
        """The model's chat template, as a frame around two texts."""

    @abstractmethod
    async def encode(self, turn: Sequence[Segment], forced: Sequence[str] = ()) -> Encoded:
        """A prompt as this server takes it; only trusted text in it can become control tokens.

        The turn ends with the frame's foot; `forced` is what the model is made to have said after
        it.
        """

    @abstractmethod
    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """The token numbers of `text`; unless `control`, none of them is a control token."""

    async def next(
        self, turn: Sequence[Segment], forced: Sequence[str], labels: Sequence[str]
    ) -> Distribution:
        """The labels' probabilities after a prompt. Raises `LabelsUnusable`."""
        numbers = await self.label_tokens(labels)
        prompt = await self.encode(turn, forced)
        choice = await self._complete(prompt, self._options(numbers))
        if not choice.ranked:
            raise ServerRefused(
                "the server returns no log-probabilities, which grading needs",
                remedy="Start the server with log-probabilities; see docs/servers.md.",
            )
        names = labels if self.by_text else [by_id(number) for number in numbers]
        return distribution(labels, names, choice.ranked)

    async def label_tokens(self, labels: Sequence[str]) -> tuple[int, ...]:
        """The labels' token numbers. Raises `LabelsUnusable` if one is several tokens."""
        encoded = [await self._cached_tokens(Segment(label)) for label in labels]
        return single_tokens(labels, encoded)

    async def likelihood(
        self,
        before: Sequence[Segment],  # noqa: ARG002
        tail: Sequence[Segment],  # noqa: ARG002
    ) -> float | None:
        """The mean log-probability of the tail's untrusted tokens; None if unavailable."""
        return None

    async def write(
        self, turn: Sequence[Segment], forced: Sequence[str], most: int
    ) -> AsyncIterator[str]:
        """Stream greedy text after a prompt."""
        payload = {**self._payload(await self.encode(turn, forced), most), "stream": True}
        async for data in self._wire.events("/v1/completions", payload):
            for choice in read(Chunk, data).choices:
                yield choice.text

    @abstractmethod
    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        """The options that make this server return the probabilities of the next token."""

    async def _complete(self, prompt: Encoded, options: Mapping[str, object]) -> Choice:
        body = await self._wire.post("/v1/completions", {**self._payload(prompt, 1), **options})
        return read(Completion, body).choices[0]

    def _payload(self, prompt: Encoded, most: int) -> dict[str, object]:
        if self._context and len(prompt) >= self._context and not isinstance(prompt, str):
            raise PromptTooLong(
                f"the answer is too long for this model: {len(prompt) + 1} tokens; "
                f"{self._context} fit",
                remedy="Shorten the answer, or give the server a larger context.",
            )
        return {"model": self._model.id, "prompt": prompt, "max_tokens": most, "temperature": 0}

    async def _numbers(self, turn: Sequence[Segment], forced: Sequence[str] = ()) -> list[int]:
        """Token numbers of each segment by itself, with trusted and untrusted text apart."""
        segments = [*turn, *(Segment(text, trusted=True) for text in forced)]
        return [token for segment in segments for token in await self._cached_tokens(segment)]

    async def _cached_tokens(self, segment: Segment) -> tuple[int, ...]:
        if not segment.text:
            return ()
        key = (segment.text, segment.trusted)
        tokens = self._token_cache.get(key)
        if tokens is None:
            tokens = await self.tokens(segment.text, control=segment.trusted)
            self._token_cache.keep(key, tokens)
        return tokens


def digest(identity: str) -> str:
    """A short name for what identifies a model."""
    return sha256(identity.encode("utf-8", "replace")).hexdigest()[:16]


def _parameters(name: str) -> int:
    """The size in a name such as `Qwen2.5-7B-Instruct`; of several, the largest."""
    sizes = (float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in _SIZE.findall(name))
    return int(max(sizes, default=LARGE))
