"""The settings, from the command line, the environment, a file and defaults, in that order."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tutor.errors import TutorError
from tutor.wrong_values import wrong_value

Tongue = Literal["de", "en", "ru", "zh"]
"""A language of questions."""
Share = Annotated[float, Field(ge=0, le=1)]


class SettingsInvalid(TutorError):
    """The settings file or a TUTOR_ variable has an invalid value."""


class Settings(BaseSettings):
    """Settings of one profile, from `settings.toml` in its folder and `TUTOR_…` variables."""

    model_config = SettingsConfigDict(
        env_prefix="TUTOR_", extra="forbid", frozen=True, validate_default=False
    )
    file: ClassVar[Path | None] = None

    model: Path | None = None
    """The model file; without it the first `*.gguf` in a models folder; `""` for no model."""
    embedded: bool = True
    """Whether the judge grades if there is no other model."""
    allow_large_model: bool = False
    """Load a model even if it needs more memory than is free."""
    context: Annotated[int, Field(ge=512, le=131_072)] = 4096
    """The most tokens of question, answer and rubric point together."""
    threads: Annotated[int, Field(ge=0, le=256)] = 0
    """Threads for the model; 0 for one per physical core."""
    server: str | None = None
    """The address of a model server that you run; it grades instead of a model file."""
    server_model: str | None = None
    """Which of the server's models to use; by default the first."""
    server_template: Path | None = None
    """The model's file or its chat template, for a server that does not report the template."""
    server_anywhere: bool = False
    """Whether the server may be another machine, so that answers leave this one."""
    server_jobs: Annotated[int, Field(ge=1, le=256)] = 8
    """The most requests in progress at the same time."""
    feedback: bool = True
    """Whether the model writes feedback after its verdicts, and follow-up questions."""
    calibrate: bool = True
    """Whether to measure and calibrate an unmeasured model during pauses."""
    cover: bool = True
    """Whether a question says what a full answer has to cover; in an exam it never does."""
    session_length: Annotated[int, Field(ge=1, le=1000)] = 10
    """Questions in a session."""
    retention: Annotated[float, Field(ge=0.7, le=0.99)] = 0.9
    """A question is asked again when the probability of remembering falls to this."""
    new_per_day: Annotated[int, Field(ge=0, le=1000)] = 10
    """New questions per day; an upcoming exam may require more."""
    exam_date: date | None = None
    """The day of the exam: every question is asked twice before it, once in its last week."""
    exam_decks: tuple[str, ...] = ()
    """The ids of the decks that the exam covers; none for all."""
    languages: tuple[Tongue, ...] = ()
    """The languages that the student reads, best first; none for the system's and English."""
    decks: tuple[str, ...] = ()
    """The ids of the decks to study; none for all."""
    hard_from: Share = 0.4
    """The score, out of 1, from which an answer counts as hard, that is, remembered."""
    good_from: Share = 0.65
    """The score from which it counts as good."""
    easy_from: Share = 0.95
    """The score from which it counts as easy, unless hints were used."""
    day_starts: Annotated[int, Field(ge=0, le=12)] = 4
    """The hour, by the system's clock, at which a new day begins."""

    theme: str | None = None
    """The name of the colour theme; by default one that suits the terminal's background."""

    @field_validator("model", mode="before")
    @classmethod
    def _only_empty_is_none(cls, value: object) -> object:
        """Keep `.` as a folder: as a path it would equal the empty path, which means no model."""
        return Path.cwd() if isinstance(value, str) and value and not Path(value).parts else value

    @model_validator(mode="after")
    def _check_scores(self) -> Self:
        if not self.hard_from <= self.good_from <= self.easy_from:
            raise ValueError("hard_from, good_from and easy_from must be in ascending order")
        return self

    @property
    def wants_judge(self) -> bool:
        """Whether the judge is to grade, since neither another model nor key terms are chosen."""
        return self.embedded and self.model is None and not self.server

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments take precedence over the environment, and the environment over the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, cls.file))


def load_settings(file: Path, arguments: Mapping[str, object] | None = None) -> Settings:
    """The settings from arguments, environment and `file`. Arguments that are None are ignored.

    Raises `SettingsInvalid`, which names every invalid field.
    """
    given = {name: value for name, value in (arguments or {}).items() if value is not None}
    with_file: Callable[..., Settings] = type("Settings", (Settings,), {"file": file})
    try:
        return with_file(**given)
    except ValidationError as error:
        problems = "; ".join(
            ": ".join(filter(None, (".".join(map(str, each["loc"])), wrong_value(each))))
            for each in error.errors()
        )
        raise SettingsInvalid(
            f"the settings cannot be used: {problems}",
            remedy=f"Fix {file}, or the environment variable TUTOR_… of that name.",
        ) from error
    except UnicodeDecodeError as error:
        from tutor.encodings import not_utf8, remedy_for

        data = file.read_bytes()
        raise SettingsInvalid(f"{file} {not_utf8(data)}", remedy=remedy_for(data)) from error
    except (OSError, ValueError) as error:
        raise SettingsInvalid(
            f"{file} cannot be read: {error}",
            remedy="The file must be TOML, for example: context = 4096",
        ) from error
