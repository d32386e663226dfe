"""Has a model write to the student: what is missing, and a question about one point.

Only models that are large enough write, and nothing is ever parsed from their text.
"""

import unicodedata
from collections.abc import Iterator

from tutor.bank import ENGLISH_NAMES, Language, Question, Verdict
from tutor.engine.api import Engine
from tutor.formatting import one_line
from tutor.grading.grade import Grade
from tutor.grading.model_grader import WEAK_BELOW
from tutor.grading.prompt_forms import VERDICTS, Form, FormName
from tutor.grading.prompts import PromptBook

FEEDBACK_TOKENS = 120
QUESTION_TOKENS = 60
_MISSING: dict[Language, str] = {
    "de": "Zur vollen Punktzahl fehlt:",
    "en": "Missing for the full mark:",
    "ru": "До полного балла не хватает:",
    "zh": "要得满分还缺少：",
}
_QUESTION: dict[Language, str] = {
    "de": "Frage:",
    "en": "Question:",
    "ru": "Вопрос:",
    "zh": "问题：",
}
"""The first words are ours: they fix the language and keep a model from chatting."""


class Writer:
    """Asks the loaded model to write. Calls block; `Engine.cancel` ends them."""

    def __init__(self, engine: Engine, prompts: PromptBook) -> None:
        self._engine = engine
        self._prompts = prompts

    @property
    def can_write(self) -> bool:
        """Whether the loaded model is large enough to do more than repeat its instructions."""
        info = self._engine.info
        return info is not None and info.parameters >= WEAK_BELOW

    def feedback(self, question: Question, answer: str, grade: Grade) -> Iterator[str]:
        """Stream a few sentences on what is missing, in the language of the answer.

        Yields nothing if the answer has full marks. Raises `EngineError`.
        """
        numbers: dict[str, list[str]] = {verdict: [] for verdict in VERDICTS}
        for number, point in enumerate(grade.points, 1):
            numbers[point.final].append(str(number))
        if not numbers[Verdict.PARTIAL] and not numbers[Verdict.MISSED]:
            return
        opening = _MISSING[grade.language]
        yield opening
        points = {verdict: ", ".join(listed) for verdict, listed in numbers.items()}
        yield from self._write(
            "feedback", points, question, answer, grade.language, FEEDBACK_TOKENS, opening
        )

    def ask_about(self, question: Question, answer: str, number: int, language: Language) -> str:
        """Write a question that leads to the point with this number, from 1; may be empty.

        The caller has to check that it does not reveal the point. Raises `EngineError`.
        """
        text = ""
        words, opening = {"number": str(number)}, _QUESTION[language]
        for piece in self._write(
            "follow-up", words, question, answer, language, QUESTION_TOKENS, opening
        ):
            text += piece
            for end in "?？":
                if end in text:
                    return one_line(text.partition(end)[0] + end)
        return ""

    def _write(
        self,
        template: str,
        words: dict[str, str],
        question: Question,
        answer: str,
        language: Language,
        tokens: int,
        opening: str,
    ) -> Iterator[str]:
        """Stream text after the grading prompt, which such a model has evaluated already."""
        if not self.can_write:
            return
        label_set = self._engine.wait_until_ready(0).label_set
        prompt = Form(FormName.LISTED, self._prompts, label_set).ask(question, language, answer)
        words = {"language": ENGLISH_NAMES[language], **words}
        tail = self._prompts.segments(template, words)
        for piece in self._engine.generate(prompt.prompt, tail, tokens, opening):
            if text := _printable(piece):
                yield text


def _printable(text: str) -> str:
    """Remove control characters, so that model text cannot control a terminal."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")
