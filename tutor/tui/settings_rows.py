"""The settings in plain words: what each is called, and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.cells import cell_len
from textual.content import Content

from tutor.settings_file import Origin, StoredSettings, variable_of
from tutor.tui.labels import clean, fit, one_line

WIDE = 120
"""The cells from which a row also says what the setting does."""
NARROW = 60
"""The cells below which a row has only a name and a value."""
NOW, LATER = "at once", "next start"
_LABEL, _VALUE, _ORIGIN, _EFFECT = 28, 16, 13, 10
_GAP = 2
"""Cells between two columns."""
_LONG_VALUE, _MOST_VALUE = 28, 40
"""Cells for a value in a wide row, and at most in a row that does not say what a setting does."""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting."""

    name: str
    """As `settings.toml` calls it."""
    label: str
    meaning: str
    nothing: str = "none"
    """What an empty value stands for."""
    later: bool = False
    """Whether a change applies only from the next start."""


GROUPS: Mapping[str, tuple[SettingRow, ...]] = {
    "Studying": (
        SettingRow(
            "new_per_day",
            "New questions a day",
            "How many questions you see for the first time each day. An exam ahead may need more.",
        ),
        SettingRow("session_length", "Questions in a session", "After so many, a session ends."),
        SettingRow(
            "retention",
            "Retention to aim for",
            "A question comes again when you probably still know it: 0.9 is 9 times out of 10. "
            "More means more reviews.",
        ),
        SettingRow(
            "exam_date",
            "Exam date",
            "Every question comes twice before that day, once in the last week.",
        ),
        SettingRow(
            "exam_decks", "Decks in the exam", "The decks that your exam is about.", "all decks"
        ),
        SettingRow(
            "day_starts",
            "A new day starts at",
            "The hour, 0 to 12, up to which studying late still counts for the day before.",
        ),
    ),
    "Questions": (
        SettingRow(
            "languages",
            "Languages you read",
            "Only questions that exist in one of these are asked, and in that language. A deck "
            "that you start yourself is asked in full. None chosen: your system's and English.",
            "your system's, and English",
        ),
        SettingRow(
            "decks",
            "Decks to study",
            "Today lists these decks and asks only their questions.",
            "all decks",
        ),
        SettingRow(
            "cover",
            "Say what to cover",
            "A line below the question names what a full answer covers. Exams never show it.",
        ),
    ),
    "Rating": (
        SettingRow(
            "hard_from",
            "“Hard” from a score of",
            "From this share of the marks an answer counts as remembered, below as forgotten: "
            "0.4 is 40 %.",
        ),
        SettingRow(
            "good_from",
            "“Good” from a score of",
            "From this share of the marks an answer counts as good.",
        ),
        SettingRow(
            "easy_from",
            "“Easy” from a score of",
            "From this share of the marks an answer given without hints counts as easy.",
        ),
    ),
    "Grading": (
        SettingRow(
            "embedded",
            "Built-in model grades",
            "Use the model that was trained for these decks while you choose no other.",
            later=True,
        ),
        SettingRow(
            "model",
            "Your model",
            "The model file (GGUF) that grades. Press Enter to choose one in Models.",
            "first found",
            later=True,
        ),
        SettingRow(
            "feedback",
            "Model writes feedback",
            "After its verdicts the model writes a few sentences and asks follow-up questions.",
        ),
        SettingRow(
            "calibrate",
            "Measure new models in pauses",
            "While you do not type, a model that nobody has measured yet is tested and calibrated.",
        ),
        SettingRow(
            "context",
            "Context in tokens",
            "How long question, answer and point may be together. More needs more memory.",
            later=True,
        ),
        SettingRow(
            "threads",
            "Processor threads",
            "How many threads the model uses; 0 for one on each physical core.",
            later=True,
        ),
        SettingRow(
            "allow_large_model",
            "Load models that barely fit",
            "Load a model even if less memory is free than it needs.",
            later=True,
        ),
    ),
    "Model server": (
        SettingRow(
            "server",
            "Address",
            "A model server that you run grades instead of a file, "
            "for example http://127.0.0.1:8080.",
            later=True,
        ),
        SettingRow(
            "server_model",
            "Model on the server",
            "Which of the server's models grades.",
            "the first",
            later=True,
        ),
        SettingRow(
            "server_template",
            "Chat template",
            "The model's file, or a file with its chat template, for a server that does not "
            "give it.",
            later=True,
        ),
        SettingRow(
            "server_anywhere",
            "May be another machine",
            "Allow a server elsewhere. Your answers then leave this machine.",
            later=True,
        ),
        SettingRow(
            "server_jobs",
            "Requests at the same time",
            "How many requests the server gets at once.",
            later=True,
        ),
    ),
    "Look": (
        SettingRow(
            "theme",
            "Theme",
            "The colours. By default they suit your terminal, light or dark, if it can be "
            "detected.",
            "by the terminal",
        ),
    ),
}
"""All settings by what they are about, in the order of the screen."""
SETTINGS = {row.name: row for rows in GROUPS.values() for row in rows}


def value_words(row: SettingRow, value: object, names: Mapping[str, str]) -> str:
    """A value as a row shows it; `names` are those of what can be chosen, by id."""
    match value:
        case True:
            return "on"
        case False:
            return "off"
        case None | () | "":
            return row.nothing
        case int() if row.name == "day_starts":
            return f"{value}:00"
        case Path() if value == Path():
            return "no model"
        case tuple():
            return ", ".join(names.get(each, str(each)) for each in value)
        case date():
            return f"{value.day} {value:%b %Y}"
        case _:
            return one_line(str(value))


def value_text(value: object) -> str:
    """A value as it is typed."""
    return "" if value is None or value == Path() else clean(str(value))


def fixed_words(row: SettingRow, origin: Origin) -> str:
    """Why a setting cannot be changed here; empty if it can."""
    if origin is Origin.ENVIRONMENT:
        return (
            f"The environment variable {variable_of(row.name)} sets this, and counts for more than "
            "settings.toml. Start without it to change the setting here."
        )
    if origin is Origin.COMMAND_LINE:
        return (
            "The command line sets this for as long as tutor runs. Start without that option to "
            "change the setting here."
        )
    return ""


def heading(title: str, width: int, *, is_first: bool) -> Content:
    """A group's title; the first also names the columns."""
    if width < NARROW or not is_first:
        return Content(fit(title, width))
    return Content(_columns(title, "value", "from", "applies", "what it does", width))


def draw_row(
    row: SettingRow, stored: StoredSettings, names: Mapping[str, str], width: int
) -> Content:
    """A setting in `width` cells: name and value, then where that is from and what it does."""
    value = value_words(row, stored.value(row.name), names)
    if width < NARROW:
        room = max(10, width // 3)
        return Content(f"{fit(row.label, width - room - 1)} {fit(value, room)}")
    effect = LATER if row.later else NOW
    origin = stored.origin(row.name).value
    line = Content(_columns(row.label, value, origin, effect, row.meaning, width))
    return line.stylize("dim", _LABEL + _GAP + _value_room(width))


def _columns(label: str, value: str, origin: str, effect: str, meaning: str, width: int) -> str:
    cells = (
        fit(label, _LABEL),
        fit(value, _value_room(width)),
        fit(origin, _ORIGIN),
        fit(effect, _EFFECT),
    )
    gap = " " * _GAP
    line = gap.join(cells)
    room = width - cell_len(line) - _GAP
    return f"{line}{gap}{fit(meaning, room)}" if width >= WIDE else line


def _value_room(width: int) -> int:
    """Cells for a value: what the other columns leave, within limits."""
    if width >= WIDE:
        return _LONG_VALUE
    return min(_MOST_VALUE, max(_VALUE, width - _LABEL - _ORIGIN - _EFFECT - 3 * _GAP))
