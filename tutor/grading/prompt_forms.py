"""The forms in which a model is asked about an answer.

Listed: the prompt has all points, numbered, and each branch asks for one by its number. When the
answer is submitted, only a handful of tokens for each point is left to evaluate.

Single: the prompt has no points; each branch states its point in full. That costs the point's
tokens, but measures the likelihood of the point's text after this answer (`Signal.GAIN`).

Trained: like listed, in fewer words and without evidence, for a model with an adapter that was
trained in this form.

Which form suits which model, and how well each does, is in docs/measurements.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tutor.bank import Language, Question, Verdict
from tutor.engine.api import Ask, Branch, Prompt, Segment
from tutor.grading.prompts import PromptBook, Untrusted
from tutor.grading.prose import as_prose
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
"""Labels for met, partial and missed, best set first; a model needs one set as single tokens."""
VERDICTS = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED)
"""The verdicts in the order of the labels."""
MOST_SENTENCES = 9
"""Evidence is one digit, so neighbouring sentences of longer answers are joined."""


class FormName(StrEnum):
    """The name of a form."""

    LISTED = "listed"
    SINGLE = "single"
    TRAINED = "trained"


_TEMPLATES: dict[FormName, tuple[str, ...]] = {
    FormName.LISTED: ("system", "question", "answer"),
    FormName.SINGLE: ("single-system", "single-question", "answer", "single-verdict"),
    FormName.TRAINED: ("trained-system", "trained-question"),
}
"""The templates that a verdict depends on: first those of the system text and the question."""


def form_hashes(prompts: PromptBook) -> dict[str, str]:
    """The hash of each form's templates, by the form's name."""
    return {form.value: prompts.hash(names) for form, names in _TEMPLATES.items()}


@dataclass(frozen=True, slots=True)
class GradingPrompt:
    """What the model is asked about one answer: a branch for each point, in the rubric's order.

    A branch asks first for the verdict, then for the number of the sentence that shows it. The
    second ask is missing in the trained form, and if there are fewer than two sentences.
    """

    sentences: tuple[str, ...]
    prompt: Prompt
    branches: tuple[Branch, ...]


class Form:
    """Builds prompts and branches with one model's labels."""

    def __init__(self, name: FormName, prompts: PromptBook, label_set: int) -> None:
        self.name = name
        self._prompts = prompts
        self._labels = LABEL_SETS[label_set]
        self._words = {v.value: label for v, label in zip(VERDICTS, self._labels, strict=True)}

    @property
    def hash(self) -> str:
        """A hash of the form's templates."""
        return self._prompts.hash(_TEMPLATES[self.name])

    def ask(self, question: Question, language: Language, answer: str) -> GradingPrompt:
        """Build the prompt and the branches for `answer`."""
        sentences = split_sentences(answer, most=MOST_SENTENCES)
        points = [" ".join(point.criterion(language).split()) for point in question.rubric]
        system_template, question_template, *_ = _TEMPLATES[self.name]
        values: dict[str, Untrusted] = {"question": question.prompt.to(language)}
        if self.name is not FormName.SINGLE:
            values["points"] = points
        prompt = Prompt(
            system=self._prompts.segments(system_template, self._words),
            prefix=self._prompts.segments(question_template, None, **values),
            body=self._body(answer, sentences),
        )
        branches = (
            self._branch(number, point, len(sentences)) for number, point in enumerate(points, 1)
        )
        return GradingPrompt(sentences, prompt, tuple(branches))

    def _body(self, answer: str, sentences: Sequence[str]) -> tuple[Segment, ...]:
        """The answer as the student sees it, though evidence shows sentences as they were typed."""
        answer = as_prose(visible(answer))
        if not answer:
            return ()
        if self.name is FormName.TRAINED:
            return (Segment(answer),)
        texts = [as_prose(visible(each)) for each in sentences]
        return self._prompts.segments("answer", sentences=texts)

    def _branch(self, number: int, point: str, sentences: int) -> Branch:
        if self.name is FormName.TRAINED:
            return Branch((), (Ask(self._labels, f"{number}:"),))
        digits = tuple(str(digit) for digit in range(1, sentences + 1))
        evidence = (Ask(digits, f"{self._labels[0]} ["),) if sentences > 1 else ()
        if self.name is FormName.LISTED:
            return Branch((), (Ask(self._labels, f"{number}:"), *evidence))
        tail = self._prompts.segments("single-verdict", self._words, point=point)
        return Branch(tail, (Ask(self._labels, "Verdict:"), *evidence), measured=True)
