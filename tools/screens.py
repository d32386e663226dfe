"""Draws every screen with the real program: `python -m tools.screens FOLDER`.

The pictures are in Russian, Chinese, German and English, dark and light, in four sizes, with a page
that shows them all; `--only ru-dark` draws those whose names begin so. `tools.pictures` draws the
few pictures in the documents. No picture needs the network: the web fonts of Textual are removed.
"""

import argparse
import asyncio
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import count, product, starmap
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, TextArea

from tools.drawing import drawn
from tools.months import record_months
from tutor.profile import Profile
from tutor.tui import TutorApp
from tutor.tui.exam.report import ReportScreen
from tutor.tui.exam.run import RunningScreen
from tutor.tui.messages import ScreenAsked, ScreenName, StudyAsked, TodayAsked
from tutor.tui.question import QuestionScreen
from tutor.tui.session_summary import EndScreen
from tutor.tui.verdict import VerdictScreen
from tutor.wiring import Tutor, open_tutor

DECKS = {"ru": "papers-ru", "zh": "transfer-21-zh", "de": "lectures-de", "en": "modern"}
THEMES = {"dark": "textual-dark", "light": "textual-light"}
SIZES = ((40, 20), (80, 24), (120, 40), (200, 60))
SOUGHT = {"ru": "внимание", "zh": "注意力", "de": "Attention", "en": "attention"}
"""What to search for in Browse."""
WRITTEN = {"ru": "Не знаю.", "zh": "不知道。", "de": "Weiß ich nicht.", "en": "I do not know."}
"""What to answer in the exam."""
Kind = TypeVar("Kind")


def main() -> None:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(description="Draw every screen.")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", default="", metavar="ru-dark-80x24", help="names that begin so")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    draw_all(options.folder, options.only)


def profile(home: Path, language: str) -> Profile:
    """A profile without a model, so that the pictures are the same everywhere."""
    environ = {"TUTOR_HOME": str(home), "LANG": language}
    return Profile(environ, {"session_length": 3}).with_model(None)


@dataclass(frozen=True)
class Look:
    """The language, colours and size in which the screens are drawn."""

    language: str
    theme: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """`ru-dark-80x24`."""
        return f"{self.language}-{self.theme}-{self.size[0]}x{self.size[1]}"


def draw_all(folder: Path, only: str) -> None:
    """Draw every screen in every look, and a page that shows them."""
    with tempfile.TemporaryDirectory() as homes:
        compiled = Path(homes, "compiled")
        with open_tutor(profile(compiled, "en")):  # compiles the decks, which takes a while
            pass
        for look in starmap(Look, product(DECKS, THEMES, SIZES)):
            if look.name.startswith(only):
                home = Path(homes, look.name)
                shutil.copytree(compiled / "cache", home / "cache")
                asyncio.run(draw(look, home, folder))
                print(look.name)
    pictures = sorted(path.name for path in folder.glob("*.svg"))
    figures = "".join(
        f'<figure><img src="{escape(name)}" loading="lazy"><figcaption>{escape(name)}</figcaption>'
        "</figure>"
        for name in pictures
    )
    page = f"<!doctype html><meta charset=utf-8><title>Screens</title>{STYLE}{figures}"
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")


STYLE = "<style>body{background:#777}figure{display:inline-block;margin:8px}img{width:44vw}</style>"


async def draw(look: Look, home: Path, folder: Path) -> None:
    """Draw all screens in one look."""
    start, numbers = folder / look.name, count()
    with open_tutor(profile(home, look.language)) as tutor:
        await play(tutor, look, start, numbers, first_start)
        record_months(tutor)
        await play(tutor, look, start, numbers, today, studying, looking, adding, examined)


async def play(
    tutor: Tutor, look: Look, start: Path, numbers: Iterator[int], *scenes: "Scene"
) -> None:
    """Play scenes in one look; the names of the pictures begin with `start` and a number."""
    app = TutorApp(tutor)
    async with app.run_test(size=look.size) as pilot:
        app.theme = THEMES[look.theme]
        stage = Stage(pilot, tutor, look.language, start, numbers)
        await stage.settled()
        for scene in scenes:
            await scene(stage)
            stage.screen.post_message(TodayAsked())
            await stage.settled()


@dataclass(frozen=True)
class Stage:
    """The running program, its keys and its pictures."""

    pilot: Pilot[None]
    tutor: Tutor
    language: str
    start: Path
    numbers: Iterator[int]

    @property
    def screen(self) -> Screen[object]:
        """The screen on top."""
        return self.pilot.app.screen

    async def keep(self, name: str, *keys: str) -> None:
        """Press the keys, then keep a picture."""
        await self.press(*keys)
        path = self.start.with_name(f"{self.start.name}-{next(self.numbers):02}-{name}.svg")
        path.write_text(drawn(self.pilot), encoding="utf-8", newline="\n")

    async def press(self, *keys: str) -> None:
        """Press keys one by one."""
        for key in keys:
            await self.pilot.press(key)
            await self.settled()

    async def open(self, name: ScreenName) -> None:
        """Open one of the main screens."""
        self.screen.post_message(ScreenAsked(name))
        await self.settled()

    async def settled(self) -> None:
        """Wait until what runs in the background is shown."""
        app = self.pilot.app
        await self.pilot.pause(0.2)
        waiting = (each for each in app.workers if not each.is_finished)
        shown = [each.wait() for each in waiting if each.node is not app]
        await asyncio.gather(*shown, return_exceptions=True)  # the screens show what failed
        await self.pilot.pause(0.1)

    async def shows(self, kind: type[Kind]) -> Kind:
        """The screen of this kind, once it is on top."""
        for _ in range(600):
            if isinstance(self.screen, kind):
                await self.settled()
                return self.screen
            await self.pilot.pause(0.05)
        raise TimeoutError(f"{kind.__name__} does not appear")


Scene = Callable[[Stage], Awaitable[None]]


async def first_start(stage: Stage) -> None:
    """The questions to a new student, Today and Progress without an answer."""
    for page in ("languages", "decks", "grader"):
        await stage.shows(ModalScreen)
        await stage.keep(f"first-{page}")
        await stage.press("enter")
    await stage.keep("today-new")
    await stage.keep("progress-new", "p")


async def today(stage: Stage) -> None:
    """Today, its help and the command palette."""
    await stage.keep("today")
    await stage.keep("help", "f1")
    await stage.keep("palette", "escape", "ctrl+p")
    await stage.press("escape")


async def studying(stage: Stage) -> None:
    """A session from its first question to its end."""
    stage.screen.post_message(StudyAsked("deck", DECKS[stage.language]))
    question = await stage.shows(QuestionScreen)
    answer = stage.tutor.bank.question(question.asked.question.id).answer.to(question.language)
    await stage.keep("question")
    await stage.press("f3")
    question.editor.insert(re.split(r"(?<=[.。])", answer)[0])
    await stage.pilot.pause(1)
    await stage.keep("written")
    await stage.press("f5")
    await stage.shows(VerdictScreen)
    await stage.keep("verdict")
    await stage.keep("model-answer", "v", "n")
    await stage.keep("references", "v", "n", "o")
    await stage.keep("why", "escape", "i")
    await stage.keep("follow-up", "escape", "G", "down", "down", "plus")
    await stage.press("escape", "enter")
    await give_up(stage)
    await stage.keep("given-up")
    await stage.press("enter")
    await stage.shows(QuestionScreen)
    await stage.keep("unfinished", "escape")
    await stage.keep("ending", "x")
    await stage.press("escape", "c")
    await give_up(stage)
    await stage.press("enter")
    await stage.shows(EndScreen)
    await stage.keep("end")


async def give_up(stage: Stage) -> None:
    """Say "don't know" to the question."""
    await stage.shows(QuestionScreen)
    await stage.press("f4")
    await stage.shows(VerdictScreen)


async def looking(stage: Stage) -> None:
    """Browse, Progress, Settings, Models."""
    await stage.open("browse")
    await stage.keep("browse")
    stage.screen.query_one(Input).value = SOUGHT[stage.language]
    await stage.settled()
    await stage.keep("found")
    await stage.keep("page", "down", "down", "enter")
    await stage.keep("rubric", "v")
    await stage.press("escape", "escape")
    await stage.open("progress")
    for number in range(1, 7):
        await stage.keep(f"progress-{number}", str(number))
    await stage.open("settings")
    await stage.keep("settings")
    await stage.open("models")
    await stage.keep("models")


async def adding(stage: Stage) -> None:
    """The form for the student's own questions."""
    await stage.open("add")
    await stage.keep("add")
    screen = stage.screen
    screen.query_one("#new-title", Input).value = "Biology"
    screen.query_one("#new-prompt", TextArea).insert("What is a cell?")
    screen.query_one("#new-answer", TextArea).insert(
        "A cell is the smallest unit of life. It has a membrane that separates it from the outside."
    )
    await stage.pilot.pause(1)
    await stage.settled()
    await stage.keep("added")


async def examined(stage: Stage) -> None:
    """An exam from its setup to its report."""
    await stage.open("exam")
    await stage.keep("exam-setup")
    await stage.press("3", "enter")
    await stage.shows(RunningScreen)
    await stage.keep("exam-running")
    await stage.press("escape")
    await stage.open("exam")
    await stage.keep("exam-unfinished")
    await stage.press("enter")
    running = await stage.shows(RunningScreen)
    running.editor.insert(WRITTEN[stage.language])
    await stage.keep("exam-overview", "f12")
    await stage.keep("exam-ending", "escape", "f10")
    await stage.press("down", "enter")
    await stage.shows(ReportScreen)
    await stage.keep("exam-report")
    await stage.open("exam")
    await stage.keep("exam-setup-again")
    await stage.open("progress")
    await stage.keep("progress-6-exams", "6")


if __name__ == "__main__":
    main()
