"""Which questions no training ever sees, so that it is known how a judge does on new ones."""

from tutor.bank import Bank


def kept_apart(bank: Bank, question: str) -> bool:
    """Whether the question is kept apart as a whole, as its samples say."""
    return any(sample.split == "apart" for sample in bank.samples(question))


def has_twin(bank: Bank, question: str) -> bool:
    """Whether training sees a question that asks for nearly the same (`see_also`)."""
    near = bank.question(question).see_also
    return any(other in bank and not kept_apart(bank, other) for other in near)
