"""The model judge: one short branch a point, all in one batch, the verdict read off the labels.

No number comes from generated text: a verdict is the label with the highest probability as the
very next token, its confidence that probability. Evidence is asked for in a second batch, as the
number of one of the answer's own sentences. The written feedback is told the verdicts; nothing is
read from it.
"""

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from tutor.bank import Language, Question, Verdict
from tutor.engine import (
    Branch,
    Distribution,
    Engine,
    EngineCrashed,
    LabelsUnusable,
    ModelInfo,
    Prompt,
)
from tutor.grading.grade import Evidence, Grade, GraderId, PointGrade
from tutor.grading.prompts import PromptBook
from tutor.grading.sentences import split_sentences

VERSION = "1"
LABEL_SETS: tuple[tuple[str, ...], ...] = (
    ("yes", "partial", "no"),
    ("yes", "partly", "no"),
    ("Yes", "Partial", "No"),
    ("A", "B", "C"),
    ("2", "1", "0"),
)
"""Words for met, partial and missed, best first; a model must have one set as single tokens."""
VERDICTS = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED)
MOST_SENTENCES = 9
"""Evidence is one digit; longer answers have neighbouring sentences joined."""
FEEDBACK_TOKENS = 120
WEAK_BELOW = 1_000_000_000
"""Parameters. On our samples a model of 135 million was no better than the commonest verdict
(docs/grading.md)."""
RELOAD_SECONDS = 120.0
"""How long to wait for a model that is being started again."""
_LANGUAGES: dict[Language, str] = {
    "de": "German",
    "en": "English",
    "ru": "Russian",
    "zh": "Chinese",
}


_OPENINGS: dict[Language, str] = {
    "de": "Zur vollen Punktzahl fehlt:",
    "en": "Missing for the full mark:",
    "ru": "До полного балла не хватает:",
    "zh": "要得满分还缺少：",
}
"""How every feedback begins: it fixes the language and keeps small models from chatting."""


class ModelJudge:
    """Judges with a local model. Calls block; `Engine.cancel` ends them."""

    def __init__(self, engine: Engine, prompts: PromptBook, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._prompts = prompts
        self._clock = clock

    def prepare(self, question: Question, language: Language, answer: str) -> None:
        """Have question and answer evaluated in advance; returns at once."""
        self._engine.prefill(self._prompt(question, language, _numbered(answer)))

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """The verdicts on `answer`.

        A crash of the model's process is survived once: the same is asked again of the new one.
        Raises `EngineError`.
        """
        start = self._clock()
        remark = ""
        info = self._engine.wait_until_ready(RELOAD_SECONDS)
        try:
            points = self._judge(info, question, answer, language)
        except EngineCrashed as crash:
            remark = f"While judging {crash.message}; it was started again and judged. "
            info = self._engine.wait_until_ready(RELOAD_SECONDS)
            points = self._judge(info, question, answer, language)
        return Grade(
            question=question.id,
            grader=GraderId(
                name="model",
                version=VERSION,
                model=info.fingerprint,
                prompt=self._prompts.hash,
            ),
            language=language,
            points=points,
            ms=(self._clock() - start) * 1000,
            remark=(remark + _caveat(info)).strip(),
        )

    def feedback(self, question: Question, answer: str, grade: Grade) -> Iterator[str]:
        """A few sentences on what is missing, in the answer's language, as they are written.

        Nothing where the full mark is reached, and nothing from a model so small that it would
        only repeat its instructions. Raises `EngineError`.
        """
        info = self._engine.info
        if info is None or info.parameters < WEAK_BELOW:
            return
        language = grade.language
        groups: dict[str, list[str]] = {verdict: [] for verdict in VERDICTS}
        for point, judged in zip(question.rubric, grade.points, strict=True):
            groups[judged.final].append(point.point.to(language))
        if not groups[Verdict.PARTIAL] and not groups[Verdict.MISSED]:
            return
        tail = self._prompts.segments("feedback", {"language": _LANGUAGES[language]}, **groups)
        prompt = self._prompt(question, language, _numbered(answer))
        opening = _OPENINGS[language]
        yield opening
        for piece in self._engine.generate(prompt, tail, FEEDBACK_TOKENS, opening):
            if text := _printable(piece):
                yield text

    def _judge(
        self, info: ModelInfo, question: Question, answer: str, language: Language
    ) -> tuple[PointGrade, ...]:
        sentences = _numbered(answer)
        prompt = self._prompt(question, language, sentences)
        labels, words = LABEL_SETS[info.label_set], _label_words(info.label_set)
        branches = [
            Branch(self._prompts.segments("verdict", words, point=point.point.to(language)), labels)
            for point in question.rubric
        ]
        verdicts = [_most_likely(scores) for scores in self._engine.score(prompt, branches)]
        shown = self._evidence(prompt, question, language, sentences, verdicts)
        return tuple(
            PointGrade(
                id=point.id,
                weight=point.weight,
                verdict=verdict,
                confidence=confidence,
                evidence=shown.get(point.id),
            )
            for point, (verdict, confidence) in zip(question.rubric, verdicts, strict=True)
        )

    def _evidence(
        self,
        prompt: Prompt,
        question: Question,
        language: Language,
        sentences: Sequence[str],
        verdicts: Sequence[tuple[Verdict, float]],
    ) -> dict[str, Evidence]:
        """For every point that is not missed the sentence that shows it, by the point's id."""
        judged = zip(question.rubric, verdicts, strict=True)
        shown = [point for point, (verdict, _) in judged if verdict is not Verdict.MISSED]
        if len(sentences) == 1:
            return {point.id: Evidence(sentence=1, text=sentences[0]) for point in shown}
        labels = tuple(str(number) for number in range(1, len(sentences) + 1))
        branches = [
            Branch(self._prompts.segments("evidence", point=point.point.to(language)), labels)
            for point in shown
        ]
        try:
            scores = self._engine.score(prompt, branches)
        except LabelsUnusable:
            return {}
        chosen = [_argmax(score.log_probabilities) for score in scores]
        return {
            point.id: Evidence(sentence=index + 1, text=sentences[index])
            for point, index in zip(shown, chosen, strict=True)
        }

    def _prompt(self, question: Question, language: Language, sentences: Sequence[str]) -> Prompt:
        """The instructions come first, where they are read ahead; a point's tail is short."""
        info = self._engine.info
        words = _label_words(info.label_set if info else 0)
        return Prompt(
            system=self._prompts.segments("system", words),
            prefix=self._prompts.segments("question", question=question.prompt.to(language)),
            body=self._prompts.segments("answer", sentences=sentences) if sentences else (),
        )


def _label_words(label_set: int) -> dict[str, str]:
    """The word for each verdict, as the templates name them."""
    return {v.value: label for v, label in zip(VERDICTS, LABEL_SETS[label_set], strict=True)}


def _caveat(info: ModelInfo) -> str:
    """What has to be said of a judge that is too small to be trusted."""
    if info.parameters >= WEAK_BELOW:
        return ""
    millions = f"{info.parameters / 1e6:,.0f}"
    return f"{info.name} is small ({millions} million parameters) and a weak judge: check it."


def _numbered(answer: str) -> tuple[str, ...]:
    return split_sentences(answer, most=MOST_SENTENCES)


def _most_likely(scores: Distribution) -> tuple[Verdict, float]:
    index = _argmax(scores.log_probabilities)
    return VERDICTS[index], min(1.0, math.exp(scores.log_probabilities[index]))


def _argmax(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def _printable(text: str) -> str:
    """Model text without control characters, so that a terminal shows it and nothing more."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")
