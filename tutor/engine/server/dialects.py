"""How to make the same request to each kind of server, and keep untrusted text from being control.

A server that takes a prompt as text turns every `<|im_end|>` in it into a control token, whoever
wrote it. So prompts are sent as token numbers to every server that accepts them.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from tutor.engine.api import Distribution, Segment, joined
from tutor.engine.chat_template import Frame, Lost, cut, slot, with_system, without_system
from tutor.engine.errors import EngineCrashed, EngineError, LabelsUnusable, PromptTooLong
from tutor.engine.server.http_client import ServerRefused, Wire, shown
from tutor.engine.server.responses import (
    Choice,
    Chunk,
    Completion,
    Models,
    Props,
    Served,
    TextReply,
    Tokens,
    by_id,
    distribution,
    read,
)

Pieces = Sequence[Sequence[Segment]]
"""A prompt in pieces that are tokenised one by one, as the child process does it."""
Encoded = list[int] | str
LARGE = 1_000_000_000
"""Parameters that a model is assumed to have if neither the server nor its name says."""
PUSH = 100.0
"""Logits added to the labels, so that llama.cpp's servers sample one of them: if the end token came
first, they would return no probabilities. The probabilities that they return are unbiased."""
REMEMBERED = 128
"""Texts whose tokens are cached."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([bBmM])(?![a-zA-Z])")
_OPENS = re.compile(r"(?<=[<\[{])(?!\Z)|(?<=>)(?=>)")
"""Splits the beginning of every known control token: `<s>`, `<|x|>`, `[INST]`, `{x}`, `>>X<<`."""
_JOINER = "\u2060"
"""WORD JOINER, an invisible character without meaning."""


@dataclass(frozen=True)
class ServerFacts:
    """What a server reports about its model."""

    name: str
    fingerprint: str
    parameters: int
    context: int
    slots: int
    """Requests that the server processes in parallel; 0 if it does not say."""


class Dialect(ABC):
    """One kind of server. Every failure raises `EngineError`."""

    kind: ClassVar[str]
    together: ClassVar[bool] = False
    """Whether parallel requests share the evaluation of a common prompt."""
    slots: ClassVar[int] = 0
    """Requests that it processes in parallel, unless the server says; 0 for many."""
    by_text: ClassVar[bool] = False
    """Whether replies identify tokens by text instead of number."""

    def __init__(self, wire: Wire, model: Served) -> None:
        self._wire = wire
        self._model = model
        self._token_cache: dict[tuple[str, bool], tuple[int, ...]] = {}
        self._context = 0

    async def about(self) -> ServerFacts:
        """The facts about the model."""
        name = self._model.id.rsplit("/", 1)[-1]
        meta = self._model.meta
        identity = f"{self.kind}\0{self._model.id}\0{self._model.root}\0{meta}"
        return ServerFacts(
            name=shown(name)[:40] or "a model",
            fingerprint=sha256(identity.encode("utf-8", "replace")).hexdigest()[:16],
            parameters=(meta.n_params if meta else 0) or _parameters(name),
            context=self._context,
            slots=self.slots,
        )

    @abstractmethod
    async def frame(self) -> Frame:
        """The model's chat template, as a frame around two texts."""

    @abstractmethod
    async def encode(self, pieces: Pieces, forced: Sequence[str] = ()) -> Encoded:
        """A prompt as this server takes it; only trusted text in it can become control tokens.

        The pieces end with the frame's foot; `forced` is what the model is made to have said after
        it.
        """

    @abstractmethod
    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """The token numbers of `text`; unless `control`, none of them is a control token."""

    async def next(
        self, pieces: Pieces, forced: Sequence[str], labels: Sequence[str]
    ) -> Distribution:
        """The labels' probabilities after a prompt. Raises `LabelsUnusable`."""
        numbers = await self.label_tokens(labels)
        prompt = await self.encode(pieces, forced)
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
        encoded = [await self._remembered(Segment(label)) for label in labels]
        numbers = tuple(tokens[0] for tokens in encoded if len(tokens) == 1)
        if len(set(numbers)) < len(labels):
            raise LabelsUnusable(f"not all of {', '.join(labels)} are one token of this model")
        return numbers

    async def likelihood(
        self,
        before: Pieces,  # noqa: ARG002
        tail: Sequence[Segment],  # noqa: ARG002
    ) -> float | None:
        """The mean log-probability of the tail's untrusted tokens; None if unavailable."""
        return None

    async def write(self, pieces: Pieces, forced: Sequence[str], most: int) -> AsyncIterator[str]:
        """Stream greedy text after a prompt."""
        payload = {**self._payload(await self.encode(pieces, forced), most), "stream": True}
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

    async def _numbers(self, pieces: Pieces, forced: Sequence[str] = ()) -> list[int]:
        """Token numbers of each piece by itself, with trusted and untrusted text apart."""
        segments = [segment for piece in pieces for segment in joined(piece)]
        segments += [Segment(text, trusted=True) for text in forced]
        return [token for segment in segments for token in await self._remembered(segment)]

    async def _remembered(self, segment: Segment) -> tuple[int, ...]:
        key = (segment.text, segment.trusted)
        tokens = self._token_cache.pop(key, None)
        if tokens is None:
            tokens = await self.tokens(segment.text, control=segment.trusted)
        self._token_cache[key] = tokens
        while len(self._token_cache) > REMEMBERED:
            self._token_cache.pop(next(iter(self._token_cache)))
        return tokens


class LlamaServer(Dialect):
    """llama.cpp's own server: its tokens are exactly those of the child process."""

    kind = "llama-server"
    _LISTED = 300
    """How many of the likeliest tokens to request; labels that the prompt names rank far higher."""

    async def about(self) -> ServerFacts:
        """Context and slots from `/props`."""
        props = read(Props, await self._wire.get("/props"))
        self._context = props.default_generation_settings.n_ctx
        listed = await super().about()
        identity = f"{listed.fingerprint}\0{props.chat_template}"
        return ServerFacts(
            name=listed.name,
            fingerprint=sha256(identity.encode("utf-8", "replace")).hexdigest()[:16],
            parameters=listed.parameters,
            context=self._context,
            slots=props.total_slots,
        )

    async def frame(self) -> Frame:
        """As the server renders it."""
        return await _frame(self._rendered)

    async def encode(self, pieces: Pieces, forced: Sequence[str] = ()) -> Encoded:
        """As numbers, beginning with the BOS token if the model has one."""
        first, plain = await self._bos(), await self._numbers(pieces, forced)
        return plain if first is None or plain[:1] == [first] else [first, *plain]

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """Without `parse_special`, a `<|im_end|>` in an answer stays text."""
        return await self._tokenized(text, parse_special=control, add_special=False)

    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        pushed = [[label, PUSH] for label in labels]
        return {"n_probs": self._LISTED, "cache_prompt": True, "logit_bias": pushed}

    async def _rendered(self, messages: Sequence[Mapping[str, str]]) -> str:
        payload = {"messages": messages, "chat_template_kwargs": {"enable_thinking": False}}
        return read(TextReply, await self._wire.post("/apply-template", payload)).prompt

    async def _bos(self) -> int | None:
        """The token that the server puts before every text; None if it puts none."""
        key = ("", True)
        if key not in self._token_cache:
            alone = await self._tokenized("a", parse_special=False, add_special=False)
            added = await self._tokenized("a", parse_special=False, add_special=True)
            self._token_cache[key] = added[:1] if added[:1] != alone[:1] else ()
        return next(iter(self._token_cache[key]), None)

    async def _tokenized(self, text: str, **options: bool) -> tuple[int, ...]:
        payload = {"model": self._model.id, "content": text, **options}
        return read(Tokens, await self._wire.post("/tokenize", payload)).tokens


class Vllm(Dialect):
    """vLLM: takes token numbers too, but its tokeniser always recognises control tokens.

    So untrusted text is split inside everything that could begin one, and its parts are tokenised
    one by one: the text stays the same, and no part contains a complete control token.
    """

    kind = "vLLM"
    together = True
    _LISTED = 20
    """The most that vLLM gives unless it was started with more (`--max-logprobs`)."""

    async def about(self) -> ServerFacts:
        """The list of models includes the context length."""
        self._context = self._model.max_model_len or 0
        return await super().about()

    async def frame(self) -> Frame:
        """As the server renders it, read back from its tokens."""
        return await _frame(self._rendered)

    async def encode(self, pieces: Pieces, forced: Sequence[str] = ()) -> Encoded:
        """As numbers; the template contains the BOS token itself."""
        return await self._numbers(pieces, forced)

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """Split where control tokens could begin, unless `control`."""
        parts = [text] if control else _OPENS.split(text)
        return tuple([token for part in parts if part for token in await self._tokenized(part)])

    async def likelihood(self, before: Pieces, tail: Sequence[Segment]) -> float | None:
        """From the log-probabilities of the prompt's own tokens."""
        tokens, measured = await self._numbers(before), list[int]()
        start = len(tokens)
        for segment in joined(tail):
            at = len(tokens)
            tokens += await self._remembered(segment)
            if not segment.trusted:
                measured += range(max(start + 1, at), len(tokens))
        echoed = (await self._complete(tokens, {"echo": True, "logprobs": 1})).of_tokens
        reported = [echoed[index] for index in measured if index < len(echoed)]
        values = [value for value in reported if value is not None]
        return sum(values) / len(values) if values and len(values) == len(measured) else None

    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        return {
            "logprobs": self._LISTED,
            "logprob_token_ids": list(labels),  # newer versions: exactly these
            "return_tokens_as_token_ids": True,
        }

    async def _rendered(self, messages: Sequence[Mapping[str, str]]) -> str:
        payload = {
            "model": self._model.id,
            "messages": messages,
            "add_generation_prompt": True,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        tokens = read(Tokens, await self._wire.post("/tokenize", payload)).tokens
        payload = {"model": self._model.id, "tokens": tokens}
        return read(TextReply, await self._wire.post("/detokenize", payload)).prompt

    async def _tokenized(self, text: str) -> tuple[int, ...]:
        payload = {"model": self._model.id, "prompt": text, "add_special_tokens": False}
        return read(Tokens, await self._wire.post("/tokenize", payload)).tokens


class LlamaCppPython(Dialect):
    """llama-cpp-python's server, which takes only text and recognises control tokens in it.

    When it turns tokens back into text, it omits control tokens. So a round trip shows whether the
    untrusted text contained any. If it did, an invisible character is inserted wherever one could
    begin, and the prompt is checked again; if it still contains some, it is not sent.
    """

    kind = "llama-cpp-python"
    slots = 1
    by_text = True
    _LISTED = 300

    def __init__(
        self, wire: Wire, model: Served, template: Callable[[], Awaitable[Frame]] | None
    ) -> None:
        super().__init__(wire, model)
        self._template = template
        self._framed: Frame | None = None
        self._seen: Frame | None = None
        self._clean: dict[str, str] = {}

    async def frame(self) -> Frame:
        """From the file that the student names, since this server does not report its template."""
        if self._template is None:
            raise ServerRefused(
                "llama-cpp-python's server does not report its model's chat template",
                remedy="Set server_template in the settings, or TUTOR_SERVER_TEMPLATE, to the "
                "model file or its template.",
            )
        self._framed = frame = await self._template()
        system, user = slot(), slot()
        returned = await self._round_trip(f"{frame.head}{system}{frame.middle}{user}{frame.foot}")
        try:
            self._seen = cut(returned, system, user)
        except Lost as error:
            raise ServerRefused("this model's tokens do not come back as their text") from error
        return frame

    async def encode(self, pieces: Pieces, forced: Sequence[str] = ()) -> Encoded:
        """As one text, checked once for all prompts that differ only in `forced`."""
        turn = "".join(segment.text for piece in pieces for segment in piece)
        clean = self._clean.pop(turn, None)
        self._clean[turn] = clean = clean or await self._checked(pieces, turn)
        while len(self._clean) > REMEMBERED:
            self._clean.pop(next(iter(self._clean)))
        return clean + "".join(forced)

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:  # noqa: ARG002
        """Without the BOS token; this server ignores `control`."""
        empty, tokens = await self._tokenized(""), await self._tokenized(text)
        return tokens[len(empty) :] if tokens[: len(empty)] == empty else tokens

    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        return {
            "logprobs": self._LISTED,
            "logit_bias": {str(label): PUSH for label in labels},
            "logit_bias_type": "input_ids",
        }

    def _payload(self, prompt: Encoded, most: int) -> dict[str, object]:
        return {**super()._payload(prompt, most), "repeat_penalty": 1.0}

    async def _checked(self, pieces: Pieces, plain: str) -> str:
        if await self._is_preserved(plain):
            return plain
        separated = "".join(
            segment.text if segment.trusted else _OPENS.sub(_JOINER, segment.text)
            for piece in pieces
            for segment in piece
        )
        if await self._is_preserved(separated):
            return separated
        raise EngineError(
            "the answer contains text that this server would read as a control token",
            remedy="Use llama-server or vLLM, which can treat it as text.",
        )

    async def _is_preserved(self, text: str) -> bool:
        """Whether a round trip through tokens loses nothing but the frame's own control tokens."""
        frame, probe = self._framed, self._seen
        if frame is None or probe is None:
            return False
        inner = text[len(frame.head) : len(text) - len(frame.foot)]
        system, middle, user = inner.partition(frame.middle)
        return bool(middle) and await self._round_trip(text) == (
            f"{probe.head}{system}{probe.middle}{user}{probe.foot}"
        )

    async def _round_trip(self, text: str) -> str:
        tokens = await self._tokenized(text)
        return read(TextReply, await self._wire.post("/extras/detokenize", {"tokens": tokens})).text

    async def _tokenized(self, text: str) -> tuple[int, ...]:
        payload = {"model": self._model.id, "input": text}
        return read(Tokens, await self._wire.post("/extras/tokenize", payload)).tokens


async def find_dialect(
    wire: Wire, model: str | None, template: Callable[[], Awaitable[Frame]] | None
) -> Dialect:
    """Recognise the kind of server by who owns the model in its list. Raises `EngineError`."""
    served = _chosen(read(Models, await wire.get("/v1/models")).data, model)
    if served.owned_by == "llamacpp":
        return LlamaServer(wire, served)
    if served.owned_by == "vllm":
        return Vllm(wire, served)
    if served.owned_by == "me":
        return LlamaCppPython(wire, served, template)
    raise ServerRefused(
        "this server cannot grade; llama-server, vLLM and llama-cpp-python's server can",
        remedy="Ollama cannot keep control tokens out of an answer; see docs/servers.md.",
    )


def _chosen(served: Sequence[Served], id_: str | None) -> Served:
    for one in served:
        if id_ is None or one.id == id_:
            return one
    available = ", ".join(shown(one.id) for one in served[:10]) or "none"
    raise ServerRefused(
        f"the server has no model {shown(id_ or '')}; it has: {available}",
        remedy="Set server_model in the settings to one of these.",
    )


async def _frame(render: Callable[[list[dict[str, str]]], Awaitable[str]]) -> Frame:
    """The frame in a server's own rendering of the template, with or without a system role."""
    system, user = slot(), slot()
    try:
        return cut(await render(with_system(system, user)), system, user)
    except EngineCrashed:
        raise
    except (EngineError, Lost):
        try:
            return cut(await render(without_system(system, user)), system, user)
        except Lost as error:
            raise ServerRefused(f"the model's chat template cannot be used ({error})") from error


def _parameters(name: str) -> int:
    """The size in a name such as `Qwen2.5-7B-Instruct`; of several, the largest."""
    sizes = (float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in _SIZE.findall(name))
    return int(max(sizes, default=LARGE))
