"""How each server is asked for the same, and how text that is not ours stays text with each.

A server that reads a prompt as text makes control tokens of every `<|im_end|>` in it, whoever wrote
it. So prompts go as token numbers wherever a server takes them.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from tutor.engine.api import (
    Distribution,
    EngineCrashed,
    EngineError,
    LabelsUnusable,
    PromptTooLong,
    Segment,
    joined,
)
from tutor.engine.chat_template import Frame, Lost, cut, slot, with_system, without_system
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
"""A prompt in pieces that are made tokens of one by one, as the child does it."""
Encoded = list[int] | str
LARGE = 1_000_000_000
"""Parameters: what a model is taken for if neither server nor name tells."""
PUSH = 100.0
"""Logits: a label is what llama.cpp's servers sample, since an end token, as the first, would bring
no probabilities. Those that they tell are from before it."""
REMEMBERED = 128
"""Texts whose tokens are kept."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([bBmM])(?![a-zA-Z])")
_OPENS = re.compile(r"(?<=[<\[{])(?!\Z)|(?<=>)(?=>)")
"""Inside the beginning of every control token known: `<s>`, `<|x|>`, `[INST]`, `{x}`, `>>X<<`."""
_JOINER = "\u2060"
"""WORD JOINER: it shows nothing and means nothing."""


@dataclass(frozen=True)
class ServerFacts:
    """What a server tells of its model."""

    name: str
    fingerprint: str
    parameters: int
    context: int
    slots: int
    """Requests that the server works at together; 0 where it does not tell."""


class Dialect(ABC):
    """One kind of server. All that fails raises `EngineError`."""

    kind: ClassVar[str]
    together: ClassVar[bool] = False
    """Whether requests of one prompt share what was evaluated, so that they may go side by side."""
    slots: ClassVar[int] = 0
    """Requests that it works at together, unless the server tells; 0 for many."""
    by_text: ClassVar[bool] = False
    """Whether tokens are told by their text and not by their number."""

    def __init__(self, wire: Wire, model: Served) -> None:
        self._wire = wire
        self._model = model
        self._kept: dict[tuple[str, bool], tuple[int, ...]] = {}
        self._context = 0

    async def about(self) -> ServerFacts:
        """What is known of the model."""
        name = self._model.id.rsplit("/", 1)[-1]
        meta = self._model.meta
        told = f"{self.kind}\0{self._model.id}\0{self._model.root}\0{meta}"
        return ServerFacts(
            name=shown(name)[:40] or "a model",
            fingerprint=sha256(told.encode("utf-8", "replace")).hexdigest()[:16],
            parameters=(meta.n_params if meta else 0) or _parameters(name),
            context=self._context,
            slots=self.slots,
        )

    @abstractmethod
    async def frame(self) -> Frame:
        """The model's chat template around two texts."""

    @abstractmethod
    async def encode(self, pieces: Pieces, said: Sequence[str] = ()) -> Encoded:
        """A prompt as this server takes it, in which only trusted text can be control tokens.

        The pieces end with the frame's foot; `said` is what the model is made to have said since.
        """

    @abstractmethod
    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """The numbers of the tokens of `text`; without `control` none of them controls."""

    async def next(
        self, pieces: Pieces, said: Sequence[str], labels: Sequence[str]
    ) -> Distribution:
        """The labels' probabilities behind a prompt. Raises `LabelsUnusable`."""
        numbers = await self.label_tokens(labels)
        prompt = await self.encode(pieces, said)
        choice = await self._complete(prompt, self._options(numbers))
        if not choice.ranked:
            raise ServerRefused(
                "the server returns no log-probabilities, which grading needs",
                remedy="Start the server with log-probabilities; see docs/servers.md.",
            )
        names = labels if self.by_text else [by_id(number) for number in numbers]
        return distribution(labels, names, choice.ranked)

    async def label_tokens(self, labels: Sequence[str]) -> tuple[int, ...]:
        """The labels' numbers. Raises `LabelsUnusable` where one is several tokens."""
        found = [await self._remembered(Segment(label)) for label in labels]
        numbers = tuple(tokens[0] for tokens in found if len(tokens) == 1)
        if len(set(numbers)) < len(labels):
            raise LabelsUnusable(f"not all of {', '.join(labels)} are one token of this model")
        return numbers

    async def likelihood(
        self,
        before: Pieces,  # noqa: ARG002
        tail: Sequence[Segment],  # noqa: ARG002
    ) -> float | None:
        """The mean log-probability of the tail's untrusted tokens; None where it is not told."""
        return None

    async def write(self, pieces: Pieces, said: Sequence[str], most: int) -> AsyncIterator[str]:
        """Greedy text behind a prompt, as it comes."""
        asked = {**self._asked(await self.encode(pieces, said), most), "stream": True}
        async for data in self._wire.events("/v1/completions", asked):
            for choice in read(Chunk, data).choices:
                yield choice.text

    @abstractmethod
    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        """How this server is asked for the probabilities of the next token."""

    async def _complete(self, prompt: Encoded, options: Mapping[str, object]) -> Choice:
        body = await self._wire.post("/v1/completions", {**self._asked(prompt, 1), **options})
        return read(Completion, body).choices[0]

    def _asked(self, prompt: Encoded, most: int) -> dict[str, object]:
        if self._context and len(prompt) >= self._context and not isinstance(prompt, str):
            raise PromptTooLong(
                f"the answer is too long for this model: {len(prompt) + 1} tokens; "
                f"{self._context} fit",
                remedy="Shorten the answer, or give the server a larger context.",
            )
        return {"model": self._model.id, "prompt": prompt, "max_tokens": most, "temperature": 0}

    async def _numbers(self, pieces: Pieces, said: Sequence[str] = ()) -> list[int]:
        """Each piece by itself, ours and theirs apart."""
        segments = [segment for piece in pieces for segment in joined(piece)]
        segments += [Segment(text, trusted=True) for text in said]
        return [token for segment in segments for token in await self._remembered(segment)]

    async def _remembered(self, segment: Segment) -> tuple[int, ...]:
        key = (segment.text, segment.trusted)
        found = self._kept.pop(key, None)
        if found is None:
            found = await self.tokens(segment.text, control=segment.trusted)
        self._kept[key] = found
        while len(self._kept) > REMEMBERED:
            self._kept.pop(next(iter(self._kept)))
        return found


class LlamaServer(Dialect):
    """llama.cpp's own server: tokens like the child's, to the last one."""

    kind = "llama-server"
    _LISTED = 300
    """Of the likeliest tokens; what the prompt names stands far higher."""

    async def about(self) -> ServerFacts:
        """Context and slots from `/props`."""
        props = read(Props, await self._wire.get("/props"))
        self._context = props.default_generation_settings.n_ctx
        found = await super().about()
        told = f"{found.fingerprint}\0{props.chat_template}"
        return ServerFacts(
            name=found.name,
            fingerprint=sha256(told.encode("utf-8", "replace")).hexdigest()[:16],
            parameters=found.parameters,
            context=self._context,
            slots=props.total_slots,
        )

    async def frame(self) -> Frame:
        """As the server renders it."""
        return await _frame(self._rendered)

    async def encode(self, pieces: Pieces, said: Sequence[str] = ()) -> Encoded:
        """As numbers, the token that begins a text first where the model wants one."""
        first, plain = await self._begun(), await self._numbers(pieces, said)
        return plain if first is None or plain[:1] == [first] else [first, *plain]

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """`parse_special` is what keeps an answer's `<|im_end|>` text."""
        return await self._tokenized(text, parse_special=control, add_special=False)

    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        pushed = [[label, PUSH] for label in labels]
        return {"n_probs": self._LISTED, "cache_prompt": True, "logit_bias": pushed}

    async def _rendered(self, messages: Sequence[Mapping[str, str]]) -> str:
        asked = {"messages": messages, "chat_template_kwargs": {"enable_thinking": False}}
        return read(TextReply, await self._wire.post("/apply-template", asked)).prompt

    async def _begun(self) -> int | None:
        """The token that the server sets before every text; None where it sets none."""
        key = ("", True)
        if key not in self._kept:
            alone = await self._tokenized("a", parse_special=False, add_special=False)
            added = await self._tokenized("a", parse_special=False, add_special=True)
            self._kept[key] = added[:1] if added[:1] != alone[:1] else ()
        return next(iter(self._kept[key]), None)

    async def _tokenized(self, text: str, **options: bool) -> tuple[int, ...]:
        asked = {"model": self._model.id, "content": text, **options}
        return read(Tokens, await self._wire.post("/tokenize", asked)).tokens


class Vllm(Dialect):
    """vLLM: tokens by number too, but its tokeniser always reads control tokens.

    So untrusted text is cut within everything that could begin one, and its parts are made tokens
    of one by one: the text stays what it is, and no part holds a whole control token.
    """

    kind = "vLLM"
    together = True
    _LISTED = 20
    """The most that vLLM gives unless it was started with more (`--max-logprobs`)."""

    async def about(self) -> ServerFacts:
        """The context is told with the models."""
        self._context = self._model.max_model_len or 0
        return await super().about()

    async def frame(self) -> Frame:
        """As the server renders it, read back from its tokens."""
        return await _frame(self._rendered)

    async def encode(self, pieces: Pieces, said: Sequence[str] = ()) -> Encoded:
        """As numbers; the template sets the token that begins a text itself."""
        return await self._numbers(pieces, said)

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """Cut where control tokens could begin, unless they are wanted."""
        parts = [text] if control else _OPENS.split(text)
        return tuple([token for part in parts if part for token in await self._tokenized(part)])

    async def likelihood(self, before: Pieces, tail: Sequence[Segment]) -> float | None:
        """From the log-probabilities of the prompt's own tokens."""
        tokens, wanted = await self._numbers(before), list[int]()
        start = len(tokens)
        for segment in joined(tail):
            at = len(tokens)
            tokens += await self._remembered(segment)
            if not segment.trusted:
                wanted += range(max(start + 1, at), len(tokens))
        told = (await self._complete(tokens, {"echo": True, "logprobs": 1})).of_tokens
        found = [told[index] for index in wanted if index < len(told)]
        values = [value for value in found if value is not None]
        return sum(values) / len(values) if values and len(values) == len(wanted) else None

    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        return {
            "logprobs": self._LISTED,
            "logprob_token_ids": list(labels),  # newer versions: exactly these
            "return_tokens_as_token_ids": True,
        }

    async def _rendered(self, messages: Sequence[Mapping[str, str]]) -> str:
        asked = {
            "model": self._model.id,
            "messages": messages,
            "add_generation_prompt": True,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        tokens = read(Tokens, await self._wire.post("/tokenize", asked)).tokens
        asked = {"model": self._model.id, "tokens": tokens}
        return read(TextReply, await self._wire.post("/detokenize", asked)).prompt

    async def _tokenized(self, text: str) -> tuple[int, ...]:
        asked = {"model": self._model.id, "prompt": text, "add_special_tokens": False}
        return read(Tokens, await self._wire.post("/tokenize", asked)).tokens


class LlamaCppPython(Dialect):
    """llama-cpp-python's server, which takes prompts as text only and reads control tokens in it.

    Its way back from tokens to text leaves control tokens out. So what comes back of a prompt shows
    whether an answer held any; if so such places are parted by a sign that nobody sees, and the
    prompt is looked at again. One that still holds some is not sent.
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
        """From the file that the student names, since this server does not tell."""
        if self._template is None:
            raise ServerRefused(
                "llama-cpp-python's server does not report its model's chat template",
                remedy="Set server_template in the settings, or TUTOR_SERVER_TEMPLATE, to the "
                "model file or its template.",
            )
        self._framed = frame = await self._template()
        ours, theirs = slot(), slot()
        back = await self._back(f"{frame.head}{ours}{frame.middle}{theirs}{frame.foot}")
        try:
            self._seen = cut(back, ours, theirs)
        except Lost as error:
            raise ServerRefused("this model's tokens do not come back as their text") from error
        return frame

    async def encode(self, pieces: Pieces, said: Sequence[str] = ()) -> Encoded:
        """As one text, looked at once for all prompts that differ in what was said only."""
        turn = "".join(segment.text for piece in pieces for segment in piece)
        clean = self._clean.pop(turn, None)
        self._clean[turn] = clean = clean or await self._checked(pieces, turn)
        while len(self._clean) > REMEMBERED:
            self._clean.pop(next(iter(self._clean)))
        return clean + "".join(said)

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:  # noqa: ARG002
        """Without the token that begins a text; `control` is not ours to choose here."""
        empty, found = await self._tokenized(""), await self._tokenized(text)
        return found[len(empty) :] if found[: len(empty)] == empty else found

    def _options(self, labels: Sequence[int]) -> Mapping[str, object]:
        return {
            "logprobs": self._LISTED,
            "logit_bias": {str(label): PUSH for label in labels},
            "logit_bias_type": "input_ids",
        }

    def _asked(self, prompt: Encoded, most: int) -> dict[str, object]:
        return {**super()._asked(prompt, most), "repeat_penalty": 1.0}

    async def _checked(self, pieces: Pieces, plain: str) -> str:
        if await self._comes_back(plain):
            return plain
        parted = "".join(
            segment.text if segment.trusted else _OPENS.sub(_JOINER, segment.text)
            for piece in pieces
            for segment in piece
        )
        if await self._comes_back(parted):
            return parted
        raise EngineError(
            "the answer contains text that this server would read as a control token",
            remedy="Use llama-server or vLLM, which can treat it as text.",
        )

    async def _comes_back(self, text: str) -> bool:
        """Whether all but the frame's own control tokens is there in the text of its tokens."""
        frame, seen = self._framed, self._seen
        if frame is None or seen is None:
            return False
        inner = text[len(frame.head) : len(text) - len(frame.foot)]
        system, middle, user = inner.partition(frame.middle)
        return bool(middle) and await self._back(text) == (
            f"{seen.head}{system}{seen.middle}{user}{seen.foot}"
        )

    async def _back(self, text: str) -> str:
        tokens = await self._tokenized(text)
        return read(TextReply, await self._wire.post("/extras/detokenize", {"tokens": tokens})).text

    async def _tokenized(self, text: str) -> tuple[int, ...]:
        asked = {"model": self._model.id, "input": text}
        return read(Tokens, await self._wire.post("/extras/tokenize", asked)).tokens


async def find_dialect(
    wire: Wire, model: str | None, template: Callable[[], Awaitable[Frame]] | None
) -> Dialect:
    """What kind of server this is, by what it says of the model. Raises `EngineError`."""
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


def _chosen(served: Sequence[Served], wanted: str | None) -> Served:
    for one in served:
        if wanted is None or one.id == wanted:
            return one
    there = ", ".join(shown(one.id) for one in served[:10]) or "none"
    raise ServerRefused(
        f"the server has no model {shown(wanted or '')}; it has: {there}",
        remedy="Set server_model in the settings to one of these.",
    )


async def _frame(render: Callable[[list[dict[str, str]]], Awaitable[str]]) -> Frame:
    """The frame that a server's own rendering shows, with a system role or without one."""
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
    """`Qwen2.5-7B-Instruct` says how large it is; of several numbers the largest counts."""
    sizes = (float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in _SIZE.findall(name))
    return int(max(sizes, default=LARGE))
