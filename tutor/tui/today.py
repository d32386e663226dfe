"""The first screen: what to do today, the decks, what needs work, and the last seven days."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tutor.formatting import count_of
from tutor.progress import SessionState
from tutor.study import StudySession, planner_of
from tutor.study.exam_plan import plan_words
from tutor.study.statistics import mastery_by_deck
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import bar, clean, one_line, readable
from tutor.tui.messages import (
    QuestionsChosen,
    ScreenAsked,
    SessionResumed,
    StudyAsked,
    UndoDone,
)
from tutor.tui.ports import Tutor
from tutor.tui.session_place import ACROSS, session_title
from tutor.tui.widgets.deck_list import DeckList, DeckRow, StartRow
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.model_status import ModelHelp
from tutor.tui.widgets.needs_list import NeedsList
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.row_list import RowList
from tutor.tui.widgets.top_bar import TopBar
from tutor.tui.widgets.week_line import WeekLine

if TYPE_CHECKING:
    from tutor.paths import Paths
    from tutor.study.agenda import Agenda
    from tutor.study.statistics import Mastery

LEFT, EXAM, DUE = ":left", ":exam", ":due"
"""The ids of rows that are not decks; no deck can have them. A number follows `LEFT`."""
NEEDS_SHOWN = 3
"""The fewest questions that need work to show, if nothing is unfinished."""
PROBLEMS_SHOWN = 2
TALL, WIDE = 24, 130
"""The rows from which there are blank lines, and the columns for a second column."""
ROOMY = 72
"""The columns from which a bar shows how much of today is done."""


class TodayScreen(Screen[None]):
    """What to do today; Enter starts it, or continues what is unfinished."""

    AUTO_FOCUS = "#decks"
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (60, "-normal"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-low"),
        (TALL, "-tall"),
    ]
    HELP: ClassVar[str | None] = """
    Press `Enter` to study what is due and new, or choose a deck or a question first. What you left
    unfinished is at the top: `Enter` continues what you chose, `c` the session you left last, or
    else the exam, `x` ends the session you chose. `w` practises all questions that need work, `e`
    opens exams, `b` finds questions and topics, `p` shows your progress, `m` the models, `,` the
    settings. `a` adds a question of your own, `u` undoes what was saved last. `ctrl+p` has
    everything else.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("c", "resume", "Continue", id="today.resume"),
        key("x", "end", "End", id="today.end"),
        key("w", "practise", "Practise", id="today.practise"),
        key("e", "app.open('exam')", "Exam", id="today.exam"),
        key("b,slash", "app.open('browse')", "Browse", id="today.browse"),
        key("p", "app.open('progress')", "Progress", id="today.progress"),
        key("m", "app.open('models')", "Models", id="today.models"),
        key("comma", "app.open('settings')", "Settings", id="today.settings", display=","),
        key("a", "app.open('add')", "Add", id="today.add"),
        key("u", "app.undo", "Undo", id="today.undo"),
        key("U", "app.redo", "Redo", id="today.redo", show=False),
        key("down,j", "other_list(1)", id="today.down", show=False),
        key("up,k", "other_list(-1)", id="today.up", show=False),
        key("right,l", "other_list(1)", id="today.right", show=False),
        key("left,h", "other_list(-1)", id="today.left", show=False),
        key("ctrl+q", "app.quit", "Quit", id="today.quit", priority=True),
    ]

    def __init__(self, tutor: Tutor, study: StudySession) -> None:
        super().__init__()
        self._tutor = tutor
        self._study = study
        self.agenda: Agenda | None = None
        """None until it is known, since the first screen does not wait for the settings."""
        self._day = Static(id="day", markup=False)
        self._done = Static(id="done", markup=False)
        self._exam = Static(id="exam", markup=False)
        self._empty = Static(id="empty", markup=False)
        self.decks = DeckList(id="decks")
        self.needs = NeedsList(id="needs")
        self.week = WeekLine(id="week")
        self.needs.display = self.week.display = self._exam.display = False

    def compose(self) -> ComposeResult:
        """What to do first; next to it or below it, what needs work and the last seven days."""
        yield TopBar("tutor")
        yield Notice(self._notices(), id="notices", mild=True)
        with Horizontal(id="head"):
            yield self._day
            yield self._done
        yield self._exam
        yield self._empty
        with Container(id="body"):
            yield self.decks
            with VerticalScroll(id="beside", can_focus=False):
                yield self.needs
                yield self.week
                yield ModelHelp(id="model-help")
        yield FittingFooter(
            "app.undo",
            "app.open('add')",
            "app.quit",
            "app.open('settings')",
            "end",
            "resume",
            "practise",
            "app.open('models')",
            "app.open('exam')",
            "app.open('progress')",
            "app.open('browse')",
        )

    def on_screen_resume(self) -> None:
        """Show the present state; what was left last is chosen."""
        left_exam = self._tutor.progress.open_exams() and not self.decks.has(EXAM)
        left = f"{LEFT}0" if self._unfinished else EXAM if left_exam else self.decks.chosen_id
        self._show(left)

    @on(UndoDone)
    def _changed(self) -> None:
        self._show(self.decks.chosen_id)

    def _show(self, chosen: str | None) -> None:
        self._draw_rows(chosen)
        self.call_after_refresh(self._load_agenda)

    def _load_agenda(self) -> None:
        """Read standings, settings and some questions, none of which the list of decks needs."""
        from tutor.study.agenda import agenda_of  # after the first screen

        background(self, lambda: agenda_of(planner_of(self._tutor)), self._agenda_loaded)

    def _agenda_loaded(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self._draw()

    def on_resize(self) -> None:
        """Rows and blank lines follow the size."""
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        """Show the rows, and what only the agenda knows."""
        self._draw_rows(self.decks.chosen_id)
        if self.agenda is not None:
            self._draw_agenda(self.agenda)

    # --- what is shown

    @property
    def _unfinished(self) -> tuple[SessionState, ...]:
        """The unfinished sessions, the one left last first."""
        return self._study.unfinished()

    def _session_of(self, row: str | None) -> SessionState | None:
        """The unfinished session whose row has this id."""
        ids = {f"{LEFT}{at}": session for at, session in enumerate(self._unfinished)}
        return ids.get(row or "")

    @property
    def _chosen_session(self) -> SessionState | None:
        """The unfinished session whose row is chosen."""
        return self._session_of(self.decks.chosen_id) if self.decks.has_focus else None

    def _draw_rows(self, chosen: str | None) -> None:
        tutor, agenda = self._tutor, self.agenda
        decks = [
            self._deck_row(mastery)
            for mastery in mastery_by_deck(tutor.bank, tutor.progress.standings(), tutor.clock())
            if agenda is None or mastery.name in agenda.decks
        ]
        starts = self._starts() if decks else []
        self.decks.show_decks(starts, decks, chosen, airy=self.app.size.height >= TALL)
        self._empty.display = not decks
        self._empty.update(Content(no_decks_words(tutor.paths)))

    def _deck_row(self, mastery: Mastery) -> DeckRow:
        """A deck with its languages, its own in capitals, and its figures."""
        deck = self._tutor.bank.deck(mastery.name)
        others = [language for language in deck.languages if language != deck.language]
        title = readable(deck.title, deck, self._tutor.languages)
        due = None if self.agenda is None else self.agenda.due_by_deck.get(deck.id, 0)
        return DeckRow(title, " ".join([deck.language.upper(), *others]), mastery, due)

    def _starts(self) -> list[StartRow]:
        """What is due and an unfinished exam, after the session that was left last."""
        rows = []
        for number, session in enumerate(self._unfinished):
            title = f"Unfinished: {session_title(self._tutor, session)}"
            place = f"{session.position + 1} of {len(session.questions)}"
            rows.append(StartRow(f"{LEFT}{number}", title, f"question {place}", place))
        agenda = self.agenda
        figures = ("…", "…") if agenda is None else (agenda.words, agenda.short_words)
        others = [StartRow(DUE, ACROSS["due"], *figures)]
        exam = next(iter(self._tutor.progress.open_exams().values()), None)
        if exam is not None:
            title = "Exam to be graded" if exam.ended else "Unfinished exam"
            questions = count_of(exam.questions, "question")
            others.append(StartRow(EXAM, title, questions, questions))
        return [*rows[:1], *others, *rows[1:]]

    def _draw_agenda(self, agenda: Agenda) -> None:
        from tutor.study.agenda import streak_words  # after the first screen

        width, height = self.app.size
        streak = streak_words(agenda.streak, done=agenda.done)
        day = f"{agenda.today:%A} {agenda.today.day} {agenda.today:%B}"
        self._day.update(Content(" · ".join(filter(None, (day, streak)))))
        self._done.update(_done(agenda, width))
        plan = plan_words(agenda.plan)
        self._exam.update(Content(plan))
        self._exam.display = bool(plan)
        self.week.show(agenda.week)
        rows_left = len(self._unfinished) + bool(self._tutor.progress.open_exams())
        room = max(NEEDS_SHOWN, height - TALL) - rows_left
        shown = len(agenda.needs) if width >= WIDE else max(1, room)
        self.needs.show_needs(agenda.needs[:shown], agenda.weak)
        self.set_class(self.needs.display, "-needs")
        self.refresh_bindings()

    def _notices(self) -> str:
        problems = self._tutor.bank.problems
        lines = [f"! {one_line(notice)}" for notice in self._tutor.progress.notices]
        lines += [f"! {one_line(str(problem))}" for problem in problems[:PROBLEMS_SHOWN]]
        if problems:
            count = count_of(len(problems), "problem")
            lines.append(f"  {count} in the questions; list them with: tutor bank check")
        return "\n".join(lines)

    # --- what the student does

    @on(RowList.Moved)
    def _row_chosen(self) -> None:
        """Offer to end a session if its row is chosen."""
        self.refresh_bindings()

    @on(RowList.Opened, "#decks")
    def _row_opened(self, event: RowList.Opened) -> None:
        if event.row.startswith(LEFT):
            self.post_message(SessionResumed(self._session_of(event.row)))
        elif event.row == EXAM:
            self.post_message(ScreenAsked("exam"))
        elif event.row == DUE:
            self.post_message(StudyAsked("due"))
        else:
            self.post_message(StudyAsked("deck", event.row))

    @on(RowList.Opened, "#needs")
    def _question_opened(self, event: RowList.Opened) -> None:
        self.post_message(QuestionsChosen((event.row,)))

    def check_action(self, action: str, _: tuple[object, ...]) -> bool | None:
        if action == "resume":
            return bool(self._unfinished or self._tutor.progress.open_exams())
        if action == "end":
            return self._chosen_session is not None
        if action == "practise":
            return self.agenda is not None and self.agenda.weak > 0
        return True

    def action_resume(self) -> None:
        """Continue the session that was left last; if there is none, the exam that was left."""
        self.post_message(SessionResumed() if self._unfinished else ScreenAsked("exam"))

    def action_end(self) -> None:
        """Ask whether to end the chosen session."""
        from tutor.tui.dialogs import confirm  # few sessions are ended

        session = self._chosen_session
        if session is None:
            return
        title = session_title(self._tutor, session)
        place = f"{session.position + 1} of {len(session.questions)}"
        asked = f"End “{title}” at question {place}? Your answers and drafts are kept."

        def end() -> None:
            background(
                self,
                lambda: self._study.end(session),
                lambda _: self._changed(),
                "The session could not be saved.",
            )

        confirm(self.app, asked, "End it", end)

    def action_practise(self) -> None:
        self.post_message(StudyAsked("weak"))

    def action_other_list(self, step: int) -> None:
        """Move to the other list: from above to its first row, from below to where it was."""
        target = self.needs if step > 0 else self.decks
        if target.display and not target.has_focus:
            if target is self.needs:
                target.action_first()
            target.focus()


def no_decks_words(paths: Paths) -> str:
    """What to do if there are no questions."""
    folder = clean(str(paths.own_questions))
    return f"There are no questions yet. Put a deck into the folder {folder}"


def _done(agenda: Agenda, width: int) -> Content:
    """How much of today is done: `██████▋···  2 of 3 done`; empty before the first answer.

    There is no bar if the streak next to it would be cut.
    """
    if not agenda.done:
        return Content("")
    every = agenda.done + agenda.left
    drawn = f"{bar(agenda.done / every, 10)}  " if width >= ROOMY else ""
    return Content.assemble((drawn, "$text-accent"), f"{agenda.done} of {every} done")
