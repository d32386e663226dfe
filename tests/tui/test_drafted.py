"""The verdict on an answer to a question whose rubric was drafted."""

import pytest

from tests.tui.doubles import StubTutor
from tests.tui.steps import picture, showing_verdict
from tutor.authoring import DRAFTED
from tutor.bank import open_bank
from tutor.paths import Paths


@pytest.mark.parametrize("drafted", [True, False])
async def test_the_verdict_says_that_the_rubric_was_drafted(
    tutor: StubTutor, paths: Paths, drafted: bool
) -> None:
    section = paths.resources / "questions" / "papers" / "1-first.yaml"
    text = section.read_text(encoding="utf-8")
    if drafted:
        text = text.replace("    level: derive\n", "    level: derive\n    drafted: true\n")
    section.write_text(text, encoding="utf-8")
    tutor.bank = open_bank(paths.questions, None)
    async with showing_verdict(tutor, size=(80, 30)) as (app, _, _):
        assert (DRAFTED in picture(app)) is drafted
