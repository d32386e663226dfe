"""Draws the pictures in docs/pictures with the real program: `python -m tools.pictures`.

The judge has to be installed, since it grades in them. No picture needs the network: the fonts that
Textual would download are removed.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from xml.etree import ElementTree

from tools.drawing import drawn
from tutor.engine import EngineState
from tutor.profile import Profile
from tutor.tui import TutorApp
from tutor.tui.messages import QuestionsChosen
from tutor.tui.question import QuestionScreen
from tutor.tui.verdict import VerdictScreen
from tutor.tui.verdict_head import VerdictHead
from tutor.wiring import Tutor, open_tutor

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SIZE = (92, 30)
QUESTION = "papers-ru.1.1"
ANSWER = (
    "The decoder predicts all target tokens independently of each other. A sentence usually has "
    "several good translations, so the output mixes pieces of them and often repeats a word."
)
WORDS = 5
"""How many words are typed between two frames."""
SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Frame:
    """A screen, and for how many seconds it is shown."""

    picture: str
    seconds: float


def main() -> int:
    """Draw a question, its verdict, and an animation from one to the other, in English."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        open_tutor(Profile({"TUTOR_HOME": home}, {})) as tutor,
    ):
        tutor.welcome()
        tutor.stored_settings().write("languages", ("en",))
        tutor.reread_settings()
        if not tutor.grading.has_model:
            print("Install the judge first: make run, or tutor model pull judge")
            return 1
        tutor.grading.wait_until_settled()
        frames = asyncio.run(draw(tutor))
    save("question", frames[-3].picture)
    save("verdict", frames[-1].picture)
    save("session", animated(frames))
    return 0


async def draw(tutor: Tutor) -> list[Frame]:
    """Answer a question, and take a frame after each step."""
    app = TutorApp(tutor)
    frames: list[Frame] = []
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1)
        app.screen.post_message(QuestionsChosen((QUESTION,)))
        await pilot.pause(1)
        screen = app.screen
        assert isinstance(screen, QuestionScreen)
        frames.append(Frame(drawn(pilot), 3))
        for piece in pieces(ANSWER):
            screen.editor.insert(piece)
            await pilot.pause(0.2)
            frames.append(Frame(drawn(pilot), 0.5))
        frames.append(Frame(drawn(pilot), 1.5))
        app.simulate_key("f5")  # unlike `press` it does not wait: grading takes only a moment
        while app.model.status.state is not EngineState.JUDGING:
            assert not isinstance(app.screen, VerdictScreen), "grading was over before it was seen"
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        frames.append(Frame(drawn(pilot), 1.5))
        while not isinstance(verdict := app.screen, VerdictScreen):
            await pilot.pause(0.1)
        await pilot.pause(2)
        leave_out_time(verdict)
        await pilot.pause(0.2)
        frames.append(Frame(drawn(pilot), 8))
    return frames


def leave_out_time(verdict: VerdictScreen) -> None:
    """Remove the time for grading, which depends on how busy the machine is."""
    grade = verdict.attempt.grade.model_copy(update={"ms": 0})
    verdict.changes.attempt = verdict.attempt.model_copy(update={"grade": grade})
    verdict.query_one(VerdictHead).show(is_late=False)


def pieces(text: str) -> Iterator[str]:
    """A few words at a time."""
    words = text.split(" ")
    for start in range(0, len(words), WORDS):
        yield " " * (start > 0) + " ".join(words[start : start + WORDS])


def animated(frames: Sequence[Frame]) -> str:
    """One picture that shows all frames in turn; where motion is reduced, only the last."""
    ends = list(accumulate(frame.seconds for frame in frames))
    whole = ElementTree.fromstring(frames[0].picture).attrib["viewBox"]
    rules, shown = list[str](), list[str]()
    for number, (start, end) in enumerate(pairwise((0.0, *ends))):
        begin, stop = 100 * start / ends[-1], 100 * end / ends[-1]
        rules += [
            f"@keyframes frame-{number} {{ 0% {{ visibility: hidden }} "
            f"{begin:.3f}% {{ visibility: visible }} {stop:.3f}% {{ visibility: hidden }} }}",
            f".frame-{number} {{ animation: frame-{number} {ends[-1]:g}s step-end infinite }}",
        ]
        # Rich names the classes of a picture by its contents, so different frames do not clash
        inside = re.sub(r"<\?xml[^>]*>", "", frames[number].picture).strip()
        shown.append(f'<g class="frame frame-{number}">{inside}</g>')
    last = len(frames) - 1
    return "\n".join(
        (
            f'<svg xmlns="{SVG}" viewBox="{whole}">',
            "<title>A question is answered and graded point by point</title>",
            "<style>",
            f".frame {{ visibility: hidden }} .frame-{last} {{ visibility: visible }}",
            "@media (prefers-reduced-motion: no-preference) {",
            *rules,
            "}",
            "</style>",
            *shown,
            "</svg>",
            "",
        )
    )


def save(name: str, picture: str) -> None:
    """Write a picture, if it is well-formed."""
    ElementTree.fromstring(picture)
    (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
