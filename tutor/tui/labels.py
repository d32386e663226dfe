"""Words, marks and bars for the screens. Widths are in terminal cells, never in characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tutor.bank import Language, Text, Verdict
from tutor.errors import TutorError
from tutor.formatting import (
    VERDICT_MARKS,
    count_of,
    count_of_marks,
    mark_in_words,
    number,
    percent,
    sentence,
)
from tutor.progress import Rating
from tutor.study.preferences import languages_for
from tutor.study.statistics import KNOWN_FROM
from tutor.tui.formulas import in_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from tutor.bank import DeckInfo, Question
    from tutor.grading import Grade, PointGrade
    from tutor.grading.calibration import Accuracy

LANGUAGE_NAMES: dict[Language, str] = {
    "de": "Deutsch",
    "en": "English",
    "ru": "Русский",
    "zh": "中文",
}
STYLES: dict[Verdict, str] = {
    Verdict.MET: "$text-success",
    Verdict.PARTIAL: "$text-warning",
    Verdict.MISSED: "$text-error",
}
MUTED = "$foreground 60%"
"""The style of less important text; `$text-muted` comes out bright in `Content`."""
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PARTIAL_FROM = 0.5
_RAGGED = 10
"""The most cells that stay empty because a text is cut after a word."""
_NO_END = " ,;:·–—-("
"""The characters that a cut text does not have before its ellipsis."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_MARKED = r"`(?P<code>[^`\n]+)`|\*\*(?=\S)(?P<bold>[^*\n]+)(?<=\S)\*\*"
_BULLET = r"^(\s*)[-*•] (?=\S)"
_CODE_STYLE = "$text-accent"
_CJK = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
"""Compiled when first used, like the two above, since the 2 ms would delay the first screen."""


def clean(text: str) -> str:
    """The text without the control characters and changes of direction that steer a terminal."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def authored(text: str) -> str:
    """Text of a deck, ready to be shown: `clean`, and with its formulas in Unicode."""
    return clean(in_unicode(text))


def formatted(text: str) -> Content:
    """The text with `**bold**`, `- lists`, `` `code` `` and formulas; anything else is literal."""
    return Content("\n").join(_formatted_lines(authored(text)))


def _formatted_lines(text: str) -> Iterator[Content]:
    is_code = False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif is_code:
            yield Content.styled(line, _CODE_STYLE)
        else:
            yield _marked(re.sub(_BULLET, r"\1• ", line))


def _marked(line: str) -> Content:
    parts: list[Content] = []
    end = 0
    for match in re.finditer(_MARKED, line):
        kind = match.lastgroup or "bold"
        style = _CODE_STYLE if kind == "code" else "bold"
        parts += [Content(line[end : match.start()]), Content.styled(match[kind], style)]
        end = match.end()
    return Content("").join([*parts, Content(line[end:])])


def plain(text: str) -> Content:
    """Untrusted text, ready to be shown literally, whatever brackets are in it."""
    return Content(clean(text))


def asked_text(question: Question, language: Language) -> Content:
    """The question in bold and, muted below it, what a full answer covers."""
    prompt = Content.styled(authored(question.prompt.to(language)), "bold")
    if question.cover is None:
        return prompt
    cover = Content.styled(authored(question.cover.to(language)), MUTED)
    return Content("\n").join([prompt, cover])


def question_facts(
    question: Question, language: Language, *, topics: bool = False
) -> Iterator[str]:
    """Facts to know before answering: `4 marks`, `explain`, `F2: Deutsch, English`."""
    yield count_of_marks(question.weight)
    yield question.level
    if topics and question.topics:
        yield ", ".join(question.topics)
    others = [LANGUAGE_NAMES[each] for each in question.languages if each != language]
    if others:
        yield f"F2: {', '.join(others)}"


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(clean(text).split())


def fit(text: str, width: int) -> str:
    """The text in exactly `width` cells: padded, or cut with an ellipsis.

    It is cut after a word, unless that would leave much of the width empty.
    """
    line = one_line(text)
    if cell_len(line) <= width:
        return set_cell_size(line, max(0, width))
    if width < 1:
        return ""
    cut = set_cell_size(line, width - 1)
    whole = cut if line[len(cut) :].startswith(" ") else cut.rpartition(" ")[0]
    words = whole.rstrip(_NO_END)
    enough = width - min(_RAGGED, width // 3)
    shown = words if cell_len(words) >= enough else cut.rstrip()
    return set_cell_size(f"{shown}…", width)


def bar(share: float, width: int) -> str:
    """A bar of `width` cells, filled to an eighth of a cell: `██████▍···`."""
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    filled = "█" * full + (_EIGHTHS[rest] if rest else "")
    return filled + "·" * (width - len(filled))


def length(text: str, language: Language) -> str:
    """How much is written: in words, or in characters if no spaces separate words."""
    if language == "zh":
        return count_of(sum(1 for char in text if char.isalnum()), "character")
    spaced = re.sub(_CJK, " x ", text)
    return count_of(sum(any(map(str.isalnum, word)) for word in spaced.split()), "word")


def verdict_words(point: PointGrade) -> str:
    """The verdict that counts, and how sure it is: `met 87 %`, `unsure 54 %`, `you: met`."""
    word = point.final.value
    if point.overruled is not None:
        return f"you: {word}"
    sure = "" if point.confidence is None else f" {percent(point.confidence)}"
    return f"unsure{sure}" if point.unsure else f"{word}{sure}"


def verdict_mark(point: PointGrade) -> str:
    """`✓`, `◐`, `✗`; `?` where the grader is unsure and nobody has decided."""
    return "?" if point.unsure and point.overruled is None else VERDICT_MARKS[point.final]


def verdict_on(share: float) -> Verdict:
    """The verdict on a whole question, from the share of its marks."""
    if share >= KNOWN_FROM:
        return Verdict.MET
    return Verdict.PARTIAL if share >= _PARTIAL_FROM else Verdict.MISSED


def score_mark(score: float) -> str:
    """The mark of the verdict on a whole question."""
    return VERDICT_MARKS[verdict_on(score)]


def score_words(score: float) -> str:
    """A score as mark, number and word: `◐ 62 % fair`."""
    return f"{score_mark(score)} {percent(score)} {mark_in_words(score)}"


def marks_of(grade: Grade) -> str:
    """`4 of 6 marks`."""
    return f"{number(grade.earned)} of {count_of_marks(grade.full)}"


def graded_by(grade: Grade, model: str | None) -> str:
    """Who graded, and how far that can be trusted."""
    names = {
        "model": model or "the model",
        "terms": "suggested by key terms; please confirm or correct",
        "self": "you",
        "rule": "a rule; no model was asked",
    }
    took = f" · {grade.ms / 1000:.1f} s" if grade.ms >= 100 else f" · {grade.ms:.0f} ms"
    return names[grade.grader.name] + (took if grade.ms else "")


def how_often_right(known: Accuracy, question: Question) -> str:
    """How often a grader was right on questions like this one, to follow its name."""
    if known.seen:
        return f" · right on {percent(known.share)} of points in answers it had not seen"
    if question.drafted:
        return " · not measured on drafted rubrics"
    if not all(point.terms for point in question.rubric):
        return " · not measured on questions without key terms"
    return f" · right on {percent(known.share)} of points of questions it was not trained on"


def explain(error: BaseException) -> str:
    """What went wrong and what can be done about it, in a line or two."""
    match error:
        case TutorError():
            return f"{sentence(error.message)} {error.remedy}".strip()
        case OSError():
            where = f" ({error.filename})" if error.filename else ""
            return f"{error.strerror or error}{where}. Free some space or check the folder."
        case _:
            return f"{type(error).__name__}: {error}. This is a bug in the tutor; please report it."


def readable(text: Text, deck: DeckInfo, reads: tuple[Language, ...]) -> str:
    """A title or prompt of a deck on one line, in a language that the student reads."""
    return one_line(text.to(*languages_for(deck.language, reads)))


def rating_choices(
    rating: Rating, due_by_rating: Mapping[Rating, date], today: date
) -> Iterator[str]:
    """Each rating with its key and what it does: `3 good in 4 days`.

    The one that counts is written `[3 GOOD in 4 days]`.
    """
    for each in Rating:
        name = each.name if each is rating else each.name.lower()
        day = due_by_rating.get(each)
        when = "" if day is None else f" {soon(day, today)}"
        choice = f"{each.value} {name}{when}"
        yield f"[{choice}]" if each is rating else choice


def in_lines(parts: Iterable[str], width: int, gap: str = "   ") -> str:
    """The parts on as few lines as they need, with a gap between them; no part is split."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{gap}{part}" if lines else part
        if lines and cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(lines)


def soon(day: date, today: date) -> str:
    """`today`, `tomorrow`, `in 4 days`; a past day is today."""
    ahead = (day - today).days
    return "today" if ahead < 1 else "tomorrow" if ahead == 1 else f"in {ahead} days"
