"""The replies of servers, validated on arrival; fields that we do not need are ignored."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tutor.engine.api import Distribution
from tutor.engine.errors import EngineError

LogProbability = Annotated[float, Field(allow_inf_nan=False)]


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


R = TypeVar("R", bound=_Reply)


class ModelMeta(_Reply):
    """What llama-server reports about a model; all of it is part of the model's fingerprint."""

    n_params: Annotated[int, Field(ge=0)] = 0
    n_vocab: int = 0
    size: int = 0
    ftype: str = ""


class Served(_Reply):
    """One model in `/v1/models`."""

    id: str
    owned_by: str = ""
    root: str | None = None
    max_model_len: int | None = None
    meta: ModelMeta | None = None


class Models(_Reply):
    """`/v1/models`."""

    data: tuple[Served, ...]


class Tokens(_Reply):
    """`/tokenize`, `/extras/tokenize`."""

    tokens: tuple[int, ...]


class TextReply(_Reply):
    """`/detokenize` and `/apply-template` (vLLM, llama-server), `/extras/detokenize`."""

    prompt: str = ""
    text: str = ""


class _Settings(_Reply):
    n_ctx: Annotated[int, Field(ge=1)]


class Props(_Reply):
    """`/props` of llama-server."""

    default_generation_settings: _Settings
    total_slots: Annotated[int, Field(ge=1)] = 1
    chat_template: str = ""


class _Ranked(_Reply):
    id: int
    logprob: LogProbability


class _Place(_Reply):
    top_logprobs: tuple[_Ranked, ...]


class _ByToken(_Reply):
    """llama-server: token numbers at every position."""

    content: Annotated[tuple[_Place, ...], Field(min_length=1)]


class _ByText(_Reply):
    """OpenAI's older form (vLLM, llama-cpp-python): tokens as text or as `token_id:5`."""

    token_logprobs: tuple[LogProbability | None, ...] = ()
    top_logprobs: Annotated[tuple[Mapping[str, LogProbability] | None, ...], Field(min_length=1)]


class Choice(_Reply):
    """One completion."""

    text: str = ""
    logprobs: _ByToken | _ByText | None = None

    @property
    def ranked(self) -> Mapping[str, float]:
        """The log-probabilities of the likeliest next tokens; empty if none were given."""
        if isinstance(self.logprobs, _ByToken):
            top = self.logprobs.content[0].top_logprobs
            return {by_id(token.id): token.logprob for token in top}
        return (self.logprobs.top_logprobs[0] if self.logprobs else None) or {}

    @property
    def of_tokens(self) -> tuple[float | None, ...]:
        """The log-probability of each token of an echoed prompt."""
        return self.logprobs.token_logprobs if isinstance(self.logprobs, _ByText) else ()


class Completion(_Reply):
    """`/v1/completions`."""

    choices: Annotated[tuple[Choice, ...], Field(min_length=1)]


class Chunk(_Reply):
    """One event of a streamed completion."""

    choices: tuple[Choice, ...] = ()


def read(kind: type[R], body: bytes) -> R:
    """Parse `body` as `kind`. Raises `EngineError`."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise EngineError(
            "the server's reply does not match the request",
            remedy="Check that this is a model server's address; see docs/servers.md.",
        ) from error


def by_id(token: int) -> str:
    """What vLLM calls the token with this number."""
    return f"token_id:{token}"


def distribution(
    labels: Sequence[str], names: Sequence[str], ranked: Mapping[str, float]
) -> Distribution:
    """The labels' probabilities, from a ranking of the likeliest tokens that calls them `names`.

    A label that is not in the ranking is given the probability of the last entry, an upper bound.
    It adds nothing to the mass, which is therefore a lower bound.
    """
    least = min(ranked.values())
    values = [ranked.get(name, least) for name in names]
    most = max(values)
    total = most + math.log(sum(math.exp(value - most) for value in values))
    mass = sum(math.exp(ranked[name]) for name in names if name in ranked)
    return Distribution(
        labels=tuple(labels),
        log_probabilities=tuple(value - total for value in values),
        mass=min(1.0, mass),
    )
