"""What the student can set: explicit argument, then environment, then file, then default."""

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

Tongue = Literal["de", "en", "ru", "zh"]
"""A language that questions can be there in."""
Share = Annotated[float, Field(ge=0, le=1)]


class SettingsInvalid(TutorError):
    """The settings file, or a TUTOR_ variable, holds something that cannot be used."""


class Settings(BaseSettings):
    """Settings of one profile, from `settings.toml` in its folder and from `TUTOR_…` variables."""

    model_config = SettingsConfigDict(
        env_prefix="TUTOR_", extra="forbid", frozen=True, validate_default=False
    )
    file: ClassVar[Path | None] = None

    model: Path | None = None
    """The model file; without it the first `*.gguf` in a models folder is used, with `""` none."""
    embedded: bool = True
    """Whether the model that was trained for our decks judges as long as there is no other."""
    allow_large_model: bool = False
    """Load a model although less memory is free than it needs."""
    context: Annotated[int, Field(ge=512, le=131_072)] = 4096
    """Tokens that question, answer and rubric point may have together."""
    threads: Annotated[int, Field(ge=0, le=256)] = 0
    """Threads for the model; 0 for as many as the processor has physical cores."""
    server: str | None = None
    """The address of a model server that you run; it judges in the place of a model file."""
    server_model: str | None = None
    """Which of the server's models; without it the first."""
    server_template: Path | None = None
    """The model's file, or its chat template's, for a server that does not tell the template."""
    server_anywhere: bool = False
    """Whether the server may be another machine, so that answers leave this one."""
    server_jobs: Annotated[int, Field(ge=1, le=256)] = 8
    """Requests under way at the same time."""
    feedback: bool = True
    """Whether the model writes: a few sentences after its verdicts, and second questions."""
    calibrate: bool = True
    """Whether a model that nobody measured yet is measured in pauses, to be calibrated."""
    cover: bool = True
    """Whether a question says what a full answer goes into; an exam never does."""
    session_length: Annotated[int, Field(ge=1, le=1000)] = 10
    """Questions in a session."""
    retention: Annotated[float, Field(ge=0.7, le=0.99)] = 0.9
    """The probability of remembering at which a question is asked again."""
    new_per_day: Annotated[int, Field(ge=0, le=1000)] = 10
    """New questions a day; an exam ahead may want more."""
    exam_date: date | None = None
    """The day of the exam: every question is asked twice before it, once in its last week."""
    exam_decks: tuple[str, ...] = ()
    """The ids of the decks that the exam is about; none for all."""
    languages: tuple[Tongue, ...] = ()
    """The languages that the student reads, the best first; none for the system's and English."""
    decks: tuple[str, ...] = ()
    """The ids of the decks to study; none for all."""
    hard_from: Share = 0.4
    """The score, of 1, from which an answer counts as remembered, though hard."""
    good_from: Share = 0.65
    """The score from which it counts as good."""
    easy_from: Share = 0.95
    """The score from which it counts as easy, unless there were hints."""
    day_starts: Annotated[int, Field(ge=0, le=12)] = 4
    """The hour at which a new day begins, by the system's clock."""

    theme: str | None = None
    """The colours, by the name of a theme; without it those that suit the terminal's background."""

    @field_validator("model", mode="before")
    @classmethod
    def _only_empty_is_none(cls, value: object) -> object:
        """`.` is a folder; as a path it would be the same as no path at all."""
        return Path.cwd() if isinstance(value, str) and value and not Path(value).parts else value

    @model_validator(mode="after")
    def _scores_go_up(self) -> Self:
        if not self.hard_from <= self.good_from <= self.easy_from:
            raise ValueError("hard_from, good_from and easy_from must be in ascending order")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Argument before environment before file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, cls.file))


def load_settings(file: Path, arguments: Mapping[str, object] | None = None) -> Settings:
    """The settings that hold with `file` and the environment; arguments that are None do not count.

    Raises `SettingsInvalid`, which names every field that is wrong.
    """
    given = {name: value for name, value in (arguments or {}).items() if value is not None}
    located: Callable[..., Settings] = type("Settings", (Settings,), {"file": file})
    try:
        return located(**given)
    except ValidationError as error:
        problems = "; ".join(_told(problem["loc"], problem["msg"]) for problem in error.errors())
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


def _told(where: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, where))}: {message}"
