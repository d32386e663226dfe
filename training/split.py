"""Questions that training never sees, to measure the judge on new questions."""

from tutor.bank import Bank


def kept_apart(bank: Bank, question: str) -> bool:
    """Whether the samples set the whole question apart."""
    return any(sample.split == "apart" for sample in bank.samples(question))


def has_twin(bank: Bank, question: str) -> bool:
    """Whether training sees a question that asks nearly the same (`see_also`)."""
    near = bank.question(question).see_also
    return any(other in bank and not kept_apart(bank, other) for other in near)
