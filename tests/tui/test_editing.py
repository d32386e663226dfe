"""`E`, F6 and F7 open a question or an answer in the student's own editor."""

import shlex
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.browsing import attempt_at, browse, page, seek
from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.editors import SuspendableApp, set_editor
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    asking,
    graded,
    notes,
    on,
    picture,
    saved,
    showing_verdict,
    shown,
    start,
    write,
)
from tutor.authoring import DRAFTED
from tutor.bank import Verdict
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.earlier_verdict import open_verdict
from tutor.tui.external_editor import CUT

PROMPT = ("Зачем нужны маски?", "Для чего нужны маски?")


async def asked(pilot: Pilot[None]) -> None:
    """Wait for a choice to be offered."""
    await on(pilot, ChoiceScreen)


async def test_a_question_is_changed_and_the_answer_stays(tutor: StubTutor, tmp_path: Path) -> None:
    set_editor(tutor, tmp_path, [("определитель якобиана?", "детерминант?")])
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await start(pilot)
        await write(pilot, "треугольный")
        await pilot.press("f3", "f6")
        await wait_until(pilot, lambda: "получить детерминант?" in picture(app))
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


async def test_a_mistake_is_shown_and_can_be_corrected(tutor: StubTutor, tmp_path: Path) -> None:
    steps = [("level: derive", "levle: derive"), ("levle: derive", "level: recall")]
    set_editor(tutor, tmp_path, steps)
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("f6")
        await asked(pilot)
        assert "line 4, questions[0].levle: the key `levle` is not known" in picture(app)
        assert tutor.bank.question("papers.1.1").level == "derive"
        assert not tutor.paths.own_questions.exists()
        await pilot.press("enter")
        await wait_until(pilot, lambda: "recall" in picture(app))
        await on(pilot, QuestionScreen)
    assert tutor.bank.question("papers.1.1").level == "recall"


@pytest.mark.parametrize(
    ("keys", "kept"), [(("down", "enter"), True), (("escape",), True), (("end", "enter"), False)]
)
async def test_a_mistake_can_be_kept_for_later_or_dropped(
    tutor: StubTutor, tmp_path: Path, keys: tuple[str, ...], kept: bool
) -> None:
    set_editor(
        tutor, tmp_path, [("level: derive", "levle: derive"), ("levle: derive", "level: recall")]
    )
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("f6")
        await asked(pilot)
        await pilot.press(*keys)
        await on(pilot, QuestionScreen)
        draft = tutor.paths.edits / "papers" / "1-first.yaml"
        await wait_until(pilot, lambda: draft.exists() is kept)
        assert tutor.bank.question("papers.1.1").level == "derive"
        if kept:
            await pilot.press("f6")
            await wait_until(pilot, lambda: tutor.bank.question("papers.1.1").level == "recall")


async def test_an_objection_does_not_prevent_saving(tutor: StubTutor, tmp_path: Path) -> None:
    set_editor(tutor, tmp_path, [("[[полов*, half]]", "[[четверт*, quarter]]")])
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        shown_page = await page(pilot, app, tutor, "papers.1.2")
        await pilot.press("E")
        await asked(pilot)
        assert "grade the point half as missed" in " ".join(picture(app).split())
        await pilot.press("down", "enter")
        await wait_until(
            pilot, lambda: tutor.bank.question("papers.1.2").rubric[0].terms[0][0] == "четверт*"
        )
        await wait_until(pilot, lambda: app.screen is shown_page)


async def test_without_a_change_nothing_is_copied(tutor: StubTutor, tmp_path: Path) -> None:
    set_editor(tutor, tmp_path, [("level: derive", "level: derive")])
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("f6")
        await wait_until(pilot, lambda: notes(app) == ["Nothing was changed."])
    assert not tutor.paths.own_questions.exists()


async def test_a_missing_editor_is_reported(tutor: StubTutor, tmp_path: Path) -> None:
    tutor.environ = {"EDITOR": str(tmp_path / "no-such-editor")}
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await start(pilot)
        await pilot.press("f6")
        await wait_until(pilot, lambda: any("could not be started" in note for note in notes(app)))
        await write(pilot, "да")
        await pilot.press("f7")
        await wait_until(pilot, lambda: "could not be started" in screen.notice.text)
        assert screen.editor.text == "да"


async def test_a_terminal_that_cannot_be_handed_over_is_reported(
    tutor: StubTutor, tmp_path: Path
) -> None:
    set_editor(tutor, tmp_path, [])
    async with asking(tutor) as (app, pilot, _):
        await pilot.press("f6")
        await wait_until(pilot, lambda: any("tutor bank edit" in note for note in notes(app)))


async def test_a_question_that_is_removed_while_it_is_asked(
    tutor: StubTutor, tmp_path: Path
) -> None:
    set_editor(tutor, tmp_path, [("id: papers.1.1", "id: papers.1.7")])
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await write(pilot, "не потерять")
        await pilot.press("f6")
        await asked(pilot)
        await pilot.press("down", "enter")
        await on(pilot, TodayScreen)
        assert "papers.1.1" not in tutor.bank
        draft = tutor.progress.draft("papers.1.1")
        assert draft is not None
        assert draft.text == "не потерять"
        assert (await start(pilot)).asked.question.id != "papers.1.1"


async def test_the_verdict_shows_the_question_as_it_is_now(
    tutor: StubTutor, tmp_path: Path
) -> None:
    steps = [
        ("Якобиан треугольный: `matrix[i][j]`", "Матрица треугольная: `matrix[i][j]`"),
        ("- id: product", "- id: diagonal"),
    ]
    set_editor(tutor, tmp_path, steps)
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 50)) as pilot:
        verdict = await graded(pilot)
        score = shown(verdict, "#score")
        await pilot.press("E")
        await wait_until(pilot, lambda: "Матрица треугольная" in picture(app))
        assert shown(verdict, "#score") == score
        await pilot.press("E")
        await wait_until(pilot, lambda: "on the rubric as it was" in verdict.notice.text)
        assert "product (no longer in the rubric)" in picture(app)
        assert not verdict.check_action("why", ())
        await pilot.press("r")
        assert (await on(pilot, QuestionScreen)).asked.question.rubric[1].id == "diagonal"


async def test_an_answer_to_another_rubric_can_be_opened(tutor: StubTutor, tmp_path: Path) -> None:
    attempt = attempt_at(tutor, "papers.1.1", Verdict.MISSED)
    tutor.progress.record(attempt)
    set_editor(tutor, tmp_path, [("- id: product", "- id: diagonal")])
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 50)) as pilot:
        shown_page = await page(pilot, app, tutor, "papers.1.1")
        await pilot.press("E")
        await wait_until(
            pilot, lambda: tutor.bank.question("papers.1.1").rubric[1].id == "diagonal"
        )
        open_verdict(shown_page, tutor, attempt)
        await on(pilot, VerdictScreen)
        assert "product (no longer in the rubric)" in picture(app)


async def test_browse_shows_a_changed_question(tutor: StubTutor, tmp_path: Path) -> None:
    set_editor(tutor, tmp_path, [PROMPT])
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await browse(pilot, app)
        await seek(pilot, screen, "papers.1.2")
        await pilot.press("down", "E")
        await wait_until(pilot, lambda: PROMPT[1] in picture(app))


async def test_a_corrected_verdict_is_saved_as_a_sample(tutor: StubTutor) -> None:
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        verdict = await graded(pilot, "Это матрица.")
        assert not verdict.check_action("sample", ())
        await pilot.press("space")
        await saved(pilot, verdict)
        await wait_until(pilot, lambda: verdict.check_action("sample", ()))
        await pilot.press("S")
        await asked(pilot)
        assert "papers is a built-in deck" in picture(app)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "Saved as a sample answer." in notes(app))
        await on(pilot, VerdictScreen)
        await pilot.press("S")
        await wait_until(pilot, lambda: any("already a sample" in note for note in notes(app)))
    (sample,) = tutor.bank.samples("papers.1.1")
    assert (sample.answer, sample.split) == ("Это матрица.", "test")
    assert sample.verdicts == {point.id: point.final for point in verdict.attempt.grade.points}


async def test_the_answer_is_written_in_the_students_editor(
    tutor: StubTutor, tmp_path: Path
) -> None:
    set_editor(tutor, tmp_path, [("да", "нет\x1b[31m,\r\nи вот почему\n")])
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
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
    app = SuspendableApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
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
        await wait_until(pilot, lambda: "saved · 1 word" in picture(app))
        assert "not saved yet" not in picture(app)


async def test_what_a_failing_editor_saved_is_never_overwritten(
    tutor: StubTutor, tmp_path: Path
) -> None:
    script = tmp_path / "editor.py"
    script.write_text("import sys; open(sys.argv[-1], 'w').write('half'); sys.exit(1)", "utf-8")
    tutor.environ = {"EDITOR": shlex.join([sys.executable, str(script)])}
    app, edits = SuspendableApp(tutor), tutor.paths.edits
    async with app.run_test(size=(80, 24)) as pilot:
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
        assert screen.editor.text == "да"
    saved = {file.name: file.read_text("utf-8") for file in edits.iterdir()}
    assert saved == {"answer.md": "mine", "answer-2.md": "half"}


async def test_the_verdict_says_that_the_rubric_was_drafted(tutor: StubTutor) -> None:
    section = tutor.paths.resources / "questions" / "papers" / "1-first.yaml"
    text = section.read_text("utf-8").replace("level: derive", "drafted: true")
    section.write_text(text, "utf-8")
    tutor.reopen_bank()
    async with showing_verdict(tutor, size=(80, 30)) as (app, _, _):
        assert f"{DRAFTED} E edits it." in picture(app)
