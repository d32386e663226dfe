"""An exam is drawn by its seed, saved answer by answer, graded at the end and never lost."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.progress.builders import START, make_attempt, opened, profile
from tests.support.services import Services
from tutor.bank import Bank, Language, Question, Verdict
from tutor.bank.problems import UnknownDeckError
from tutor.engine import Cancelled
from tutor.grading import Grade, self_grade
from tutor.paths import Paths
from tutor.progress import (
    Draft,
    ExamAnswered,
    ExamPlace,
    Progress,
    Rating,
    Scale,
)
from tutor.progress.errors import NotInHistory
from tutor.study import Preferences
from tutor.study.exam import (
    ExamSpec,
    ExamState,
    GradedExam,
    begin_exam,
    draw_questions,
    grade_exam,
    resume_exam,
)
from tutor.study.exam_report import exam_report, taken_exams

from .builders import make_small_bank

LEVELS = ("recall", "explain", "derive")
DECKS = {"first": 6, "second": 12}


@pytest.fixture
def services(bank: Bank, paths: Paths) -> Iterator[Services]:
    with opened(paths) as progress:
        yield Services(bank, progress, now=START)


@pytest.fixture
def progress(services: Services) -> Progress:
    return services.progress


def grade_by_letters(question: Question, answer: str, language: Language) -> Grade:
    """A grade in which the answer has a letter for the verdict on each point."""
    words = {"m": Verdict.MET, "p": Verdict.PARTIAL, "x": Verdict.MISSED}
    pairs = zip(question.rubric, answer, strict=True)
    return self_grade(question, {point.id: words[letter] for point, letter in pairs}, language)


def begin(services: Services, exam: str = "e1", number: int = 4) -> ExamState:
    return begin_exam(services, ExamSpec(number=number, minutes=10, seed=5), exam=exam)


def answer(services: Services, state: ExamState, number: int, text: str, seconds: float = 9) -> str:
    """Hand in an answer and return its question."""
    question = state.questions[number]
    services.progress.note(
        ExamAnswered(
            id=f"{state.id}-{number}-{len(text)}",
            at=START,
            exam=state.id,
            question=question,
            language="en",
            answer=text,
            seconds=seconds,
        )
    )
    return question


def over(services: Services, *answers: str) -> list[str]:
    """Hand in answers to the first questions of an exam and end it; returns these questions."""
    state = begin(services)
    questions = [answer(services, state, number, text) for number, text in enumerate(answers)]
    services.progress.end_exam("e1", "handed-in", used=99)
    return questions


def grade_waiting(services: Services, exam: str = "e1") -> list[GradedExam]:
    return list(grade_exam(services, exam, grade_by_letters))


@given(st.integers(1, 30), st.integers(0, 2**64), st.sampled_from([(), ("first",), ("second",)]))
def test_an_exam_is_drawn_by_its_seed(
    bank: Bank, number: int, seed: int, decks: tuple[str, ...]
) -> None:
    spec = ExamSpec(number=number, seed=seed, decks=decks)
    drawn = draw_questions(bank, spec)
    assert drawn == draw_questions(bank, spec)
    available = [id_ for id_ in bank.question_ids if not decks or id_.split(".")[0] in decks]
    assert len(drawn) == len(set(drawn)) == min(number, len(available))
    assert set(drawn) <= set(available)


def test_other_seeds_draw_other_exams(bank: Bank) -> None:
    assert len({draw_questions(bank, ExamSpec(number=5, seed=seed)) for seed in range(20)}) > 15


@given(
    st.integers(1, 18),
    st.dictionaries(st.sampled_from(LEVELS), st.integers(0, 5)).filter(
        lambda mix: any(mix.values())
    ),
    st.integers(0, 99),
)
def test_the_mix_is_kept_as_far_as_there_are_questions(
    bank: Bank, number: int, mix: dict[str, int], seed: int
) -> None:
    drawn = draw_questions(bank, ExamSpec(number=number, mix=mix, seed=seed))
    assert len(drawn) == number
    for level, share in mix.items():
        expected = number * share / sum(mix.values())
        count = sum(bank.info(id_).level == level for id_ in drawn)
        assert count >= min(int(expected), 6)


def test_an_exam_needs_questions(services: Services, tmp_path: Path) -> None:
    with pytest.raises(UnknownDeckError):
        draw_questions(services.bank, ExamSpec(decks=("nowhere",)))
    with pytest.raises(NotInHistory, match="e9"):
        resume_exam(services.progress, "e9")
    services.bank = make_small_bank(tmp_path / "none", {})
    with pytest.raises(ValueError, match="no questions"):
        begin(services)


def test_an_exam_continues_where_a_crash_left_it(services: Services, home: Path) -> None:
    state = begin(services)
    answer(services, state, 0, "mmm")
    answer(services, state, 2, "xxx")
    answer(services, state, 2, "mpx", seconds=31)
    place = ExamPlace("e1", 1, 125.5, "So far, не вс", "ru", 12.5)
    services.progress.save_exam_place(place)
    crashed = shutil.copytree(home, home.with_name("crashed"))
    with opened(profile(crashed)) as progress:
        state = resume_exam(progress, "e1")
        assert (state.phase, state.used, state.left) == ("running", 125.5, 474.5)
        assert state.place == place
        assert [each.answer for each in state.record.waiting] == ["mmm", "mpx"]
        assert progress.standings() == {}
        assert list(progress.attempts()) == []
        assert progress.open_exams()["e1"].questions == 4


def test_of_an_answer_and_what_is_typed_the_newer_is_taken_up_again(services: Services) -> None:
    state = begin(services)
    asked = answer(services, state, 1, "handed in", seconds=20)
    other = answer(services, state, 2, "other", seconds=3)
    for spent, newest in ((19.5, "handed in"), (20, "typed"), (21, "typed")):
        services.progress.save_exam_place(ExamPlace("e1", 1, 40, "typed", "ru", spent))
        written = resume_exam(services.progress, "e1").written
        assert (written[asked].text, written[other].text) == (newest, "other")
        assert written[asked].seconds == max(20, spent)
        assert set(written) == {asked, other}


def test_answers_newer_than_the_place_count_for_the_clock(
    services: Services, progress: Progress
) -> None:
    state = begin(services)
    assert state.used == 0
    progress.save_exam_place(ExamPlace("e1", 99, 40, "typed", "ru", 5))
    assert resume_exam(progress, "e1").written == {}, "it is beyond the last question"
    answer(services, state, 0, "a", seconds=100)
    answer(services, state, 1, "b", seconds=50)
    progress.save_exam_place(ExamPlace("e1", 1, 120, "b", "ru", 20))
    state = resume_exam(progress, "e1")
    assert (state.used, state.left) == (150, 450)


def test_nothing_is_graded_before_the_end(services: Services, progress: Progress) -> None:
    answer(services, begin(services), 0, "mmm")
    with pytest.raises(ValueError, match="before it is over"):
        grade_waiting(services)
    assert list(progress.attempts()) == []


def test_after_the_end_all_answers_are_graded_one_by_one(
    services: Services, progress: Progress
) -> None:
    state = begin(services)
    first, second = answer(services, state, 1, "mmm"), answer(services, state, 3, "xxx")
    answer(services, state, 0, " \n")
    progress.save_exam_place(ExamPlace("e1", 1, 600, "", "en"))
    progress.end_exam("e1", "time-up", used=600)
    answer(services, state, 2, "mmm")
    assert progress.exam_place() is None
    assert progress.open_exams()["e1"].ended
    assert resume_exam(progress, "e1").phase == "judging"
    steps = grade_waiting(services)
    assert [(step.done, step.total, step.question) for step in steps] == [
        (1, 2, first),
        (2, 2, second),
    ]
    state = resume_exam(progress, "e1")
    assert (state.phase, state.used, state.left) == ("done", 600, 0)
    assert progress.open_exams() == {}
    ratings = {id_: row.rating for id_, row in progress.standings().items()}
    assert ratings == {first: Rating.EASY, second: Rating.AGAIN}
    assert grade_waiting(services) == []


def test_grading_can_be_cancelled_and_continues_with_the_rest(
    services: Services, paths: Paths
) -> None:
    asked = over(services, *["mmx"] * 4)

    def cancelled(question: Question, text: str, language: Language) -> Grade:
        if question.id == asked[2]:
            raise Cancelled("Grading was cancelled.")
        return grade_by_letters(question, text, language)

    with pytest.raises(Cancelled):
        list(grade_exam(services, "e1", cancelled))
    assert resume_exam(services.progress, "e1").phase == "judging"
    services.progress.close()
    with opened(paths) as services.progress:
        steps = grade_waiting(services)
        assert [(step.done, step.total, step.question) for step in steps] == [
            (3, 4, asked[2]),
            (4, 4, asked[3]),
        ]
        attempts = list(services.progress.attempts())
        assert [attempt.question for attempt in attempts] == asked
        assert {attempt.exam for attempt in attempts} == {"e1"}


def test_an_abandoned_exam_is_not_graded(services: Services, progress: Progress) -> None:
    answer(services, begin(services), 0, "mmm")
    progress.end_exam("e1", "abandoned")
    assert grade_waiting(services) == []
    assert resume_exam(progress, "e1").phase == "done"
    assert progress.open_exams() == {}


def test_an_answer_to_a_question_that_is_gone_is_no_dead_end(
    services: Services, progress: Progress, tmp_path: Path
) -> None:
    over(services, "mmm")
    services.bank = make_small_bank(tmp_path / "other", {"third": 1})
    (step,) = grade_waiting(services)
    assert step.attempt is None
    assert resume_exam(progress, "e1").phase == "done"
    assert exam_report(progress.exam("e1"), services.bank).waiting == 1


def test_an_answer_waits_again_after_its_grade_is_undone(
    services: Services, progress: Progress
) -> None:
    (question,) = over(services, "mmm")
    grade_waiting(services)
    progress.undo()
    assert progress.standings() == {}
    (step,) = grade_waiting(services)
    assert (step.question, step.done, step.total) == (question, 1, 1)
    assert progress.standings()[question].attempts == 1


def test_grading_rates_by_the_settings_and_leaves_drafts_alone(
    services: Services, progress: Progress
) -> None:
    (question,) = over(services, "mxx")
    draft = Draft(question, "mine", "en", START)
    progress.save_draft(draft)
    services.preferences = Preferences(scale=Scale(0.1, 0.2, 0.3))
    grade_waiting(services)
    assert progress.standings()[question].rating is Rating.EASY
    assert progress.draft(question) == draft


def test_a_report_has_marks_topics_points_and_times(services: Services) -> None:
    for exam, letters in (("e1", "xxx"), ("e2", "mmm"), ("e3", "mpx")):
        services.now += timedelta(days=1)
        state = begin(services, exam)
        for number in range(2):
            answer(services, state, number, letters, seconds=10 * number + 5)
        services.progress.end_exam(exam, "handed-in")
        grade_waiting(services, exam)
    progress = services.progress
    report = exam_report(progress.exam("e3"), services.bank, progress.past_exams())
    assert (report.mark.full, report.mark.earned, report.mark.share) == (14, 5, 5 / 14)
    assert [(each.exam, each.mark.share) for each in report.earlier] == [("e1", 0), ("e2", 0.5)]
    assert report.change == 5 / 14 - 0.5
    assert report.waiting == 0
    first, second, *rest = report.questions
    assert (first.earned, first.seconds, second.seconds, first.graded) == (2.5, 5, 15, True)
    assert {(row.earned, row.seconds, row.graded, row.missed) for row in rest} == {
        (0, None, False, ())
    }
    assert [row.question for row in report.questions] == list(state.questions)
    assert first.missed == (("reason", Verdict.PARTIAL), ("parity", Verdict.MISSED))
    generated = {topic.name: topic for topic in report.topics}["generated"]
    assert (generated.questions, generated.full, generated.earned) == (4, 14, 5)


def test_taken_exams_are_over_and_not_abandoned(services: Services, progress: Progress) -> None:
    for exam in ("e1", "e2", "e3", "e4"):
        answer(services, begin(services, exam), 0, "mxx")
    progress.end_exam("e1", "handed-in")
    progress.end_exam("e2", "time-up")
    progress.end_exam("e3", "abandoned")
    grade_waiting(services)
    assert [
        (each.exam, each.at, each.mark.earned, each.mark.full, each.waiting)
        for each in taken_exams(progress.past_exams())
    ] == [("e1", START, 2, 14, 0), ("e2", START, 0, 14, 1)]


def test_overruling_changes_the_report(services: Services, progress: Progress) -> None:
    over(services, "xxx")
    (step,) = grade_waiting(services)
    assert step.attempt is not None
    before = exam_report(progress.exam("e1"), services.bank)
    progress.overrule(step.attempt.id, {"value": Verdict.MET})
    after = exam_report(progress.exam("e1"), services.bank)
    assert (before.mark.earned, after.mark.earned) == (0, 2)
    assert before.change is None


def test_answers_outside_of_exams_are_in_none(services: Services, progress: Progress) -> None:
    begin(services)
    progress.record(make_attempt(1, answer='{"exam":"e1"}'))
    record = progress.exam("e1")
    assert (record.attempts, record.answers) == ({}, {})
