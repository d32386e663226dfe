"""`E`, F6 and F7 open a question or an answer in the student's own editor."""

import shlex
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.browsing import browse, page, seek
from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.editors import editing, set_editor
from tests.tui.progressed import record
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    asking,
    graded,
    noted,
    notes,
    on,
    picture,
    press_fast,
    saved,
    sees,
    showing_verdict,
    shown,
    start,
    write,
)
from tutor.authoring import DRAFTED
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.earlier_verdict import open_verdict
from tutor.tui.external_editor import CUT
from tutor.tui.question_page import QuestionPage

PROMPT = ("Зачем нужны маски?", "Для чего нужны маски?")
REMOVAL = ("id: papers.1.1", "id: papers.1.7")
MISTAKE = (("level: derive", "levle: derive"), ("levle: derive", "level: recall"))
"""A mistake, and its correction in the next call."""


async def test_a_question_is_changed_and_the_answer_stays(tutor: StubTutor) -> None:
    async with editing(tutor, ("определитель якобиана?", "детерминант?")) as (app, pilot):
        screen = await start(pilot)
        await write(pilot, "треугольный")
        await pilot.press("f3")
        press_fast(pilot, "f6", "f6")
        await sees(pilot, "получить детерминант?")
        assert app.suspended == 1
        assert app.screen is screen
        assert (screen.editor.text, screen.hints) == ("треугольный", 1)
        assert any("papers is now your own copy" in note for note in notes(app))
        assert app.session.state is not None
        await pilot.press("f5")
        verdict = await on(pilot, VerdictScreen)
        assert verdict.attempt.question == "papers.1.1"
    original = tutor.paths.resources / "questions" / "papers" / "1-first.yaml"
    assert "определитель якобиана" in original.read_text("utf-8")
    assert "детерминант" in (tutor.bank.question("papers.1.1").prompt.ru or "")


async def test_a_mistake_is_shown_and_can_be_corrected(tutor: StubTutor) -> None:
    async with editing(tutor, *MISTAKE) as (app, pilot):
        await start(pilot)
        await pilot.press("f6")
        await on(pilot, ChoiceScreen)
        assert "line 4, questions[0].levle: the key `levle` is not known" in picture(app)
        assert tutor.bank.question("papers.1.1").level == "derive"
        assert not tutor.paths.own_questions.exists()
        await pilot.press("enter")
        await sees(pilot, "recall")
        await on(pilot, QuestionScreen)
    assert tutor.bank.question("papers.1.1").level == "recall"


@pytest.mark.parametrize(("keys", "kept"), [(("escape",), True), (("end", "enter"), False)])
async def test_a_mistake_can_be_kept_for_later_or_dropped(
    tutor: StubTutor, keys: tuple[str, ...], kept: bool
) -> None:
    async with editing(tutor, *MISTAKE) as (_, pilot):
        await start(pilot)
        await pilot.press("f6")
        await on(pilot, ChoiceScreen)
        await pilot.press(*keys)
        await on(pilot, QuestionScreen)
        draft = tutor.paths.edits / "papers" / "1-first.yaml"
        await wait_until(pilot, lambda: draft.exists() is kept)
        assert tutor.bank.question("papers.1.1").level == "derive"
        if kept:
            await pilot.press("f6")
            await wait_until(pilot, lambda: tutor.bank.question("papers.1.1").level == "recall")


async def test_an_objection_does_not_prevent_saving(tutor: StubTutor) -> None:
    async with editing(tutor, ("[[полов*, half]]", "[[четверт*, quarter]]")) as (app, pilot):
        shown_page = await page(pilot, tutor, "papers.1.2")
        await pilot.press("E")
        await on(pilot, ChoiceScreen)
        assert "grade the point half as missed" in " ".join(picture(app).split())
        await pilot.press("down", "enter")
        await wait_until(
            pilot, lambda: tutor.bank.question("papers.1.2").rubric[0].terms[0][0] == "четверт*"
        )
        await wait_until(pilot, lambda: app.screen is shown_page)


async def test_without_a_change_nothing_is_copied(tutor: StubTutor) -> None:
    async with editing(tutor, ("level: derive", "level: derive")) as (app, pilot):
        await start(pilot)
        await pilot.press("f6")
        await wait_until(pilot, lambda: notes(app) == ["Nothing was changed."])
    assert not tutor.paths.own_questions.exists()


async def test_a_missing_editor_is_reported(tutor: StubTutor, tmp_path: Path) -> None:
    tutor.environ = {"EDITOR": str(tmp_path / "no-such-editor")}
    async with editing(tutor) as (_, pilot):
        screen = await start(pilot)
        await pilot.press("f6")
        await noted(pilot, "could not be started")
        await write(pilot, "да")
        await pilot.press("f7")
        await wait_until(pilot, lambda: "could not be started" in screen.notice.text)
        assert screen.editor.text == "да"


async def test_a_terminal_that_cannot_be_handed_over_is_reported(tutor: StubTutor) -> None:
    set_editor(tutor)
    async with asking(tutor) as (_, pilot, _):
        await pilot.press("f6")
        await noted(pilot, "tutor bank edit")


async def remove(pilot: Pilot[None], key: str) -> None:
    """Give the question another id in the editor, which the key opens."""
    await pilot.press(key)
    await on(pilot, ChoiceScreen)
    await pilot.press("down", "enter")


async def test_a_question_that_is_removed_while_it_is_asked(tutor: StubTutor) -> None:
    async with editing(tutor, REMOVAL) as (_, pilot):
        await start(pilot)
        await write(pilot, "не потерять")
        await remove(pilot, "f6")
        await on(pilot, TodayScreen)
        assert "papers.1.1" not in tutor.bank
        draft = tutor.progress.draft("papers.1.1")
        assert draft is not None
        assert draft.text == "не потерять"
        assert (await start(pilot)).asked.question.id != "papers.1.1"


async def test_a_verdict_is_left_if_its_question_is_removed(tutor: StubTutor) -> None:
    async with editing(tutor, REMOVAL) as (_, pilot):
        await graded(pilot)
        await remove(pilot, "E")
        await on(pilot, TodayScreen)
        await noted(pilot, "there is no question papers.1.1")


async def test_an_earlier_verdict_is_left_if_its_question_is_removed(tutor: StubTutor) -> None:
    record(tutor, "papers.1.1", "x")
    async with editing(tutor, REMOVAL) as (_, pilot):
        shown_page = await page(pilot, tutor, "papers.1.1")
        await pilot.press("i")
        await on(pilot, VerdictScreen)
        await remove(pilot, "E")
        await on(pilot, QuestionPage)
        await wait_until(pilot, lambda: "so it cannot be asked" in shown_page.notice.text)
        assert not shown_page.check_action("language", ())


async def test_the_verdict_shows_the_question_as_it_is_now(tutor: StubTutor) -> None:
    steps = [
        ("Якобиан треугольный: `matrix[i][j]`", "Матрица треугольная: `matrix[i][j]`"),
        ("- id: product", "- id: diagonal"),
    ]
    async with editing(tutor, *steps, size=(80, 50)) as (app, pilot):
        verdict = await graded(pilot)
        score = shown(verdict, "#score")
        await pilot.press("E")
        await sees(pilot, "Матрица треугольная")
        assert shown(verdict, "#score") == score
        await pilot.press("E")
        await wait_until(pilot, lambda: "on the rubric as it was" in verdict.notice.text)
        assert "product (no longer in the rubric)" in picture(app)
        assert not verdict.check_action("why", ())
        await pilot.press("r")
        assert (await on(pilot, QuestionScreen)).asked.question.rubric[1].id == "diagonal"


async def test_an_answer_to_another_rubric_can_be_opened(tutor: StubTutor) -> None:
    attempt = record(tutor, "papers.1.1", "x")
    async with editing(tutor, ("- id: product", "- id: diagonal"), size=(80, 50)) as (app, pilot):
        shown_page = await page(pilot, tutor, "papers.1.1")
        await pilot.press("E")
        await wait_until(
            pilot, lambda: tutor.bank.question("papers.1.1").rubric[1].id == "diagonal"
        )
        open_verdict(shown_page, tutor, attempt, lambda: None)
        await on(pilot, VerdictScreen)
        assert "product (no longer in the rubric)" in picture(app)


async def test_browse_shows_a_changed_question(tutor: StubTutor) -> None:
    async with editing(tutor, PROMPT) as (app, pilot):
        screen = await browse(pilot, app)
        await seek(pilot, screen, "papers.1.2")
        await pilot.press("down", "E")
        await wait_until(pilot, lambda: PROMPT[1] in picture(app))


async def test_a_corrected_verdict_is_saved_as_a_sample(tutor: StubTutor) -> None:
    async with editing(tutor) as (app, pilot):
        verdict = await graded(pilot, "Это матрица.")
        assert not verdict.check_action("sample", ())
        await pilot.press("space")
        await saved(pilot, verdict)
        await wait_until(pilot, lambda: verdict.check_action("sample", ()))
        press_fast(pilot, "S", "S")
        await on(pilot, ChoiceScreen)
        assert "papers is a built-in deck" in picture(app)
        await pilot.press("enter")
        await noted(pilot, "Saved as a sample answer.")
        await on(pilot, VerdictScreen)
        await pilot.press("S")
        await noted(pilot, "already a sample")
    (sample,) = tutor.bank.samples("papers.1.1")
    assert (sample.answer, sample.split) == ("Это матрица.", "test")
    assert sample.verdicts == {point.id: point.final for point in verdict.attempt.grade.points}


async def test_the_answer_is_written_in_the_students_editor(tutor: StubTutor) -> None:
    async with editing(tutor, ("да", "нет\x1b[31m,\r\nи вот почему\n")) as (app, pilot):
        screen = await start(pilot)
        await write(pilot, "да")
        await pilot.press("f7")
        await wait_until(pilot, lambda: "почему" in screen.editor.text)
        assert screen.editor.text == "нет[31m,\nи вот почему"
        assert not (tutor.paths.edits / "answer.md").exists()
        await wait_until(pilot, lambda: "· saved" in picture(app) or "saved ·" in picture(app))
        await pilot.press("ctrl+z")
        assert screen.editor.text == "да"


async def test_the_question_can_be_read_below_the_answer(tutor: StubTutor, tmp_path: Path) -> None:
    seen, script = tmp_path / "seen", tmp_path / "editor.py"
    script.write_text(f"import shutil, sys; shutil.copy(sys.argv[-1], {str(seen)!r})", "utf-8")
    tutor.environ = {"EDITOR": shlex.join([sys.executable, str(script)])}
    async with editing(tutor) as (app, pilot):
        screen = await start(pilot)
        await write(pilot, "да\n")
        await pilot.press("f3", "f7")
        await wait_until(pilot, seen.exists)
        question = screen.asked.question
        answer, _, below = seen.read_text("utf-8").partition(CUT)
        assert answer.rstrip() == "да"
        assert below.split() == [
            *question.prompt.to("ru").split(),
            *question.hints[0].to("ru").split(),
        ]
        await wait_until(pilot, lambda: app.suspended == 1)
        assert screen.editor.text == "да\n"
        await sees(pilot, "saved · 1 word")
        assert "not saved yet" not in picture(app)


async def test_what_a_failing_editor_saved_is_never_overwritten(
    tutor: StubTutor, tmp_path: Path
) -> None:
    script = tmp_path / "editor.py"
    script.write_text("import sys; open(sys.argv[-1], 'w').write('half'); sys.exit(1)", "utf-8")
    tutor.environ = {"EDITOR": shlex.join([sys.executable, str(script)])}
    edits = tutor.paths.edits
    async with editing(tutor) as (_, pilot):
        screen = await start(pilot)
        await write(pilot, "да")
        await pilot.press("f7")
        await wait_until(pilot, lambda: f"in {edits / 'answer.md'}." in screen.notice.text)
        (edits / "answer.md").write_text("mine", "utf-8")
        await pilot.press("f7")
        await wait_until(pilot, lambda: f"in {edits / 'answer-2.md'}." in screen.notice.text)
        script.write_text("import sys; sys.exit(1)", "utf-8")
        await pilot.press("f7")
        await wait_until(pilot, lambda: "It saved nothing." in screen.notice.text)
        script.write_text("import os, sys; os.remove(sys.argv[-1])", "utf-8")
        await pilot.press("f7")
        await wait_until(pilot, lambda: "Nothing was changed." in screen.notice.text)
        assert screen.editor.text == "да"
    saved = {file.name: file.read_text("utf-8") for file in edits.iterdir()}
    assert saved == {"answer.md": "mine", "answer-2.md": "half"}


async def test_the_verdict_says_that_the_rubric_was_drafted(tutor: StubTutor) -> None:
    section = tutor.paths.resources / "questions" / "papers" / "1-first.yaml"
    text = section.read_text("utf-8").replace("level: derive", "drafted: true")
    section.write_text(text, "utf-8")
    tutor.reopen_bank()
    async with showing_verdict(tutor, size=(80, 30)) as (app, _, _):
        assert f"{DRAFTED} Press E to edit it." in picture(app)
