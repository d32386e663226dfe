"""`tutor ask` and the terminal interface continue each other's sessions."""

from pathlib import Path

from tests.cli.conftest import Run
from tests.tui.conftest import wait_until
from tests.tui.steps import QuestionScreen, VerdictScreen, on, saved, write
from tutor.profile import Profile
from tutor.tui import TutorApp
from tutor.tui.messages import SessionResumed, StudyAsked
from tutor.wiring import open_tutor


async def test_a_session_begun_on_the_screen_continues_here_and_there_again(
    cached: Path, run: Run
) -> None:
    profile = Profile({"TUTOR_HOME": str(cached)}, {})
    with open_tutor(profile) as tutor:
        tutor.welcome()
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            app.post_message(StudyAsked("deck", "papers-ru"))
            first = (await on(pilot, QuestionScreen)).asked.question.id
            await write(pilot, "Первый ответ.")
            await pilot.press("f5")
            await saved(pilot, await on(pilot, VerdictScreen))
            await pilot.press("enter")
            second = (await on(pilot, QuestionScreen)).asked.question.id
            await write(pilot, "Начато на экране.")
            await pilot.press("escape")
            await wait_until(pilot, lambda: tutor.progress.draft(second) is not None)

    ran = run("ask", stdin="Закончено здесь.\n.\n:next\nИ начато.\n")
    assert "1 done." in ran.err
    assert "Question 2 of 10." in ran.out
    assert "So far you have 1 line:\nНачато на экране.\n" in ran.out

    with open_tutor(profile) as tutor:
        attempts = {each.question: each.answer for each in tutor.progress.attempts()}
        assert attempts[second] == "Начато на экране.\nЗакончено здесь."
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            app.post_message(SessionResumed())
            screen = await on(pilot, QuestionScreen)
            assert screen.asked.question.id not in (first, second)
            assert (screen.editor.text, screen.place.count) == ("И начато.", "3 of 10")
