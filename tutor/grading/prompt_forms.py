"""The forms in which a model is asked about an answer.

Listed: the points stand in the prompt, numbered, and each is asked for by its number alone. What is
left to evaluate at submitting is a handful of tokens a point.

Single: the prompt holds no points; each branch states its own in full, which costs the point's
tokens, and with them comes the likelihood of the point's text behind this answer (`Signal.GAIN`).

Trained: listed, in fewer words and without evidence, for a model with an adapter that was trained
to judge so.
Which of them is used for a model, and what it was worth, is in docs/measurements.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tutor.bank import Language, Question, Verdict
from tutor.engine.api import Ask, Branch, Prompt, Segment
from tutor.grading.prompts import PromptBook
from tutor.grading.sentences import split_sentences
from tutor.grading.visible import visible

LABEL_SETS: tuple[tuple[str, ...], ...] = (
    (" yes", " partial", " no"),
    (" yes", " partly", " no"),
    (" Yes", " Partial", " No"),
    (" A", " B", " C"),
    ("yes", "partial", "no"),
    ("A", "B", "C"),
    ("2", "1", "0"),
)
"""Words for met, partial and missed, best first; a model must have one set as single tokens."""
VERDICTS = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED)
"""In the order of the labels."""
MOST_SENTENCES = 9
"""Evidence is one digit; longer answers have neighbouring sentences joined."""


class FormName(StrEnum):
    """How the points are put to the model."""

    LISTED = "listed"
    SINGLE = "single"
    TRAINED = "trained"


_TEMPLATES: dict[FormName, tuple[str, ...]] = {
    FormName.LISTED: ("system", "question", "answer"),
    FormName.SINGLE: ("single-system", "single-question", "answer", "single-verdict"),
    FormName.TRAINED: ("trained-system", "trained-question"),
}
"""What a verdict hangs on; that a feedback is worded otherwise changes none."""
_SYSTEM = {form: names[0] for form, names in _TEMPLATES.items()}


def form_hashes(prompts: PromptBook) -> dict[str, str]:
    """The hash of each form's templates, by the form's name."""
    return {form.value: prompts.hash(names) for form, names in _TEMPLATES.items()}


@dataclass(frozen=True, slots=True)
class GradingPrompt:
    """All that is asked about one answer: one branch a point, in the rubric's order.

    A branch's first ask is for the verdict, the second, where there are two sentences or more, for
    the number of the sentence that shows it; in the trained form there is none.
    """

    sentences: tuple[str, ...]
    prompt: Prompt
    branches: tuple[Branch, ...]


class Form:
    """Makes prompts and branches for one model's labels."""

    def __init__(self, name: FormName, prompts: PromptBook, label_set: int) -> None:
        self.name = name
        self._prompts = prompts
        self._labels = LABEL_SETS[label_set]
        self._words = {v.value: label for v, label in zip(VERDICTS, self._labels, strict=True)}

    @property
    def hash(self) -> str:
        """Names the templates of this form."""
        return self._prompts.hash(_TEMPLATES[self.name])

    def ask(self, question: Question, language: Language, answer: str) -> GradingPrompt:
        """What is asked about `answer`; an empty one has no sentences."""
        sentences = split_sentences(answer, most=MOST_SENTENCES)
        points = [" ".join(point.criterion(language).split()) for point in question.rubric]
        body = self._body(answer, sentences)
        prompt = Prompt(self._system(), self._prefix(question, language, points), body)
        branches = (
            self._branch(number, point, len(sentences)) for number, point in enumerate(points, 1)
        )
        return GradingPrompt(sentences, prompt, tuple(branches))

    def _body(self, answer: str, sentences: Sequence[str]) -> tuple[Segment, ...]:
        """As the student sees it; evidence is told by the sentences as they were typed."""
        answer = visible(answer).strip()
        if not answer:
            return ()
        if self.name is FormName.TRAINED:
            return (Segment(answer),)
        return self._prompts.segments("answer", sentences=[visible(each) for each in sentences])

    def _system(self) -> tuple[Segment, ...]:
        return self._prompts.segments(_SYSTEM[self.name], self._words)

    def _prefix(
        self, question: Question, language: Language, points: Sequence[str]
    ) -> tuple[Segment, ...]:
        asked = question.prompt.to(language)
        if self.name is FormName.SINGLE:
            return self._prompts.segments("single-question", question=asked)
        name = "question" if self.name is FormName.LISTED else "trained-question"
        return self._prompts.segments(name, question=asked, points=points)

    def _branch(self, number: int, point: str, sentences: int) -> Branch:
        if self.name is FormName.TRAINED:
            return Branch((), (Ask(self._labels, f"{number}:"),))
        digits = tuple(str(digit) for digit in range(1, sentences + 1))
        shown = (Ask(digits, f"{self._labels[0]} ["),) if sentences > 1 else ()
        if self.name is FormName.LISTED:
            return Branch((), (Ask(self._labels, f"{number}:"), *shown))
        tail = self._prompts.segments("single-verdict", self._words, point=point)
        return Branch(tail, (Ask(self._labels, "Verdict:"), *shown), measured=True)
