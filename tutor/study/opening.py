"""A question as it is asked at first: in which language, and with what was written before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.bank import Bank, Language
from tutor.progress import Progress
from tutor.study.preferences import Preferences

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.progress import Attempt


@dataclass(frozen=True, slots=True)
class Opening:
    """A question, and where the student goes on with it."""

    question: "Question"
    language: Language
    text: str = ""
    """A draft, or the earlier answer."""
    hints: int = 0
    """How many hints were shown already."""


def open_question(
    bank: Bank,
    progress: Progress,
    id_: str,
    *,
    wanted: Language | None = None,
    earlier: "Attempt | None" = None,
    cover: bool = True,
    wishes: Preferences | None = None,
) -> Opening:
    """The question with what was written before: the earlier answer, else the draft.

    The language is that of what was written, else `wanted`, else the deck's or one that the student
    reads by `wishes`, as far as the question is there in it. Without `cover` it does not say what a
    full answer goes into. Raises BankError.
    """
    question = bank.question(id_)
    if not cover:
        question = question.model_copy(update={"cover": None})
    usual = (wishes or Preferences()).languages_for(bank.deck(bank.info(id_).deck).language)
    draft = progress.draft(id_)
    if earlier is not None:
        return Opening(
            question, _language(question, earlier.language, wanted, *usual), earlier.answer
        )
    if draft is None:
        return Opening(question, _language(question, wanted, *usual))
    language = _language(question, draft.language, wanted, *usual)
    return Opening(question, language, draft.text, min(draft.hints, len(question.hints)))


def _language(question: "Question", *wanted: Language | None) -> Language:
    for language in wanted:
        if language in question.languages:
            return language
    return question.languages[0]
