"""The settings become the preferences of the scheduler."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest

from tutor.bank import Language, Text
from tutor.bank.text import LANGUAGES
from tutor.progress import Scale
from tutor.settings import Tongue, load_settings
from tutor.study import Preferences, languages_for, preferences_of

SETTINGS = """
retention = 0.85
new_per_day = 4
exam_date = 2026-12-12
exam_decks = ["papers-ru", "lectures-de"]
hard_from = 0.3
good_from = 0.5
easy_from = 0.9
day_starts = 3
languages = ["en", "de"]
decks = ["papers-ru"]
"""


def test_every_language_of_questions_can_be_read() -> None:
    assert get_args(Tongue) == LANGUAGES


@pytest.mark.parametrize(
    ("reads", "asked"), [((), "en"), (("ru", "en"), "ru"), (("de", "ru"), "ru"), (("de",), "en")]
)
def test_who_does_not_read_a_decks_language_gets_english(
    reads: tuple[Language, ...], asked: Language
) -> None:
    text = Text(ru="Сеть", en="Network")
    assert text.language_for(*languages_for("ru", reads)) == asked


def test_without_settings_the_defaults_hold(tmp_path: Path) -> None:
    assert preferences_of(load_settings(tmp_path / "none.toml"), {}) == Preferences()


def test_settings_become_preferences(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    assert preferences_of(load_settings(file), {}) == Preferences(
        retention=0.85,
        new_per_day=4,
        exam=date(2026, 12, 12),
        exam_decks=("papers-ru", "lectures-de"),
        scale=Scale(0.3, 0.5, 0.9),
        day_starts=3,
        languages=("en", "de"),
        decks=("papers-ru",),
    )


@pytest.mark.parametrize(
    ("preferences", "said"),
    [
        (Preferences(), ""),
        (Preferences(languages=("en", "de"), decks=("law",)), ""),
        (
            Preferences(languages=("en",)),
            "since your settings do not say that you read German or Chinese. Add the language in ",
        ),
        (
            Preferences(decks=("compute",)),
            "since your settings name the decks to study. Add it in ",
        ),
    ],
    ids=["everything is studied", "deck and language are named", "language", "deck"],
)
def test_why_today_does_not_list_a_deck(preferences: Preferences, said: str) -> None:
    words = preferences.left_out_words("law", ("zh", "de"))
    assert said in words
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("hour", "zone", "day"),
    [(12, UTC, 4), (3, UTC, 3), (4, UTC, 4), (23, timezone(timedelta(hours=9)), 5)],
)
def test_a_day_begins_in_the_small_hours_of_the_students_own_clock(
    hour: int, zone: timezone, day: int
) -> None:
    assert Preferences().day(datetime(2026, 3, 4, hour, tzinfo=UTC), zone) == date(2026, 3, day)


@pytest.mark.parametrize(
    ("environ", "languages"),
    [
        ({"LANG": "de_DE.UTF-8"}, ("de", "en")),
        ({"LANG": "en_GB.UTF-8"}, ("en",)),
        ({"LANG": "de_AT", "LC_ALL": "zh_CN.UTF-8"}, ("zh", "en")),
        ({"LANG": "C.UTF-8"}, ()),
        ({"LANG": "fr_FR.UTF-8"}, ()),
        ({}, ()),
    ],
)
def test_without_languages_in_the_settings_the_systems_is_used(
    environ: dict[str, str], languages: tuple[str, ...], tmp_path: Path
) -> None:
    unset = load_settings(tmp_path / "none.toml")
    assert preferences_of(unset, environ).languages == languages
    file = tmp_path / "settings.toml"
    file.write_text("languages = []\n", encoding="utf-8")
    assert preferences_of(load_settings(file), environ).languages == languages
    file.write_text('languages = ["zh"]\n', encoding="utf-8")
    assert preferences_of(load_settings(file), environ).languages == ("zh",)
