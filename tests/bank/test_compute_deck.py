"""Recalculates the numbers in the deck `compute`; the model answers must contain them."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from tutor.bank import Bank


def softmax(scores: Sequence[float], temperature: float = 1) -> list[float]:
    raised = [math.exp(score / temperature) for score in scores]
    return [each / sum(raised) for each in raised]


def shown(*values: float, digits: int = 2) -> list[str]:
    return [f"{value:.{digits}f}" for value in values]


def whole(*values: float) -> list[str]:
    assert all(value == round(value) for value in values)
    return [f"{round(value):,}" for value in values]


def attention() -> list[str]:
    query, keys = (2, 0, 2, 0), ((1, 0, 1, 0), (0, 1, 0, 1))
    scores = [sum(a * b for a, b in zip(query, key, strict=True)) for key in keys]
    weights = softmax([score / math.sqrt(4) for score in scores])
    return [*whole(*scores), *shown(*weights), *shown(*(10 * each for each in weights), digits=1)]


def temperature() -> list[str]:
    return shown(*softmax((2, 1, 0)), *softmax((2, 1, 0), 2))


def cross_entropy() -> list[str]:
    first, second, _ = softmax((2, 0, 0))
    return shown(first, second, -math.log(first), -math.log(second), math.log(3))


def gradient() -> list[str]:
    p = softmax((2, 0, 0))
    return [*shown(p[0], p[2]), f"−{1 - p[1]:.2f}"]


def gradient_by_differences() -> list[str]:
    """Confirms by differences that p − y is the derivative."""
    z, right, step = [0.3, -1.2, 0.7], 1, 1e-6
    loss: Callable[[list[float]], float] = lambda at: -math.log(softmax(at)[right])  # noqa: E731
    for i, p in enumerate(softmax(z)):
        moved = [value + step * (i == j) for j, value in enumerate(z)]
        slope = (loss(moved) - loss(z)) / step
        assert slope == pytest.approx(p - (i == right), abs=1e-4)
    return ["p − y"]


def perplexity() -> list[str]:
    bits = [-math.log2(p) for p in (1 / 2, 1 / 4, 1 / 2, 1 / 4)]
    mean = sum(bits) / len(bits)
    return [f"{mean:g}", *shown(2**mean)]


def bits_a_character() -> list[str]:
    bits = 2.08 / math.log(2)
    return [f"≈ {bits:.0f} bits", f"≈ {math.exp(2.08):.0f}", f"{round(bits) / 4:g}"]


def masked() -> list[str]:
    return shown(*softmax((0, 1)))


def f1() -> list[str]:
    tp, fp, fn, tn = 40, 10, 20, 930
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    f = 2 * precision * recall / (precision + recall)
    return [f"{precision:g}", *shown(recall, f, (tp + tn) / 1000, (tn + fp) / 1000)]


def macro_and_micro() -> list[str]:
    return shown((0.9 + 0.5 + 0.5) / 3, 100 / 120)


def bleu() -> list[str]:
    reference, candidate = map(str.split, ("the cat sat on the mat", "the cat on the mat"))
    precisions = []
    for n in (1, 2):
        grams = [
            Counter(list(pairwise(text)) if n == 2 else text) for text in (candidate, reference)
        ]
        precisions.append((grams[0] & grams[1]).total() / grams[0].total())
    penalty = math.exp(1 - len(reference) / len(candidate))
    mean = math.sqrt(math.prod(precisions))
    return [*shown(penalty, mean, penalty * mean), f"{precisions[1]:g}"]


def word_errors() -> list[str]:
    reference, transcript = map(str.split, ("the cat sat on the mat", "a cat sat on mat mat mat"))
    row = list(range(len(transcript) + 1))
    for i, expected in enumerate(reference, 1):
        before, row = row, [i]
        for j, word in enumerate(transcript, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (expected != word)))
    assert row[-1] == 3
    return ["three edits", f"{row[-1] / len(reference):g}"]


def kappa() -> list[str]:
    observed = (20 + 15) / 50
    chance = (30 / 50) * (25 / 50) + (20 / 50) * (25 / 50)
    return [f"{observed:g}", f"{chance:g}", f"{(observed - chance) / (1 - chance):.1f}"]


def lstm_step() -> list[str]:
    cell = 0.5 * 2 + 0.5 * 1
    return [f"{cell:g}", *shown(0.5 * math.tanh(cell))]


def pairs_of_bpe() -> list[str]:
    counts: Counter[tuple[str, str]] = Counter()
    for word, times in {"low": 5, "lower": 2, "newest": 6, "widest": 3}.items():
        for pair in pairwise(word):
            counts[pair] += times
    assert counts["e", "s"] == max(counts.values()) == 9
    return ["e s", "9", "est"]


def scaling() -> list[str]:
    operations = 6 * 1e9 * 20e9
    assert f"{operations:.1e}" == "1.2e+20"
    return ["1.2·10²⁰", f"{operations / 1e14 / 86_400:.0f} days"]


def adam() -> list[str]:
    m, v = 0.1 * 4, 0.001 * 16
    step = 0.001 * (m / 0.1) / math.sqrt(v / 0.001)
    return [f"{m:g}", f"{v:g}", f"−{step:g}"]


def convolution() -> list[str]:
    return [f"{(32 + 2 * 2 - 5) // 2 + 1}×{(32 + 2 * 2 - 5) // 2 + 1}", f"{1 + 2 + 2}×5"]


NUMBERS: dict[str, Callable[[], list[str]]] = {
    "1.1": attention,
    "1.2": temperature,
    "1.3": cross_entropy,
    "1.4": gradient_by_differences,
    "1.5": gradient,
    "1.6": perplexity,
    "1.7": bits_a_character,
    "1.8": masked,
    "2.1": f1,
    "2.2": macro_and_micro,
    "2.3": bleu,
    "2.4": word_errors,
    "2.5": kappa,
    "3.1": lambda: whole(784 * 100 + 100, 100 * 10 + 10, 784 * 100 + 100 + 100 * 10 + 10),
    "3.2": lambda: whole(512 / 8, 8 * 3 * 512 * 64 + 512 * 512),
    "3.3": lambda: [*whole(2 * 512 * 2048), "two thirds"],
    "3.4": lambda: whole(100 * (50 + 100) + 100, 4 * 15_100, 3 * 15_100),
    "3.5": lambda: whole(3 * 3 * 3, 64 * (27 + 1), 224 * 224 * 3),
    "3.6": lambda: [*whole(30_000 * 768), f"{30_000 * 768 / 1e6:.0f} million"],
    "4.1": pairs_of_bpe,
    "4.2": lstm_step,
    "4.3": convolution,
    "4.4": scaling,
    "4.5": adam,
}


def test_every_question_of_the_deck_is_recalculated(our_bank: Bank) -> None:
    asked = {info.id.removeprefix("compute.") for info in our_bank.deck("compute").questions}
    assert asked == NUMBERS.keys()


@pytest.mark.parametrize("number", NUMBERS)
def test_the_model_answer_contains_the_numbers(number: str, our_bank: Bank) -> None:
    answer = our_bank.question(f"compute.{number}").answer.to("en")
    assert [value for value in NUMBERS[number]() if value not in answer] == []
