"""The form for adding a question, with a preview of what would be graded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select, Static, TextArea

from tutor.authoring.adding import (
    FormKeeper,
    PlannedQuestion,
    QuestionForm,
    add_question,
    bank_texts,
    deck_used_last,
    own_decks,
    plan_question,
)
from tutor.authoring.drafting import Drafter
from tutor.bank import LANGUAGES
from tutor.formatting import count_of, count_of_marks, number
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import LANGUAGE_NAMES, clean, explain, one_line, readable
from tutor.tui.messages import BankChanged, TodayAsked
from tutor.tui.notice_screen import NoticeScreen, complain, say
from tutor.tui.widgets.answer_editor import SUBMIT, AnswerEditor
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.text_field import TextField
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Key, Paste
    from textual.timer import Timer

    from tutor.bank import Language
    from tutor.tui.ports import Tutor

NEW = ":new"
"""The value of the choice “A new deck”; no deck has such an id."""
POINTS = """\
One fact per line, such as: It grows in spring. (2)
(2) gives it 2 marks. If empty, points are drafted from the answer."""
CHECK = "To see why, use `tutor bank check` in a shell."
SETTLE = 0.4
"""Seconds without a key after which the form is saved and previewed."""


class Choice(Select[str]):
    """A drop-down list above text fields: what is typed on it goes into the next field."""

    def __init__(self, id_: str, options: Iterable[tuple[Content | str, str]], value: str) -> None:
        super().__init__(options, value=value, allow_blank=False, compact=True, id=id_)

    async def _on_key(self, event: Key) -> None:
        opens = event.character == " " and self.screen.focused is self
        if event.is_printable and not opens and not self.expanded:
            event.stop()
            event.prevent_default()
            self._type(event.character or "")

    async def _on_paste(self, event: Paste) -> None:
        event.stop()
        self._type(clean(event.text))

    def _type(self, text: str) -> None:
        """Put `text` into the next field and focus that at once, ready for the next key."""
        chain = self.screen.focus_chain
        following = chain[chain.index(self) + 1 :]
        field = next(each for each in following if isinstance(each, (TextField, AnswerEditor)))
        self.screen.set_focus(field)
        if isinstance(field, TextField):
            field.insert_text_at_cursor(" ".join(text.splitlines()))
        else:
            field.insert(text)


class FormField(AnswerEditor):
    """A text field of the form; title and placeholder say what belongs in it."""

    HELP = """
    What you write is saved while you type and kept if you leave. `Tab` goes to the next field.
    """

    def __init__(self, id_: str, title: str, placeholder: str, text: str) -> None:
        super().__init__(text, id=id_, bindings=AddQuestionScreen.BINDINGS)
        self.border_title = title
        self.placeholder = placeholder


class AddQuestionScreen(NoticeScreen):
    """The form: deck, question, answer and points, and below them the preview."""

    CSS_PATH = "add_question.tcss"
    AUTO_FOCUS = "#new-deck"
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (60, "-normal"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-low"),
        (24, "-tall"),
    ]
    HELP: ClassVar[str | None] = """
    Write a question of your own: what is asked, a model answer, and the points that a good answer
    has to make, one per line. `(2)` at the end of a line gives that point 2 marks. If you write no
    points, they are drafted from the answer. Key terms are drafted too. Below, you see what would
    be graded.

    `Tab` goes to the next field, `Enter` on the deck shows the decks. `F5` (or `ctrl+enter`,
    `ctrl+j`) saves the question in your deck and empties the form. `Esc` leaves; what you wrote is
    kept.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(SUBMIT, "save", "Save", id="add.save"),
        key("tab", "app.focus_next", "Next field", id="add.next"),
        key("escape", "today", "Today", id="add.today"),
    ]

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self._tutor = tutor
        self._keeper = FormKeeper(tutor.paths)
        self._drafter = Drafter(bank_texts(tutor.bank))
        self._pause: Timer | None = None
        self._planning = False
        self._save_wanted = False
        self._being_saved: QuestionForm | None = None
        """What is on its way into the deck; it is kept in a file until it has arrived."""
        self._previewed: QuestionForm | None = None
        form = self._keeper.read()
        decks = own_decks(tutor.bank, tutor.paths)
        if form.deck in [deck.id for deck in decks]:
            chosen = form.deck
        elif form.title or not decks:
            chosen = NEW
        else:
            chosen = deck_used_last(decks, tutor.progress.standings()).id
        self._deck = Choice("new-deck", self._deck_options(), chosen)
        self._title = TextField(
            clean(form.title),
            placeholder="title of the new deck",
            max_length=100,
            select_on_focus=False,  # else the next letter would replace what was typed
            compact=True,
            id="new-title",
        )
        languages = [(LANGUAGE_NAMES[language], language) for language in LANGUAGES]
        self._language = Choice("new-language", languages, form.language)
        self.prompt = FormField("new-prompt", "Question", "What you want to be asked", form.prompt)
        self.answer = FormField(
            "new-answer", "Model answer", "What a full answer says", form.answer
        )
        self.points = FormField("new-points", "Points", POINTS, form.points)
        self._preview = Prose(id="preview", markup=False)

    # --- what is shown

    def _deck_options(self) -> list[tuple[Content, str]]:
        """The student's own decks and a new one, each with the value that stands for it."""
        reads = self._tutor.languages
        decks = own_decks(self._tutor.bank, self._tutor.paths)
        names = [(Content(readable(deck.title, deck, reads)), deck.id) for deck in decks]
        return [*names, (Content("A new deck"), NEW)]

    def compose(self) -> ComposeResult:
        """The fields from top to bottom, then the preview."""
        yield TopBar("Add a question")
        yield self.notice
        with Horizontal(id="deck-row"):
            yield Static("Deck", id="deck-label", markup=False)
            yield self._deck
            yield self._title
            yield self._language
        with Vertical(id="fields"):
            yield self.prompt
            yield self.answer
            yield self.points
            yield VerticalScroll(self._preview, id="preview-box", can_focus=False)
        yield FittingFooter("app.focus_next")

    def on_mount(self) -> None:
        self._title.cursor_blink = False
        self._show_new_deck_fields()
        self._update_preview()

    @property
    def form(self) -> QuestionForm:
        """What the fields contain now."""
        deck = str(self._deck.value)
        return QuestionForm(
            deck="" if deck == NEW else deck,
            title=one_line(self._title.value),
            language=next(each for each in LANGUAGES if each == self._language.value),
            prompt=self.prompt.text,
            answer=self.answer.text,
            points=self.points.text,
        )

    @on(Select.Changed)
    def _chosen(self) -> None:
        self._show_new_deck_fields()
        self._touched()

    def _show_new_deck_fields(self) -> None:
        is_new = self._deck.value == NEW
        self._title.display = self._language.display = is_new

    # --- while typing

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _touched(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(SETTLE, self._paused)

    def _paused(self) -> None:
        self._save_form()
        self._update_preview()

    def _save_form(self) -> None:
        form = self.form
        try:
            if form.is_empty:
                self._keeper.drop()
            elif form != self._being_saved:
                self._keeper.keep(form)
        except OSError as error:
            complain(self, f"What you wrote is not saved. {explain(error)}")

    def _update_preview(self) -> None:
        """Plan the question in a thread and show the plan; one at a time."""
        form = self.form
        if self._planning or form == self._previewed:
            return
        self._planning, self._previewed = True, form
        bank, drafter = self._tutor.bank, self._drafter
        background(
            self, lambda: plan_question(form, bank, drafter), self._planned, self._not_planned
        )

    def _planned(self, planned: PlannedQuestion) -> None:
        form = self.form
        language = self._tutor.bank.deck(form.deck).language if form.deck else form.language
        self._show_preview(preview(planned, language))

    def _not_planned(self, error: BaseException) -> None:
        problem = "" if self.form.is_empty else clean(explain(error))
        self._show_preview(Content.styled(problem, "dim"))

    def _show_preview(self, text: Content) -> None:
        self._preview.update(text)
        self._planning = False
        if self._save_wanted:
            self.action_save()
        else:
            self._update_preview()  # more may have been typed

    # --- what the student does

    def action_save(self) -> None:
        if self._being_saved is not None:
            return
        self._save_wanted = self._planning  # the drafter does one thing at a time
        if self._planning:
            return
        self._save_form()
        self._planning = True
        self._being_saved = form = self.form
        tutor, drafter, keeper = self._tutor, self._drafter, self._keeper

        def save() -> str:
            id_ = add_question(form, tutor.bank, tutor.paths, drafter)
            tutor.reopen_bank()
            if keeper.read() == form:  # dropped here, since the student may have left the form
                keeper.drop()
            return id_

        background(self, save, lambda id_: self._saved(id_, form), self._not_saved)

    def _saved(self, id_: str, form: QuestionForm) -> None:
        """Empty the form, except for fields that the student has changed in the meantime."""
        self._planning, self._being_saved = False, None
        deck = self._tutor.bank.deck_of(id_) if id_ in self._tutor.bank else None
        self._deck.set_options(self._deck_options())
        if deck is not None:
            self._deck.value = deck.id
        self._title.value = ""
        saved = {self.prompt: form.prompt, self.answer: form.answer, self.points: form.points}
        for field, text in saved.items():
            if field.text == text:
                field.clear()
        self._save_form()
        if self.form.is_empty:
            self.prompt.focus()
        if deck is not None:
            skipped = self._tutor.preferences.left_out_words(deck.id, deck.languages)
            say(self, f"Saved as {id_}. Add another, or press Esc to leave. {skipped}".strip())
        else:  # such as while its author edits deck.yaml
            complain(self, f"Saved as {id_}, but its deck cannot be read. {CHECK}")
        self.app.post_message(BankChanged())

    def _not_saved(self, error: BaseException) -> None:
        self._planning, self._being_saved = False, None
        complain(self, f"Not saved. {explain(error)}")

    def action_today(self) -> None:
        """Go back to Today; what is written is kept."""
        self._save_form()
        self.post_message(TodayAsked())

    def on_unmount(self) -> None:
        """Save what is written when the screen closes."""
        self._save_form()


def preview(planned: PlannedQuestion, language: Language) -> Content:
    """The points with marks and key terms, and what the check says about them."""
    question = planned.question
    points = count_of(len(question.rubric), "point")
    head = f"Would be graded: {points}, {count_of_marks(question.weight)}"
    lines = [Content.styled(head, "bold")]
    for at, point in enumerate(question.rubric, 1):
        text = one_line(point.point.to(language))
        lines.append(Content.assemble(f"{at}  {text}", (f"  ({number(point.weight)})", "dim")))
        terms = " + ".join(" / ".join(map(one_line, group)) for group in point.terms)
        lines.append(
            Content.styled(f"   key terms: {terms or 'none; a model has to grade it'}", "dim")
        )
    lines += [
        Content.styled(f"!  {one_line(f'{each.message}. {each.remedy}')}", "$text-warning")
        for each in planned.objections
    ]
    return Content("\n").join(lines)
