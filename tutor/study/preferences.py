"""The student's preferences for studying, as plain data made from `Settings`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from tutor.bank import ENGLISH_NAMES, LANGUAGES, Bank, BankError, Language, QuestionInfo
from tutor.progress import Scale

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.settings import Settings


@dataclass(frozen=True, slots=True)
class Preferences:
    """How much the student wants to remember, in which decks and languages, and until when."""

    retention: float = 0.9
    """The probability of remembering at which a question is asked again, from 0.7 to 0.99."""
    new_per_day: int = 10
    exam: date | None = None
    """The day of the exam."""
    exam_decks: tuple[str, ...] = ()
    """The decks that the exam is about; empty for all."""
    languages: tuple[Language, ...] = ()
    """The languages that the student reads; empty for all."""
    decks: tuple[str, ...] = ()
    """The decks to study; empty for all."""
    session_length: int = 10
    """How many questions a session has."""
    cover: bool = True
    """Whether a question says what a full answer has to cover."""
    scale: Scale = field(default_factory=Scale)
    day_starts: int = 4
    """The hour at which a new day begins, so that a late evening belongs to the day before."""

    def include(self, question: QuestionInfo) -> bool:
        """Whether the question is in a deck to study and in a language that the student reads."""
        readable = not self.languages or any(each in self.languages for each in question.languages)
        return readable and (not self.decks or question.deck in self.decks)

    def left_out_words(self, deck: str, languages: Iterable[Language]) -> str:
        """Why Today does not list a deck, and what to do; empty if it does.

        `languages` are those in which its questions can be asked.
        """
        available = {*languages}
        if self.decks and deck not in self.decks:
            why, what = "name the decks to study", "Add it"
        elif self.languages and available.isdisjoint(self.languages):
            names = " or ".join(ENGLISH_NAMES[each] for each in LANGUAGES if each in available)
            why, what = f"do not say that you read {names}", "Add the language"
        else:
            return ""
        return (
            f"Today does not list the deck, since your settings {why}. "
            f"{what} in Settings (press , on Today)."
        )

    def day(self, moment: datetime, zone: tzinfo | None = None) -> date:
        """The student's day at `moment`, in the time zone `zone` or the system's."""
        return (moment.astimezone(zone) - timedelta(hours=self.day_starts)).date()


def languages_for(usual: Language, reads: tuple[Language, ...]) -> tuple[Language, ...]:
    """The languages for a text of a deck whose own is `usual`, the best first.

    The deck's own comes first if the student reads it, else the student's in their order. After
    those, English comes before a language that the student does not read.
    """
    return (usual, *reads) if usual in reads else (*reads, "en", usual)


def language_of(
    question: "Question", bank: Bank, reads: tuple[Language, ...], *first: Language | None
) -> Language:
    """The language to ask in: the first of `first` that the question has, else the best to read."""
    preferred = (*first, *languages_for(bank.deck_of(question.id).language, reads))
    return next((each for each in preferred if each in question.languages), question.languages[0])


def prompt_of(id_: str, bank: Bank, reads: tuple[Language, ...]) -> str:
    """A question's text in the language that is best to read; its id if it cannot be read.

    Blocks to read the question.
    """
    try:
        return bank.question(id_).prompt.to(*languages_for(bank.deck_of(id_).language, reads))
    except BankError:
        return id_


def preferences_of(settings: "Settings", environ: Mapping[str, str]) -> Preferences:
    """The preferences in these settings; without languages there, the system's and English."""
    return Preferences(
        retention=settings.retention,
        new_per_day=settings.new_per_day,
        exam=settings.exam_date,
        exam_decks=settings.exam_decks,
        languages=settings.languages or system_languages(environ),
        decks=settings.decks,
        session_length=settings.session_length,
        cover=settings.cover,
        scale=Scale(settings.hard_from, settings.good_from, settings.easy_from),
        day_starts=settings.day_starts,
    )


def system_languages(environ: Mapping[str, str]) -> tuple[Language, ...]:
    """The language that the environment names (`de_DE.UTF-8`), and English.

    Empty if it is not one of ours: then every deck is studied, in English where it has it.
    """
    locale = next((environ[name] for name in _LOCALE if environ.get(name)), "")
    language = next((each for each in LANGUAGES if locale.lower().startswith(each)), None)
    return () if language is None else tuple(dict.fromkeys((language, "en")))


_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables that name the language, the strongest first."""
