"""A profile with the nastiest decks possible, for tests of the progress page."""

from datetime import datetime, timedelta
from pathlib import Path

import yaml

from tests.support.attempts import attempt_with
from tutor.bank import Language, Verdict
from tutor.grading import Grade, GraderId, PointGrade
from tutor.paths import Paths, find_paths
from tutor.progress import Attempt, ExamAnswered, ExamBegun, Progress, open_progress
from tutor.study import Preferences

NASTY = (
    "</style></script><script>document.title = 'taken'</script> \"quoted\" 'so' ]]> & <b onload=x>"
)
RUSSIAN = "Почему определитель якобиана вычисляется быстро?"
CHINESE = "为什么要除以键向量维度的平方根？"
SECRET = "secret <script>answer</script>"
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 6
LETTERS = {"m": Verdict.MET, "p": Verdict.PARTIAL, "x": Verdict.MISSED}

_DECKS: dict[str, tuple[Language, str, str, str]] = {
    "nasty": ("en", f"Deck {NASTY}", f"Why {NASTY}?", f"Because {NASTY}"),
    "ru": ("ru", "Потоки", RUSSIAN, "Матрица Якоби треугольная."),
    "zh": ("zh", "注意力", CHINESE, "方差随维度增大。"),
    "de": ("de", f"Wörter {LONG}", f"Was ist {LONG}?", f"Ein Wort: {LONG}"),
}


def write_decks(folder: Path) -> None:
    """Write a deck in each language, each with two questions of two points."""
    for name, (language, title, prompt, point) in _DECKS.items():
        home = folder / name
        home.mkdir(parents=True)
        questions = [
            {
                "id": f"{name}.1.{number}",
                "topics": [f"{name}-topic", "shared"],
                "prompt": {language: prompt},
                "rubric": [
                    {"id": "first", "point": {language: point}},
                    {"id": "other", "point": {language: f"{point} 2"}},
                ],
                "answer": {language: point},
            }
            for number in (1, 2)
        ]
        head = {"title": {language: title}, "language": language}
        section = {"section": {language: title}, "questions": questions}
        for file, data in (("deck.yaml", head), ("1-one.yaml", section)):
            (home / file).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def attempt(
    id_: str, question: str, at: datetime, letters: str = "mx", *, exam: str | None = None
) -> Attempt:
    """An answer with these verdicts on its two points."""
    points = tuple(
        PointGrade(id=point, weight=1, verdict=LETTERS[letter])
        for point, letter in zip(("first", "other"), letters, strict=True)
    )
    grader = GraderId(name="model", version="<i>1</i>", model="f00ba5ed12345678")
    grade = Grade(question=question, grader=grader, language="en", points=points)
    day = Preferences().day(at)
    return attempt_with(grade, at, id_, SECRET, seconds=60, day=day, exam=exam)


def make_profile(home: Path, now: datetime) -> Paths:
    """Four decks, whose first questions were answered on three days in a row, and an exam."""
    paths = find_paths({"TUTOR_HOME": str(home)})
    write_decks(home / "questions")
    with open_progress(paths, clock=lambda: now) as progress:
        for at in (now - timedelta(days=ago) for ago in (2, 1, 0)):
            for deck in _DECKS:
                progress.record(attempt(f"{deck}-{at:%d}", f"{deck}.1.1", at))
        progress.overrule(f"ru-{now:%d}", {"first": Verdict.MISSED})
        take_exam(progress, now)
    return paths


def take_exam(progress: Progress, now: datetime) -> None:
    """An exam of two questions of 5 marks: one graded with half of them, one not graded."""
    asked = {"ru.1.2": 5.0, "zh.1.2": 5.0}
    begun = ExamBegun(
        id="begun", at=now, exam="exam", questions=asked, decks=(), minutes=60, mix={}, seed=1
    )
    progress.note(begun)
    for number, question in enumerate(asked):
        answer = ExamAnswered(
            id=f"answer-{number}",
            at=now,
            exam="exam",
            question=question,
            language="en",
            answer=SECRET,
            seconds=60,
        )
        progress.note(answer)
    progress.end_exam("exam", "handed-in", 600)
    progress.record(attempt("judged", "ru.1.2", now, exam="exam"))
