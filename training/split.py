"""Which questions no training ever sees, so that it is known how a judge does on new ones."""

import hashlib

from tutor.bank import Bank

ONE_IN = 5


def kept_apart(question: str) -> bool:
    """Whether the question with this id is one of the fifth that is kept apart as a whole.

    By a hash of the id, so the same for everybody, and for a question no matter what else is there.
    """
    return int(hashlib.sha256(question.encode()).hexdigest()[:8], 16) % ONE_IN == 0


def has_twin(bank: Bank, question: str) -> bool:
    """Whether training sees a question that asks for nearly the same (`see_also`, either way)."""
    near = set(bank.question(question).see_also)
    near |= {other for other in bank.question_ids if question in bank.question(other).see_also}
    return any(other in bank and not kept_apart(other) for other in near)
