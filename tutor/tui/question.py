"""Asking one question: prompt, editor, hints, and the way to the verdict."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static, TextArea
from textual.worker import Worker, WorkerState

from tutor.bank import Language, Verdict
from tutor.errors import TutorError
from tutor.formatting import number
from tutor.grading import Grade, self_grade
from tutor.progress import Attempt, Draft
from tutor.tui.autosave import DraftKeeper, SavePace, SavePlan
from tutor.tui.background import run_in_thread
from tutor.tui.keys import key
from tutor.tui.labels import LANGUAGE_NAMES, asked_text, clean, explain, length
from tutor.tui.messages import AnswerJudged, LanguageChosen, QuestionSkipped, TodayAsked
from tutor.tui.ports import Tutor
from tutor.tui.sitting import NextQuestion
from tutor.tui.widgets.answer_editor import JUDGE, AnswerEditor
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.top_bar import TopBar

SLOW_SECONDS = 2
"""A student who waits for longer is shown what the key terms suggest."""
NOTHING_WRITTEN = "Nothing is written yet. F4 if you do not know the answer."


class QuestionScreen(Screen[None]):
    """One question and the editor for its answer."""

    CSS_PATH = "question.tcss"
    AUTO_FOCUS = "#answer"
    HELP: ClassVar[str | None] = """
    `F5` (or `ctrl+enter`, `ctrl+j`) has the answer judged. Where that takes more than two seconds
    the key terms' suggestion is shown, and `F5` takes it. `F3` shows a hint, each is counted.
    `F4` gives up and shows the model answer; that counts for no mean score, and the question comes
    again soon. `F8` puts the question off until tomorrow, unless you choose it yourself before.
    `F2` asks in another language. `Esc` goes back; what you wrote is kept.

    Asked again, your earlier answer is in the editor. `F9` empties the editor and shows that answer
    above it; `ctrl+z` brings it back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(JUDGE, "judge", "Judge", id="question.judge"),
        key("f3", "hint", "Hint", id="question.hint"),
        key("f4", "give_up", "Don't know", id="question.give_up"),
        key("f2", "language", "Language", id="question.language"),
        key("f8", "skip", "Skip", id="question.skip"),
        key("f9", "anew", "Anew", id="question.anew"),
        key("escape", "cancel", "Cancel", id="question.cancel"),
        key("escape", "later", "Later", id="question.later"),
    ]

    _WHILE_WRITING = ("later", "judge", "hint", "give_up", "language", "skip", "anew")

    judging = reactive(False, toggle_class="-judging")
    hints = reactive(0, init=False)
    language: reactive[Language] = reactive[Language]("en", init=False)

    def __init__(
        self,
        tutor: Tutor,
        asked: NextQuestion,
        *,
        pace: SavePace | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._tutor = tutor
        self.asked = asked
        self._opened: datetime = tutor.clock()
        self._drafted = 0
        self._keeper = DraftKeeper(tutor.progress, asked.question.id)
        self._plan = SavePlan(pace or SavePace(), monotonic)
        self.editor = AnswerEditor(asked.text, id="answer")
        self.notice = Notice(id="notice")
        self._prompt = Static(id="prompt", markup=False)
        self._about = Static(id="about", markup=False)
        self._hints = Static(id="hints", markup=False)
        self._hints_box = VerticalScroll(self._hints, id="hints-box", can_focus=False)
        self._earlier = VerticalScroll(
            Static(self._earlier_answer(), id="earlier", markup=False),
            id="earlier-box",
            can_focus=False,
        )
        self._earlier.display = False
        self._saving: Timer | None = None
        self._judge: Worker[Grade] | None = None
        self._judge_since: datetime = self._opened
        self._suggest: Worker[Grade] | None = None
        self._suggested: Grade | None = None
        self._handed_over = False
        self._skipping = False
        self._warned = False
        self.set_reactive(QuestionScreen.language, asked.language)
        self.set_reactive(QuestionScreen.hints, asked.hints)
        self._kept: tuple[str, int] | None = self._written
        self._sent: tuple[str, int] | None = self._written

    # --- what is shown

    def compose(self) -> ComposeResult:
        """Prompt above, hints and the earlier answer below it, then the editor."""
        yield TopBar(self.asked.place.title, self.asked.place.count)
        yield self.notice
        yield VerticalScroll(self._prompt, id="prompt-box", can_focus=False)
        yield self._about
        yield self._hints_box
        yield self._earlier
        yield self.editor
        yield FittingFooter("language", "skip", "anew")

    def on_mount(self) -> None:
        """Show the question and have it read."""
        self._show_prompt()
        self._show_hints()
        kept = "your earlier answer" if self.asked.again else "draft restored"
        self._show_edge(kept if self.asked.text.strip() else "")
        self._prepare()

    def _show_prompt(self) -> None:
        question = self.asked.question
        self._prompt.update(asked_text(question, self.language))
        parts = [f"{number(question.weight)} point{'' if question.weight == 1 else 's'}"]
        parts.append(question.level)
        others = [lang for lang in question.languages if lang != self.language]
        if others:
            parts.append("F2: " + ", ".join(LANGUAGE_NAMES[lang] for lang in others))
        if question.hints:
            parts.append(f"hints {self.hints} of {len(question.hints)}")
        self._about.update(Content(" · ".join(parts)))

    def _show_hints(self) -> None:
        shown = self.asked.question.hints[: self.hints]
        lines = [f"Hint {at}: {clean(hint.to(self.language))}" for at, hint in enumerate(shown, 1)]
        self._hints.update(Content("\n".join(lines)))
        self._hints_box.display = bool(lines)
        self._hints_box.scroll_end(animate=False)

    def _earlier_answer(self) -> Content:
        return Content.assemble(("Your earlier answer\n", "bold"), clean(self.asked.text.strip()))

    def _show_edge(self, state: str) -> None:
        written = length(self.editor.text, self.language)
        self.editor.say(f"{state} · {written}" if state else written)

    def watch_hints(self) -> None:
        """Show one hint more."""
        self._show_hints()
        self._show_prompt()
        self.refresh_bindings()

    def watch_language(self) -> None:
        """Ask in the other language."""
        self._show_prompt()
        self._show_hints()
        self._prepare()

    def watch_judging(self, judging: bool) -> None:
        """Lock the editor while its text is judged."""
        self.editor.freeze(judging)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done now."""
        question = self.asked.question
        if action == "cancel":
            return self.judging
        if self.judging and action in self._WHILE_WRITING:
            return action == "judge" and self._suggested is not None
        offered: dict[str, bool | None] = {
            "hint": self.hints < len(question.hints) or (None if question.hints else False),
            "language": len(question.languages) > 1,
            "skip": not self.asked.again,
            "anew": self.asked.again and bool(self.asked.text) and not self._earlier.display,
        }
        return offered.get(action, True)

    # --- what the student does

    def action_hint(self) -> None:
        """Show the next hint; it counts."""
        self.hints += 1
        self._touch()

    def action_language(self) -> None:
        """Ask in the question's next language."""
        languages = self.asked.question.languages
        at = languages.index(self.language) if self.language in languages else -1
        self.ask_in(languages[(at + 1) % len(languages)])
        self.post_message(LanguageChosen(self.language))

    def ask_in(self, language: Language) -> None:
        """Ask in `language` if the question has it."""
        if language in self.asked.question.languages and not self.judging:
            self.language = language

    def action_judge(self) -> None:
        """Have the answer judged; while that runs, take what the key terms suggest."""
        if self.judging:
            self._take_suggestion()
            return
        answer = self.editor.text
        if not answer.strip():
            self.notice.tell(NOTHING_WRITTEN)
            return
        self.notice.tell("")
        self.judging = True
        self._suggest = self._suggested = None
        self._judge_since = self._tutor.clock()
        self._save_later()
        question, language, examiner = self.asked.question, self.language, self._tutor.examiner
        self._judge = run_in_thread(
            self, "judge", lambda: examiner.grade(question, answer, language)
        )
        self._show_elapsed()

    def action_cancel(self) -> None:
        """Stop judging and go on writing."""
        self._stop_judging("judging was cancelled")
        self._tutor.examiner.cancel()

    def action_give_up(self) -> None:
        """Count every point as missed and go on to the model answer."""
        question = self.asked.question
        verdicts = {point.id: Verdict.MISSED for point in question.rubric}
        self._hand_over(self_grade(question, verdicts, self.language), gave_up=True)

    def action_later(self) -> None:
        """Keep the draft and go back to Today."""
        if self._may_leave():
            self._handed_over = True
            self.post_message(TodayAsked())

    def action_skip(self) -> None:
        """Put the question off until tomorrow; the draft is kept."""
        if self._skipping or not self._may_leave():
            return
        self._skipping = True
        tutor, question = self._tutor, self.asked.question.id
        today = tutor.wishes.day(tutor.clock())
        run_in_thread(self, "skip", lambda: tutor.progress.skip(question, today))

    def action_anew(self) -> None:
        """Empty the editor, with the earlier answer above it; the editor can undo that."""
        self._earlier.display = True
        self.editor.clear()
        self.refresh_bindings()

    def _may_leave(self) -> bool:
        """Whether what is written is safe, or the student was told before that it is not."""
        may = self._save_now() or self._warned
        self._warned = True
        return may

    # --- judging

    def _stop_judging(self, told: str) -> None:
        self._judge = None
        self.judging = False
        self._show_edge(told)

    def _show_elapsed(self) -> None:
        if not self.judging:
            return
        seconds = int((self._tutor.clock() - self._judge_since).total_seconds())
        if seconds >= SLOW_SECONDS and self._suggest is None:
            self._ask_key_terms()
        told = ""
        if (found := self._suggested) is not None:
            told = f" · key terms: {number(found.earned)} of {number(found.full)}, F5 takes that"
        self.editor.say(f"judging … {seconds} s{told} · Esc cancels")
        self.set_timer(1, self._show_elapsed)

    def _ask_key_terms(self) -> None:
        examiner, question = self._tutor.examiner, self.asked.question
        answer, language = self.editor.text, self.language
        self._suggest = run_in_thread(
            self, "suggest", lambda: examiner.suggest(question, answer, language)
        )

    def _take_suggestion(self) -> None:
        if self._suggested is not None:
            self._judge = None
            self._tutor.examiner.cancel()
            self._hand_over(self._suggested, gave_up=False)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        worker = event.worker
        if worker.group == "draft":
            self._draft_changed(event)
        elif worker.group == "skip":
            self._skip_changed(event)
        elif worker is self._suggest:
            self._suggested = worker.result if event.state is WorkerState.SUCCESS else None
        elif worker is not self._judge:
            return  # a judging that was cancelled; whatever it found is not wanted any more
        elif event.state is WorkerState.SUCCESS and worker.result is not None:
            self._hand_over(worker.result, gave_up=False)
        elif event.state is WorkerState.ERROR and worker.error is not None:
            self._stop_judging("not judged")
            self.notice.tell(f"✗ Not judged. {explain(worker.error)}")

    def _skip_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.SUCCESS:
            self._save_now()
            self._handed_over = True
            self.post_message(QuestionSkipped(self.asked.question.id))
        elif event.state is WorkerState.ERROR and event.worker.error is not None:
            self._skipping = False
            self.notice.tell(f"✗ Not put off. {explain(event.worker.error)}")

    def _hand_over(self, grade: Grade, *, gave_up: bool) -> None:
        if self._handed_over:
            return
        self._save_now()
        self._handed_over = True
        now, wishes = self._tutor.clock(), self._tutor.wishes
        self.post_message(
            AnswerJudged(
                Attempt(
                    id=self._tutor.new_id(),
                    question=self.asked.question.id,
                    at=now,
                    language=self.language,
                    answer=self.editor.text,
                    grade=grade,
                    seconds=max(0.0, (now - self._opened).total_seconds()),
                    hints=self.hints,
                    gave_up=gave_up,
                    scale=wishes.scale,
                    day=wishes.day(now),
                )
            )
        )

    # --- the draft

    @property
    def _written(self) -> tuple[str, int]:
        """What a draft keeps, as it is now."""
        return (self.editor.text, self.hints)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._written != self._sent:
            self.notice.tell("")
            self._warned = False
            self._touch()

    def _touch(self) -> None:
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(self._plan.touched(), self._settled)
        self._show_edge("not saved yet")

    def _settled(self) -> None:
        self._save_later()
        self._prepare()

    def _prepare(self) -> None:
        examiner = self._tutor.examiner
        examiner.prepare(self.asked.question, self.language, self.editor.text)

    def _draft(self) -> Draft:
        return Draft(
            question=self.asked.question.id,
            text=self.editor.text,
            language=self.language,
            at=self._tutor.clock(),
            hints=self.hints,
        )

    def _save_later(self) -> None:
        if self._written == self._sent or self._handed_over:
            return
        self._sent = self._written
        self._plan.saved()
        self._drafted += 1
        keeper, number_, draft = self._keeper, self._drafted, self._draft()
        run_in_thread(self, "draft", lambda: keeper.keep(number_, draft))

    def _save_now(self) -> bool:
        """Save at once, since the screen is about to go; returns whether the text is safe."""
        if self._written == self._kept or self._handed_over:
            return True
        self._drafted += 1
        try:
            self._keeper.keep(self._drafted, self._draft())
        except (TutorError, OSError) as error:
            self._draft_failed(error)
            return False
        self._kept = self._sent = self._written
        return True

    def _draft_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self._draft_failed(event.worker.error)
        elif event.state is WorkerState.SUCCESS and self._written == self._sent:
            self._kept = self._sent
            if not self.judging:
                self._show_edge("saved")

    def _draft_failed(self, error: BaseException) -> None:
        self._sent = None
        self._show_edge("NOT saved")
        self.notice.tell(f"✗ The draft could not be saved. {explain(error)}")

    def on_unmount(self) -> None:
        """Quitting in the middle loses nothing, and nobody waits for this verdict any more."""
        self._save_now()
        if self.judging and not self._handed_over:
            self._tutor.examiner.cancel()
