"""No answer may earn more than it deserves, except for those listed here."""

import functools
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import pytest

from bench.attack_families import LONG, Attack, Gain, attacks, graded
from tests.support.soak import SOAK
from tutor.bank import LANGUAGES, Bank
from tutor.grading import Calibrations, GradingService, PromptBook
from tutor.paths import find_paths

MakeGains = Callable[[], tuple[Gain, ...]]
TOLERANCE = 0.2
"""A light point, or half of a heavier one: what one common word may meet by chance."""
KNOWN: Mapping[str, str] = {
    "question pasted/with-order": "where the question's own words are key terms of a point",
    "rubric pasted/point": "a point's text may hold a word that another point asks for",
    "genuine and more/stranger": "an answer to another question may have a point's terms",
    "terms listed/half": "two names may be a whole answer; people give half for each",
}
"""Families and variants of attacks that gain with the key terms, and why."""
BY_RULE = ("question pasted/pasted", "question pasted/twice", "question pasted/with-words",
           "hints pasted/last", "hints pasted/all", "emoji/only", "control characters/only",
           "invisible/only", "50,000 characters/question", "50,000 characters/brackets",
           "50,000 characters/newlines", "terms listed/commas", "terms listed/spaces",
           "terms listed/lines", "terms listed/bullets", "terms listed/numbers",
           "terms listed/and", "terms listed/arrows", "terms listed/order",
           "terms listed/alternatives", "terms listed/zero-width",
           "fake verdict/lines", "fake verdict/json",
)  # fmt: skip
"""Families of attacks that no grader needs to see."""


@pytest.fixture(scope="module")
def suite(our_bank: Bank) -> tuple[Attack, ...]:
    return attacks(our_bank)


@pytest.fixture(scope="module")
def grading(our_bank: Bank) -> GradingService:
    prompts = PromptBook(find_paths({}).prompts)
    return GradingService(prompts, bank=lambda: our_bank, calibrations=shipped())


def shipped() -> Calibrations:
    """The calibrations that come with the tutor, not a student's own."""
    return Calibrations(find_paths({}).calibrations[1:])


@pytest.fixture(scope="module")
def with_terms(our_bank: Bank, suite: tuple[Attack, ...], grading: GradingService) -> MakeGains:
    """Grades all attacks once, without coverage; that nothing is raised is half of the test."""
    tried = suite if SOAK else suite[::10]
    return functools.cache(lambda: tuple(graded(our_bank, grading, "terms", tried)))


def too_much(gains: Iterable[Gain]) -> list[Gain]:
    return [gain for gain in gains if gain.gained > TOLERANCE]


def test_the_suite_is_large_and_covers_every_deck(
    our_bank: Bank, suite: tuple[Attack, ...]
) -> None:
    assert len(suite) >= 200
    assert len({attack.name for attack in suite}) == len(suite)
    families = {attack.family for attack in suite}
    for language in LANGUAGES:
        assert {attack.family for attack in suite if attack.language == language} == families
    assert {our_bank.info(attack.question).deck for attack in suite} == {
        d.id for d in our_bank.decks
    }
    assert max(len(attack.answer) for attack in suite) >= LONG
    assert attacks(our_bank) == suite


@pytest.mark.no_cover
def test_no_attack_gains_with_the_key_terms(with_terms: MakeGains) -> None:
    unknown = [gain for gain in too_much(with_terms()) if gain.attack.kind not in KNOWN]
    assert not unknown, "\n".join(map(str, unknown))


@pytest.mark.no_cover
@pytest.mark.skipif(not SOAK, reason="needs every attack: make soak")
def test_every_known_exception_still_gains(with_terms: MakeGains) -> None:
    gained = {gain.attack.kind for gain in too_much(with_terms())}
    assert sorted(KNOWN.keys() - gained) == [], "fixed: remove them from the list"


@pytest.mark.no_cover
def test_a_rule_decides_if_no_grader_is_needed(
    our_bank: Bank, suite: tuple[Attack, ...], grading: GradingService
) -> None:
    missed = []
    for attack in suite if SOAK else suite[::3]:
        if attack.kind in BY_RULE:
            grade = partial(grading.grade, our_bank.question(attack.question), attack.answer)
            if grade(attack.language).grader.name != "rule":
                missed.append(attack.name)
    assert missed == []
