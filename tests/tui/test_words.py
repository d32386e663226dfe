import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from tests.support.questions import question
from tutor.bank import Text, Verdict
from tutor.engine import BUILT_IN_JUDGE, EngineState, Status
from tutor.errors import TutorError
from tutor.grading import PointGrade
from tutor.grading.calibration import Accuracy
from tutor.tui.labels import (
    MUTED,
    asked_text,
    bar,
    clean,
    explain,
    fit,
    how_often_right,
    length,
    plain,
    verdict_mark,
    verdict_words,
)
from tutor.tui.model_words import ModelState


@given(st.text(), st.integers(0, 60))
def test_fit_gives_exactly_the_width_in_cells(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


def test_fit_counts_cells_and_not_characters() -> None:
    assert fit("迁移学习", 6) == "迁移… "
    assert fit("迁移", 6) == "迁移  "


@pytest.mark.parametrize(
    ("width", "cut"),
    [
        (19, "a gradient vanishes"),
        (18, "a gradient vanish…"),
        (14, "a gradient…   "),
        (11, "a gradient…"),
        (10, "a gradien…"),
        (3, "a… "),
        (1, "…"),
        (0, ""),
    ],
)
def test_fit_cuts_after_a_word_unless_much_room_would_be_lost(width: int, cut: str) -> None:
    assert fit("a gradient vanishes", width) == cut
    assert fit("Transformer: a", 13) == "Transformer… "


@given(st.floats(-1, 2), st.integers(1, 30))
def test_bar_has_its_width_and_grows_with_the_share(share: float, width: int) -> None:
    assert cell_len(bar(share, width)) == width
    assert bar(share, width).count("█") <= bar(share + 0.1, width).count("█")


def test_bar_shows_eighths() -> None:
    bars = [bar(share, 10) for share in (0, 0.64, 1)]
    assert bars == ["··········", "██████▍···", "██████████"]


@given(st.text())
def test_no_text_can_control_the_terminal(text: str) -> None:
    cleaned = clean(text)
    assert not any(ord(char) < 32 and char not in "\n\t" for char in cleaned)
    assert clean(cleaned) == cleaned


def test_escape_sequences_and_changes_of_direction_are_removed() -> None:
    assert clean("a\x1b[2Jb\x9bc\u202ed\r\ne\rf\tg") == "a[2Jbcd\ne\nf\tg"


def test_a_question_stands_out_from_what_its_answer_should_cover() -> None:
    asked = question().model_copy(update={"cover": Text(en="what [red]goes[/] in")})
    shown = asked_text(asked, "en")
    prompt, cover = shown.plain.split("\n")
    assert cover == "what [red]goes[/] in"
    assert [(shown.plain[span.start : span.end], span.style) for span in shown.spans] == [
        (prompt, "bold"),
        (cover, MUTED),
    ]


def test_plain_is_never_markup() -> None:
    shown = plain("matrix[i][j] [/nope] [bold]x")
    assert isinstance(shown, Content)
    assert shown.plain == "matrix[i][j] [/nope] [bold]x"
    assert shown.spans == []


def test_length_counts_words_and_chinese_characters() -> None:
    assert length("Якобиан — треугольный, det J = 1", "ru") == "5 words"
    assert length("one", "en") == "1 word"
    assert length("除以平方根，softmax。", "zh") == "12 characters"
    assert length("", "de") == "0 words"


@pytest.mark.parametrize(
    ("verdict", "confidence", "mine", "mark", "words"),
    [
        (Verdict.MET, 0.87, None, "✓", "met 87 %"),
        (Verdict.PARTIAL, 0.54, None, "?", "unsure 54 %"),  # nobody has decided
        (Verdict.MISSED, None, None, "✗", "missed"),
        (Verdict.MISSED, 0.54, Verdict.MET, "✓", "you: met"),
    ],
)
def test_a_verdict_is_a_mark_and_a_word(
    verdict: Verdict, confidence: float | None, mine: Verdict | None, mark: str, words: str
) -> None:
    point = PointGrade(id="p", weight=1, verdict=verdict, confidence=confidence, overruled=mine)
    assert (verdict_mark(point), verdict_words(point)) == (mark, words)


@pytest.mark.parametrize(
    ("status", "name", "words"),
    [
        (Status(EngineState.LOADING, progress=0.4), None, "◌ loading 40 %"),
        (Status(EngineState.READY), "Qwen3-4B", "● ready · Qwen3-4B"),
        (Status(EngineState.READY), BUILT_IN_JUDGE, "● ready · judge"),
        (Status(EngineState.FAILED, "the file\nis cut"), None, "✗ failed · the file is cut"),
        (Status(EngineState.OFF), None, "○ no model · key terms"),
    ],
)
def test_the_model_is_described_in_words(status: Status, name: str | None, words: str) -> None:
    assert ModelState(status, name).words == words


def test_errors_say_what_to_do() -> None:
    assert explain(TutorError("It broke.", remedy="Mend it.")) == "It broke. Mend it."
    assert explain(TutorError("it broke", remedy="Mend it.")) == "it broke. Mend it."
    assert "No space left" in explain(OSError(28, "No space left on device", "/x"))
    assert "report" in explain(ValueError("odd"))


def test_only_what_was_measured_is_claimed() -> None:
    with_terms = question(rubric=question().rubric[:2])
    unseen = Accuracy(0.87, seen=False)
    claimed = how_often_right(unseen, with_terms)
    assert claimed == " · right on 87 % of points of questions it was not trained on"
    seen = how_often_right(Accuracy(0.85, seen=True), question())
    assert seen == " · right on 85 % of points in answers it had not seen"
    assert "87 %" not in how_often_right(unseen, question())
    drafted = with_terms.model_copy(update={"drafted": True})
    assert how_often_right(unseen, drafted) == " · not measured on drafted rubrics"
