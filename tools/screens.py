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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from tools.drawing import drawn
from tools.months import record_months
from tutor.profile import Profile
from tutor.tui import TutorApp
from tutor.tui.exam.report import ReportScreen
from tutor.tui.exam.run import RunningScreen
from tutor.tui.messages import ScreenAsked, StudyAsked, TodayAsked
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
Keep = Callable[[Pilot[None], str], None]


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


def looks() -> Iterator[Look]:
    """All looks."""
    for language in DECKS:
        for theme in THEMES:
            yield from (Look(language, theme, size) for size in SIZES)


def draw_all(folder: Path, only: str) -> None:
    """Draw every screen in every look, and a page that shows them."""
    with tempfile.TemporaryDirectory() as homes:
        compiled = Path(homes, "compiled")
        with open_tutor(profile(compiled, "en")):  # compiles the decks, which takes a while
            pass
        for look in looks():
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
    numbers = iter(range(100))

    def keep(pilot: Pilot[None], name: str) -> None:
        save(pilot, folder / f"{look.name}-{next(numbers):02}-{name}.svg")

    with open_tutor(profile(home, look.language)) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=look.size) as pilot:
            app.theme = THEMES[look.theme]
            await first_start(pilot, keep)
        record_months(tutor)
        app = TutorApp(tutor)
        async with app.run_test(size=look.size) as pilot:
            app.theme = THEMES[look.theme]
            await settled(pilot)
            for scene in (today, studying, looking, adding, examined):
                await scene(pilot, tutor, look.language, keep)
                app.screen.post_message(TodayAsked())
                await settled(pilot)


async def first_start(pilot: Pilot[None], keep: Keep) -> None:
    """The questions to a new student, Today and Progress without an answer."""
    for page in ("languages", "decks", "grader"):
        await shows(pilot, ModalScreen)
        keep(pilot, f"first-{page}")
        await press(pilot, "enter")
    keep(pilot, "today-new")
    await press(pilot, "p")
    keep(pilot, "progress-new")


async def today(pilot: Pilot[None], _: Tutor, __: str, keep: Keep) -> None:
    """Today, its help and the command palette."""
    keep(pilot, "today")
    await press(pilot, "f1")
    keep(pilot, "help")
    await press(pilot, "escape", "ctrl+p")
    keep(pilot, "palette")
    await press(pilot, "escape")


async def studying(pilot: Pilot[None], tutor: Tutor, language: str, keep: Keep) -> None:
    """A session from its first question to its end."""
    pilot.app.screen.post_message(StudyAsked("deck", DECKS[language]))
    question = await shows(pilot, QuestionScreen)
    answer = tutor.bank.question(question.asked.question.id).answer.to(question.language)
    keep(pilot, "question")
    await press(pilot, "f3")
    await write(pilot, re.split(r"(?<=[.。])", answer)[0])
    await pilot.pause(1)
    keep(pilot, "written")
    await press(pilot, "f5")
    await shows(pilot, VerdictScreen)
    keep(pilot, "verdict")
    await press(pilot, "v", "n")
    keep(pilot, "model-answer")
    await press(pilot, "v", "n", "o")
    keep(pilot, "references")
    await press(pilot, "escape", "i")
    keep(pilot, "why")
    await press(pilot, "escape", "G", "down", "down", "plus")
    keep(pilot, "follow-up")
    await press(pilot, "escape", "enter")
    await shows(pilot, QuestionScreen)
    await press(pilot, "f4")
    await shows(pilot, VerdictScreen)
    keep(pilot, "given-up")
    await press(pilot, "enter")
    await shows(pilot, QuestionScreen)
    await press(pilot, "escape")
    keep(pilot, "unfinished")
    await press(pilot, "x")
    keep(pilot, "ending")
    await press(pilot, "escape", "c")
    await shows(pilot, QuestionScreen)
    await press(pilot, "f4")
    await shows(pilot, VerdictScreen)
    await press(pilot, "enter")
    await shows(pilot, EndScreen)
    keep(pilot, "end")


async def looking(pilot: Pilot[None], _: Tutor, language: str, keep: Keep) -> None:
    """Browse, Progress, Settings, Models."""
    pilot.app.screen.post_message(ScreenAsked("browse"))
    await settled(pilot)
    keep(pilot, "browse")
    pilot.app.screen.query_one(Input).value = SOUGHT[language]
    await settled(pilot)
    keep(pilot, "found")
    await press(pilot, "down", "down", "enter")
    keep(pilot, "page")
    await press(pilot, "v")
    keep(pilot, "rubric")
    await press(pilot, "escape", "escape")
    pilot.app.screen.post_message(ScreenAsked("progress"))
    await settled(pilot)
    for number in range(1, 7):
        await press(pilot, str(number))
        keep(pilot, f"progress-{number}")
    pilot.app.screen.post_message(ScreenAsked("settings"))
    await settled(pilot)
    keep(pilot, "settings")
    pilot.app.screen.post_message(ScreenAsked("models"))
    await settled(pilot)
    keep(pilot, "models")


async def adding(pilot: Pilot[None], _: Tutor, __: str, keep: Keep) -> None:
    """The form for the student's own questions."""
    pilot.app.screen.post_message(ScreenAsked("add"))
    await settled(pilot)
    keep(pilot, "add")
    screen = pilot.app.screen
    screen.query_one("#new-title", Input).value = "Biology"
    screen.query_one("#new-prompt", TextArea).insert("What is a cell?")
    screen.query_one("#new-answer", TextArea).insert(
        "A cell is the smallest unit of life. It has a membrane that separates it from the outside."
    )
    await pilot.pause(1)
    await settled(pilot)
    keep(pilot, "added")


async def examined(pilot: Pilot[None], _: Tutor, language: str, keep: Keep) -> None:
    """An exam from its setup to its report."""
    pilot.app.screen.post_message(ScreenAsked("exam"))
    await settled(pilot)
    keep(pilot, "exam-setup")
    await press(pilot, "3", "enter")
    await shows(pilot, RunningScreen)
    keep(pilot, "exam-running")
    await press(pilot, "escape")
    pilot.app.screen.post_message(ScreenAsked("exam"))
    await settled(pilot)
    keep(pilot, "exam-unfinished")
    await press(pilot, "enter")
    running = await shows(pilot, RunningScreen)
    running.editor.insert(WRITTEN[language])
    await press(pilot, "f12")
    keep(pilot, "exam-overview")
    await press(pilot, "escape", "f10")
    keep(pilot, "exam-ending")
    await press(pilot, "down", "enter")
    await shows(pilot, ReportScreen)
    keep(pilot, "exam-report")
    pilot.app.screen.post_message(ScreenAsked("exam"))
    await settled(pilot)
    keep(pilot, "exam-setup-again")
    pilot.app.screen.post_message(ScreenAsked("progress"))
    await settled(pilot)
    await press(pilot, "6")
    keep(pilot, "progress-6-exams")


# --- steps


async def settled(pilot: Pilot[None]) -> None:
    """Wait until what runs in the background is shown."""
    await pilot.pause(0.2)
    waiting = (each for each in pilot.app.workers if not each.is_finished)
    shown = [each.wait() for each in waiting if each.node is not pilot.app]
    await asyncio.gather(*shown, return_exceptions=True)  # the screens show what failed
    await pilot.pause(0.1)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one by one."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def shows(pilot: Pilot[None], kind: type[Kind]) -> Kind:
    """The screen of this kind, once it is on top."""
    for _ in range(600):
        if isinstance(pilot.app.screen, kind):
            await settled(pilot)
            return pilot.app.screen
        await pilot.pause(0.05)
    raise TimeoutError(f"{kind.__name__} does not appear")


async def write(pilot: Pilot[None], text: str) -> None:
    """Write an answer, all at once."""
    question = await shows(pilot, QuestionScreen)
    question.editor.insert(text)


def save(pilot: Pilot[None], path: Path) -> None:
    """Write the screen as a picture."""
    path.write_text(drawn(pilot), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
