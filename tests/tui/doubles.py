"""A grading service whose every step the test controls, and a tutor around it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event, Lock

from tutor.bank import LANGUAGES, Bank, Language, Question, Verdict, open_bank
from tutor.engine import Absence, Cancelled, EngineState, Status
from tutor.evaluation.background import Measuring
from tutor.grading import (
    Choice,
    Evidence,
    Grade,
    GraderId,
    GradingService,
    PointGrade,
    self_grade,
    split_sentences,
)
from tutor.grading.calibration import Accuracy
from tutor.grading.explain import Explanation, ExplanationSection, PromptPiece
from tutor.models import (
    CatalogEntry,
    Download,
    DownloadProgress,
    JudgeDownload,
    PullCancelled,
    Shelf,
)
from tutor.models.catalog import Catalog
from tutor.paths import Paths
from tutor.progress import Progress
from tutor.settings_file import StoredSettings
from tutor.study import Preferences

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class StubGrading(GradingService):
    """Grades as the test says; `hold` makes it wait until `release` or `cancel`."""

    status = Status(EngineState.READY)
    model_name: str | None = "Qwen3-4B"
    writes = False
    absence: Absence | None = None

    def __init__(self) -> None:
        self.verdicts: Sequence[Verdict] = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED)
        self.confidences: Sequence[float | None] = (0.87, 0.54, 0.99)
        self.expected: Sequence[float | None] = (None,)
        self.pieces: Sequence[str] = ("Als Nächstes: ", "`matrix[i][j]` ", "[/nope] [bold]x")
        self.grader = GraderId(name="model", version="1", model="f00", prompt="ba5")
        self.remark = ""
        self.sentences: Sequence[int] = ()
        """The number of the sentence that shows each point; if empty, the whole answer does."""
        self.error: Exception | None = None
        self.feedback_error: Exception | None = None
        self.accuracy: Mapping[bool, float] = {}
        """Its accuracy, by whether it was trained on the question."""
        self.missing: Mapping[str, tuple[str, ...]] = {}
        self.question = ""
        self.hold_question = False
        self.asked_about: list[tuple[str, str, int, Language]] = []
        self.explanation = Explanation(
            (ExplanationSection("Labels", ((PromptPiece("yes 87 %"),),)),)
        )
        self.explain_error: Exception | None = None
        self.explained: list[tuple[str, str, Language]] = []
        self.hold_explanation = False
        self.graded: list[tuple[str, str, Language]] = []
        self.prepared: list[tuple[str, Language, str]] = []
        self.cancels = 0
        self.listeners: list[Callable[[Status], None]] = []
        self.hold = False
        self.hold_feedback = False
        self.started = Event()
        self.release = Event()
        self._cancelled = Event()
        self._lock = Lock()

    def subscribe(self, listener: Callable[[Status], None]) -> None:
        self.listeners.append(listener)

    def change(self, status: Status) -> None:
        self.status = status
        for listener in self.listeners:
            listener(status)

    def prepare(self, question: Question, language: Language, answer: str = "") -> None:
        self.prepared.append((question.id, language, answer))

    def grade(
        self, question: Question, answer: str, language: Language, *, grader: Choice = "auto"
    ) -> Grade:
        with self._lock:
            self.graded.append((question.id, answer, language))
        self._cancelled.clear()
        self.started.set()
        self._wait(lambda: self.hold)
        if self.error is not None:
            raise self.error
        return Grade(
            question=question.id,
            grader=self.grader,
            language=language,
            points=tuple(self._points(question, answer)),
            ms=1900,
            remark=self.remark,
        )

    def suggest(self, question: Question, answer: str, language: Language) -> Grade:
        return self_grade(
            question, {point.id: Verdict.PARTIAL for point in question.rubric}, language
        )

    def may_regrade(self, grade: Grade) -> bool:
        return grade.grader.name == "terms" and self.status.state is not EngineState.OFF

    def missing_terms(
        self, question: Question, answer: str, language: Language
    ) -> Mapping[str, tuple[str, ...]]:
        return self.missing

    def _points(self, question: Question, answer: str) -> Iterator[PointGrade]:
        for at, point in enumerate(question.rubric):
            verdict = self.verdicts[at % len(self.verdicts)]
            evidence = None if verdict is Verdict.MISSED else self._evidence(answer, at)
            yield PointGrade(
                id=point.id,
                weight=point.weight,
                verdict=verdict,
                confidence=self.confidences[at % len(self.confidences)],
                expected=self.expected[at % len(self.expected)],
                evidence=evidence,
            )

    def _evidence(self, answer: str, at: int) -> Evidence:
        if not self.sentences:
            return Evidence(sentence=1, text=answer)
        number = self.sentences[at]
        return Evidence(sentence=number, text=split_sentences(answer)[number - 1])

    def known_accuracy(self, grade: Grade, question: str, *, built_in: bool) -> Accuracy | None:
        share = self.accuracy.get(built_in)
        return None if share is None else Accuracy(share, seen=built_in)

    def feedback(self, question: Question, answer: str, grade: Grade) -> Iterator[str]:
        self._cancelled.clear()
        yield from self.pieces
        self._wait(lambda: self.hold_feedback)
        if self.feedback_error is not None:
            raise self.feedback_error

    def ask_about(self, question: Question, answer: str, number: int, language: Language) -> str:
        self._cancelled.clear()
        self.asked_about.append((question.id, answer, number, language))
        self._wait(lambda: self.hold_question)
        return self.question

    def explain(
        self, question: Question, answer: str, language: Language, grade: Grade
    ) -> Explanation:
        self._cancelled.clear()
        self.explained.append((question.id, answer, language))
        self._wait(lambda: self.hold_explanation)
        if self.explain_error is not None:
            raise self.explain_error
        return self.explanation

    def _wait(self, held: Callable[[], bool]) -> None:
        while held() and not self.release.wait(0.005):
            if self._cancelled.is_set():
                raise Cancelled("grading was cancelled")

    def cancel(self) -> None:
        self.cancels += 1
        self._cancelled.set()


class BrokenProgress:
    """A real progress; calls named in `failing` fail."""

    def __init__(self, real: Progress) -> None:
        self._real = real
        self.failing: dict[str, Exception] = {}

    def __getattr__(self, name: str) -> object:
        if name in self.failing:
            return self._raise(name)
        return getattr(self._real, name)

    def _raise(self, name: str) -> Callable[..., None]:
        def fail(*_: object) -> None:
            raise self.failing[name]

        return fail


class StubPull(Download):
    """A download that ends as the test says: `arrive`, `fail`, or `cancel`."""

    def __init__(
        self, entry: CatalogEntry, folder: Path, on_progress: Callable[[DownloadProgress], None]
    ) -> None:
        super().__init__(entry, folder, {})
        self.tell = on_progress
        self._over = Event()
        self._error: Exception | None = None

    def run(self) -> Path:
        self._over.wait()
        if self._error is not None:
            raise self._error
        return self.target

    def arrive(self) -> None:
        self._over.set()

    def fail(self, error: Exception) -> None:
        self._error = error
        self._over.set()

    def cancel(self) -> None:
        self.fail(PullCancelled("stopped"))


class StubJudgePull(JudgeDownload):
    """A download of the judge that ends when the download of the original does."""

    def __init__(self, catalog: Catalog, models: Path, original: StubPull) -> None:
        super().__init__(catalog, models, {}, original.tell)
        self._original = self.pull = original

    def run(self) -> Path:
        return self.pull.run()


@dataclass
class StubTutor:
    """The tutor that the app gets."""

    paths: Paths
    bank: Bank
    progress: Progress
    grading: StubGrading
    now: datetime = NOON
    preferences: Preferences = field(default_factory=lambda: Preferences(languages=LANGUAGES))
    """By default the student reads all languages, so that each deck is in its own."""
    is_new: bool = False
    theme: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    """What the command line sets."""
    environ: Mapping[str, str] = field(default_factory=dict)
    rereads: int = 0
    """How often the settings were read again."""
    models: Callable[[], Shelf] | None = None
    """The models on the machine, with a memory size of the test's own."""
    downloads: list["StubPull"] = field(default_factory=list)
    used: list[Path | None] = field(default_factory=list)
    measured: list[Measuring | Exception] = field(default_factory=list)
    """The results of the next steps of measuring."""
    judge: str | None = None
    """The name of a judge that can run from now on."""
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def clock(self) -> datetime:
        return self.now

    @property
    def languages(self) -> tuple[Language, ...]:
        return self.preferences.languages

    def welcome(self) -> None:
        self.is_new = False

    def stored_settings(self) -> StoredSettings:
        return StoredSettings.read(self.paths.settings, self.arguments)

    def reread_settings(self) -> None:
        self.rereads += 1

    def reopen_bank(self) -> None:
        self.bank = open_bank(self.paths.questions, None)

    def shelf(self) -> Shelf:
        assert self.models is not None
        return self.models()

    def fetch(
        self, entry: CatalogEntry, on_progress: Callable[[DownloadProgress], None]
    ) -> Download:
        self.downloads.append(pull := StubPull(entry, self.paths.models[0], on_progress))
        return pull

    def fetch_judge(self, on_progress: Callable[[DownloadProgress], None]) -> JudgeDownload:
        catalog = self.shelf().catalog
        pull = StubPull(catalog.original, self.paths.models[0], on_progress)
        self.downloads.append(pull)
        return StubJudgePull(catalog, self.paths.models[0], pull)

    def use_model(self, path: Path | None, listener: Callable[[Status], None]) -> None:
        self.used.append(path)
        self.grading.model_name = None if path is None else path.stem
        self.grading.status = Status(EngineState.READY if path else EngineState.OFF)
        listener(self.grading.status)

    def retry_model(self, listener: Callable[[Status], None]) -> bool:
        if self.judge is None:
            return False
        self.grading.model_name, self.grading.status = self.judge, Status(EngineState.READY)
        listener(self.grading.status)
        return True

    def measure_in_pause(self) -> Measuring | None:
        result = self.measured.pop(0) if self.measured else None
        if isinstance(result, Exception):
            raise result
        return result

    def new_id(self) -> str:
        return f"attempt-{next(self._ids)}"


def by_id(grade: Grade) -> Mapping[str, PointGrade]:
    return {point.id: point for point in grade.points}
