"""Good answers to other questions, every point of which they miss.

Among answers to the question itself only bad ones sound wrong. So a judge that hears whether an
answer is right is trained and weighed on right answers to something else as well.
"""

import random
from collections.abc import Iterable

from tutor.bank import Language, Question, Sample, Verdict


class Strangers:
    """Good answers, to be given to questions of other sections of their deck."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._good: dict[tuple[str, Language], list[Sample]] = {}
        for sample in samples:
            if sample.kind in ("full", "paraphrase"):
                key = _deck(sample.question), sample.language
                self._good.setdefault(key, []).append(sample)

    def draw(self, question: Question, language: Language, source: random.Random) -> Sample | None:
        """One as a sample of `question`; None if no other section has one in this language."""
        fit = [
            sample
            for sample in self._good.get((_deck(question.id), language), ())
            if _section(sample.question) != _section(question.id)
        ]
        if not fit:
            return None
        missed = {point.id: Verdict.MISSED for point in question.rubric}
        about = {"question": question.id, "kind": "off-topic", "verdicts": missed, "differed": {}}
        return source.choice(fit).model_copy(update=about)


def _deck(question: str) -> str:
    return question.partition(".")[0]


def _section(question: str) -> str:
    return question.rpartition(".")[0]
