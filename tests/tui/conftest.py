"""A small deck on disk, the real bank and progress, and patience without sleeping."""

import asyncio
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from textual import app as textual_app
from textual._wait import wait_for_idle
from textual.app import App
from textual.css import stylesheet
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.tokenizer import Token
from textual.pilot import Pilot

from tests.support.patience import SECONDS
from tests.tui.doubles import NOON, BrokenProgress, StubGrading, StubTutor
from tutor.bank import open_bank
from tutor.paths import Paths
from tutor.progress import open_progress

DECK = """\
title: {ru: "Статьи [bold]x", en: "Papers [bold]x"}
language: ru
"""
SECTION = r"""section: {ru: "Плотность [/nope]", en: "Density [/nope]"}
questions:
  - id: papers.1.1
    level: derive
    prompt:
      ru: "Как из `matrix[i][j]` получить определитель якобиана? [/nope] [bold]x"
      en: "How does `matrix[i][j]` give the determinant? [/nope] [bold]x"
      de: "Wie ergibt sich aus `matrix[i][j]` die Determinante?"
    rubric:
      - id: triangular
        point:
          ru: "Якобиан треугольный: `matrix[i][j]` = 0 при j > i [/nope]."
          en: "The Jacobian is triangular [/nope]."
        weight: 2
        terms: [[треуг*, triang*]]
      - id: product
        point: {ru: "Определитель есть произведение диагонали.", en: "It is the product."}
        terms: [[произвед*, product]]
      - id: log
        point: {ru: "Логарифм превращает его в сумму [bold]x.", en: "The log is a sum."}
        terms: [[сумм*, sum]]
    answer:
      ru: "Якобиан треугольный, поэтому определитель равен произведению диагонали [/nope]."
      en: "It is triangular, hence the product of the diagonal."
    hints:
      - {ru: "Посмотрите на форму матрицы [/nope].", en: "Look at the shape."}
      - {ru: "Что стоит выше диагонали?", en: "What stands above the diagonal?"}
    references: ["arXiv:1605.08803 §3.2 [/nope]"]
    note: {en: "The slides forget the exponent [bold]x."}
  - id: papers.1.2
    prompt: {ru: "Зачем нужны маски?", en: "What are the masks for?"}
    rubric:
      - id: half
        point: {ru: "Маска оставляет половину входа.", en: "A mask keeps half of the input."}
        terms: [[полов*, half]]
    answer: {ru: "Они оставляют половину входа.", en: "They keep half of it."}
"""
CHINESE_DECK = "title: {zh: 迁移学习, en: Transfer}\nlanguage: zh\n"
CHINESE = """section: {zh: 注意力机制, en: Attention}
questions:
  - id: transfer-zh.1.1
    level: explain
    prompt: {zh: 请说明缩放点积注意力的公式，以及为什么要除以键向量维度的平方根。}
    rubric:
      - id: formula
        point: {zh: 注意力是查询与键的点积经过 softmax 之后对值向量的加权和。}
        weight: 2
        terms: [[点积]]
      - id: scale
        point: {zh: 维度大时点积的方差随之增大，softmax 会进入梯度很小的区域。}
        terms: [[方差, 梯度]]
      - id: root
        point: {zh: 除以平方根使点积的方差保持为一。}
        terms: [[平方根]]
    answer: {zh: 注意力等于 softmax(QKᵀ/√d)V；除以 √d 使方差保持为一。}
    hints: [{zh: 想一想点积的方差。}]
"""

Variables = dict[str, list[Token]] | None


@pytest.fixture(scope="session", autouse=True)
def style_sheets_parsed_once() -> Iterator[None]:
    """Parse each style sheet once: every app parses all of them, some at each new screen."""
    parsed: list[tuple[Variables, dict[tuple[object, ...], list[RuleSet]]]] = []

    def parse_once(
        scope: str,
        css: str,
        read_from: tuple[str, str],
        variable_tokens: Variables,
        is_default_rules: bool,
        tie_breaker: int,
    ) -> list[RuleSet]:
        rules = next((rules for known, rules in parsed if known == variable_tokens), None)
        if rules is None:
            parsed.append((variable_tokens, rules := {}))
        key = (scope, css, read_from, is_default_rules, tie_breaker)
        if key not in rules:
            rules[key] = list(
                parse(scope, css, read_from, None, variable_tokens, is_default_rules, tie_breaker)
            )
        return rules[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stylesheet, "parse", parse_once)
        patch.setattr(RuleSet, "__hash__", object.__hash__)  # as Textual's, which takes far longer
        yield


@pytest.fixture(scope="session", autouse=True)
def one_wait_for_each_key() -> Iterator[None]:
    """Wait only once after a key: Textual waits again for animations, and the tutor has none."""
    waits = count()

    async def wait_every_other_time(min_sleep: float) -> None:
        if next(waits) % 2 == 0:
            await wait_for_idle(min_sleep)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual_app, "wait_for_idle", wait_every_other_time)
        yield


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn syncing off: on some machines it takes most of a test's time."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(autouse=True)
def lasting_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Toasts stay: on a busy machine five seconds are over before a test looks."""
    monkeypatch.setattr(App, "NOTIFICATION_TIMEOUT", SECONDS)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A profile with two decks."""
    profile = Paths(home=tmp_path / "home", resources=tmp_path / "program")
    for name, head, section in (("papers", DECK, SECTION), ("transfer-zh", CHINESE_DECK, CHINESE)):
        folder = profile.resources / "questions" / name
        folder.mkdir(parents=True)
        (folder / "deck.yaml").write_text(head, encoding="utf-8")
        (folder / "1-first.yaml").write_text(section, encoding="utf-8")
    return profile


@pytest.fixture
def tutor(paths: Paths) -> Iterator[StubTutor]:
    """The real bank and progress around a grading service that the test controls."""
    made: list[StubTutor] = []
    with open_progress(paths, clock=lambda: made[0].now if made else NOON) as progress:
        bank = open_bank(paths.questions, None)
        assert bank.problems == ()
        made.append(StubTutor(paths, bank, progress, StubGrading()))
        yield made[0]


@pytest.fixture
def broken(tutor: StubTutor) -> BrokenProgress:
    """The tutor's progress; the test can make single calls fail."""
    progress = BrokenProgress(tutor.progress)
    tutor.progress = progress  # type: ignore[assignment]
    return progress


async def wait_until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app run until `condition` is true; fails if it never is, or the app has ended."""
    async with asyncio.timeout(SECONDS):
        while not condition():
            running = pilot.app.is_running
            await asyncio.sleep(0.01)
            assert running or condition(), "the app has ended"
    await pilot.pause()
