"""Redraws the pictures in docs/pictures with the real program: `python -m tools.pictures`.

The pictures do not refer to the network: the web fonts that Textual names are removed.
"""

import asyncio
import re
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from tutor.tui import TutorApp
from tutor.tui.messages import DeckChosen
from tutor.tui.question import QuestionScreen
from tutor.tui.verdict import VerdictScreen
from tutor.wiring import Profile, open_tutor

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SIZE = (92, 30)
ANSWER = (
    "The decoder predicts all target tokens independently of each other. A sentence usually has "
    "several good translations, so the output mixes pieces of them and often repeats a word. "
    "“Thank you” is “Danke” or “Vielen Dank”, and the decoder may write “Danke Dank”."
)


def main() -> None:
    """Draw Today, Question and Verdict of an English session without a model."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(draw(Profile({"TUTOR_HOME": home}, {})))


async def draw(profile: Profile) -> None:
    """Press the keys and save the screens."""
    with open_tutor(profile) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(1)
            app.screen.post_message(DeckChosen("papers-ru"))
            await pilot.pause(1)
            await pilot.press("f2")
            screen = app.screen
            assert isinstance(screen, QuestionScreen)
            screen.editor.insert(ANSWER)
            await pilot.pause(2)
            save(pilot, "question")
            await pilot.press("f5")
            while not isinstance(app.screen, VerdictScreen):
                await pilot.pause(0.1)
            await pilot.pause(1)
            save(pilot, "verdict")


def save(pilot: Pilot[None], name: str) -> None:
    """Save the screen as a picture without web fonts."""
    picture = pilot.app.export_screenshot(title="tutor")
    picture = re.sub(r"@font-face\s*{[^}]*}", "", picture)
    (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
