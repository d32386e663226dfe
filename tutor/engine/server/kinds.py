"""Makes the same requests to each kind of server, and keeps control tokens out of untrusted text.

A server that takes a prompt as text turns every `<|im_end|>` in it into a control token, whoever
wrote it. So prompts are sent as token numbers to every server that accepts them.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from tutor.engine.api import ModelInfo, Segment, joined
from tutor.engine.chat_template import Frame, Lost, Messages, Slots
from tutor.engine.errors import EngineCrashed, EngineError
from tutor.engine.recent import Recent
from tutor.engine.server.dialect import REMEMBERED, Dialect, Encoded, digest
from tutor.engine.server.http_client import ServerRefused, Wire
from tutor.engine.server.responses import Models, Props, Served, TextReply, Tokens, read
from tutor.formatting import short_line

PUSH = 100.0
"""Added to the labels' logits, so that llama.cpp's servers sample a label: if the end token came
first, they would return no probabilities. The probabilities that they return are unbiased."""
_OPENS = re.compile(r"(?<=[<\[{])(?!\Z)|(?<=>)(?=>)")
"""Splits the beginning of every known control token: `<s>`, `<|x|>`, `[INST]`, `{x}`, `>>X<<`."""
_JOINER = "\u2060"
"""WORD JOINER, an invisible character without meaning."""


class LlamaServer(Dialect):
    """llama.cpp's own server: its tokens are exactly those of the child process."""

    kind = "llama-server"
    _LISTED = 300
    """How many of the likeliest tokens to request; labels that the prompt names rank far higher."""

    async def about(self) -> ModelInfo:
        """The facts about the model, with context and slots from `/props`."""
        props = read(Props, await self._wire.get("/props"))
        self._context = props.default_generation_settings.n_ctx
        self.slots = props.total_slots
        listed = await super().about()
        fingerprint = digest(f"{listed.fingerprint}\0{props.chat_template}")
        return replace(listed, fingerprint=fingerprint)

    async def frame(self) -> Frame:
        """The frame as the server renders it."""
        return await _frame(self._rendered)

    async def encode(self, turn: Sequence[Segment], forced: Sequence[str] = ()) -> Encoded:
        """Encode the prompt as numbers, beginning with the BOS token if the model has one."""
        first, plain = await self._bos(), await self._numbers(turn, forced)
        return plain if first is None or plain[:1] == [first] else [first, *plain]

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """The tokens of `text`; without `parse_special`, a `<|im_end|>` in it stays text."""
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
        bos = self._token_cache.get(key)
        if bos is None:
            without = await self._tokenized("a", parse_special=False, add_special=False)
            with_bos = await self._tokenized("a", parse_special=False, add_special=True)
            bos = with_bos[:1] if with_bos[:1] != without[:1] else ()
            self._token_cache.keep(key, bos)
        return next(iter(bos), None)

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
    """The most that vLLM returns unless it was started with more (`--max-logprobs`)."""

    async def about(self) -> ModelInfo:
        """The facts about the model, with the context length from the list of models."""
        self._context = self._model.max_model_len or 0
        return await super().about()

    async def frame(self) -> Frame:
        """The frame as the server renders it, read back from its tokens."""
        return await _frame(self._rendered)

    async def encode(self, turn: Sequence[Segment], forced: Sequence[str] = ()) -> Encoded:
        """Encode the prompt as numbers; the template contains the BOS token itself."""
        return await self._numbers(turn, forced)

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:
        """The tokens of `text`, split where control tokens could begin unless `control`."""
        parts = [text] if control else _OPENS.split(text)
        return tuple([token for part in parts if part for token in await self._tokenized(part)])

    async def likelihood(self, before: Sequence[Segment], tail: Sequence[Segment]) -> float | None:
        """The mean log-probability, computed from those of the prompt's own tokens."""
        tokens, measured = await self._numbers(before), list[int]()
        start = len(tokens)
        for segment in joined(tail):
            at = len(tokens)
            tokens += await self._cached_tokens(segment)
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
        self._clean: Recent[str, str] = Recent(REMEMBERED)

    async def frame(self) -> Frame:
        """The frame from the file that the student names, since this server reports none."""
        if self._template is None:
            raise ServerRefused(
                "llama-cpp-python's server does not report its model's chat template",
                remedy="Set server_template in the settings, or TUTOR_SERVER_TEMPLATE, to the "
                "model file or its template.",
            )
        self._framed = frame = await self._template()
        slots = Slots()
        sent = f"{frame.head}{slots.system}{frame.middle}{slots.user}{frame.foot}"
        try:
            self._seen = slots.frame(await self._round_trip(sent))
        except Lost as error:
            raise ServerRefused("this model's tokens do not come back as their text") from error
        return frame

    async def encode(self, turn: Sequence[Segment], forced: Sequence[str] = ()) -> Encoded:
        """Encode the prompt as text, checked once for all prompts that differ only in `forced`."""
        text = "".join(segment.text for segment in turn)
        clean = self._clean.get(text)
        if clean is None:
            clean = await self._checked(turn, text)
            self._clean.keep(text, clean)
        return clean + "".join(forced)

    async def tokens(self, text: str, *, control: bool) -> tuple[int, ...]:  # noqa: ARG002
        """The tokens of `text` without the BOS token; this server ignores `control`."""
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

    async def _checked(self, turn: Sequence[Segment], plain: str) -> str:
        if await self._is_preserved(plain):
            return plain
        separated = "".join(
            segment.text if segment.trusted else _OPENS.sub(_JOINER, segment.text)
            for segment in turn
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
    for model in served:
        if id_ is None or model.id == id_:
            return model
    available = ", ".join(short_line(model.id) for model in served[:10]) or "none"
    raise ServerRefused(
        f"the server has no model {short_line(id_ or '')}; it has: {available}",
        remedy="Set server_model in the settings to one of these.",
    )


async def _frame(render: Callable[[Messages], Awaitable[str]]) -> Frame:
    """The frame in a server's own rendering of the template, with or without a system role."""
    slots = Slots()
    with_system, without_system = slots.messages
    try:
        return slots.frame(await render(with_system))
    except EngineCrashed:
        raise
    except (EngineError, Lost):
        try:
            return slots.frame(await render(without_system))
        except Lost as error:
            raise ServerRefused(f"the model's chat template cannot be used ({error})") from error
