"""Good answers to other questions, as sample answers that miss every point.

Among the answers to a question, only bad ones sound wrong. So a judge could learn to grade by how
right an answer sounds; right answers to something else in training and calibration prevent that.
"""

import random
from collections.abc import Iterable

from tutor.bank import Language, Question, Sample, Verdict


class Strangers:
    """Good answers to draw for questions in other sections of their deck."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._good: dict[tuple[str, Language], list[Sample]] = {}
        for sample in samples:
            if sample.kind in ("full", "paraphrase"):
                key = _deck(sample.question), sample.language
                self._good.setdefault(key, []).append(sample)

    def draw(self, question: Question, language: Language, source: random.Random) -> Sample | None:
        """A good answer as a sample of `question`; None if no other section has one."""
        candidates = [
            sample
            for sample in self._good.get((_deck(question.id), language), ())
            if _section(sample.question) != _section(question.id)
        ]
        if not candidates:
            return None
        missed = {point.id: Verdict.MISSED for point in question.rubric}
        update = {"question": question.id, "kind": "off-topic", "verdicts": missed, "differed": {}}
        return source.choice(candidates).model_copy(update=update)


def _deck(question: str) -> str:
    return question.partition(".")[0]


def _section(question: str) -> str:
    return question.rpartition(".")[0]
