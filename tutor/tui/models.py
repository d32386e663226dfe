"""The models: what is used, what is here, what can be had, and whether it fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.engine.setup_state import SetupState
from tutor.formatting import size
from tutor.models import (
    CatalogEntry,
    Checked,
    OnDisk,
    Removed,
    Shelf,
    add_file,
    expected_checksum,
    judge_status,
    remove_file,
    verify,
)
from tutor.models.memory import MemoryFit
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import clean, explain, fit, one_line
from tutor.tui.messages import (
    FetchStopped,
    JudgeWanted,
    ModelChosen,
    ModelTaken,
    ModelWanted,
    TodayAsked,
)
from tutor.tui.model_controller import Fetching, progress_words
from tutor.tui.ports import Tutor
from tutor.tui.setup_words import sentence
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.top_bar import TopBar
from tutor.tui.widgets.typing import TextField

JUDGE = "The built-in judge"
LOOKING = "Looking for models on this machine …"
FILE_HINT = "The path of a model file (.gguf), which is linked, not copied. Enter adds it."
_COLUMNS = f"{'size':>9}  {'needs':>9}  {'memory':<9}  {'state':<11}"
_ROOMY = 60
"""From so many cells on, a row has all its columns."""


@dataclass(frozen=True)
class ModelRow:
    """A model: one of the catalogue, one on disk, or both; all that is to be said of it."""

    name: str
    bytes: int
    needs: str
    memory: str
    state: str
    """In a word or two."""
    details: tuple[str, ...]
    entry: CatalogEntry | None
    there: OnDisk | None
    wanted: str = ""
    """The checksum that the file should have; empty where nobody says."""

    def line(self, width: int) -> Content:
        """In `width` cells; where room is short the name gives way."""
        cells = f"{size(self.bytes):>9}  {self.needs:>9}  {self.memory:<9}  {self.state:<11}"
        if width < _ROOMY:
            cells = cells[-11:]  # size and memory are said of the chosen one, below
        return Content(f"{fit(self.name, width - len(cells) - 2)}  {cells}")


@dataclass(frozen=True)
class ModelTable:
    """What the screen shows, made in a thread, since files are looked into for it."""

    memory: str
    rows: tuple[ModelRow, ...]

    @property
    def first(self) -> int:
        """The row to begin with: the one used, else the judge, else the one recommended."""
        states = [row.state for row in self.rows]
        if "in use" in states:
            return states.index("in use")
        names = [row.name for row in self.rows]
        if JUDGE in names:
            return names.index(JUDGE)
        return states.index("recommended") if "recommended" in states else 0


def model_table(shelf: Shelf, *, offer_judge: bool = True) -> ModelTable:
    """The judge, the catalogue, then what else lies on this machine.

    A judge that is not here shows where it is to be offered.
    """
    pairs = [(entry, shelf.of_entry(entry)) for entry in shelf.catalog.entries]
    shown = {there.path for _, there in pairs if there is not None}
    others = [model for model in shelf.models if model.path not in shown]
    rows = [_row(shelf, None, model) for model in others if model.is_judge]
    if not rows and offer_judge and shelf.catalog.judge is not None:
        rows = [_judge_row(shelf)]
    rows += [_row(shelf, entry, there) for entry, there in pairs]
    rows += [_row(shelf, None, model) for model in others if not model.is_judge]
    memory = f"{size(shelf.memory.free)} of {size(shelf.memory.total)} memory are free"
    return ModelTable(memory, tuple(rows))


def _judge_row(shelf: Shelf) -> ModelRow:
    """The judge before it is here; its needs are less than those of what it is made from."""
    original = shelf.catalog.original
    fits = shelf.fit_of(original)
    return ModelRow(
        name=JUDGE,
        bytes=original.bytes,
        needs=size(fits.needs.total),
        memory=fits.verdict.value,
        state="recommended",
        details=(
            "Trained for these questions. Half of the download is kept.",
            f"Press Enter to download {size(original.bytes)}, once; "
            "it then works without a network.",
        ),
        entry=None,
        there=None,
    )


def _row(shelf: Shelf, entry: CatalogEntry | None, there: OnDisk | None) -> ModelRow:
    able = there if there is not None and not there.problem else entry
    fits = shelf.fit_of(able) if able is not None else None
    length = there.bytes if there is not None else entry.bytes if entry is not None else 0
    return ModelRow(
        name=_name(entry, there),
        bytes=length,
        needs=size(fits.needs.total) if fits else "–",
        memory=fits.verdict.value if fits else "–",
        state=_state(shelf, entry, there),
        details=tuple(_details(shelf, entry, there, fits)),
        entry=entry,
        there=there,
        wanted=expected_checksum(shelf, there) if there is not None else "",
    )


def _name(entry: CatalogEntry | None, there: OnDisk | None) -> str:
    if there is not None and there.is_judge:
        return JUDGE
    if entry is not None:
        return entry.name
    return "" if there is None else there.name


def _state(shelf: Shelf, entry: CatalogEntry | None, there: OnDisk | None) -> str:
    if there is not None:
        if there.problem:
            return "damaged"
        return "in use" if shelf.is_used(there) else "installed"
    if entry is None:
        return "–"
    partial = shelf.partial(entry)
    if partial.exists():
        return f"{partial.stat().st_size / entry.bytes:.0%} loaded"
    return "recommended" if entry == shelf.recommended else "–"


def _details(
    shelf: Shelf, entry: CatalogEntry | None, there: OnDisk | None, fits: MemoryFit | None
) -> Iterator[str]:
    if there is not None and there.problem:
        yield f"It cannot serve: {there.problem}."
    elif fits is not None:
        yield f"It {fits.words}."
    if entry is not None:
        yield " · ".join((entry.licence, " ".join(entry.languages), *entry.remarks))
    if there is not None:
        yield f"Location: {there.place.value} ({there.path})"
        if (quality := shelf.quality(there)) is not None and not there.is_judge:
            yield f"Measured as a grader: {quality.words}."
        if (pace := shelf.pace(there)) is not None:
            yield f"On this machine it {pace.words}."
        if there.is_judge:
            yield judge_status(shelf, there)
    elif entry is not None:
        yield f"Press Enter to download {size(entry.bytes)}, once; it then works without a network."


class ModelList(OptionRows):
    """The models, a line each."""

    HELP = """
    `↑` `↓` choose a model. `Enter` uses an installed model and downloads one that is not.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Use or get", id="models.go")]


class ModelsScreen(Screen[None]):
    """What can judge here, and how to get it; studying goes on meanwhile."""

    CSS_PATH = "models.tcss"
    AUTO_FOCUS = "#models"
    HELP: ClassVar[str | None] = """
    `Enter` uses a model for grading, downloading it first if need be. `a` adds a file that you
    have, `V` verifies a checksum, `d` deletes a file from your models folder, `t` goes back to the
    key terms, `x` stops a download; it resumes later. The figures compare a model's needs with this
    machine's memory: they warn, and never forbid.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("a", "add", "Add a file", id="models.add"),
        key("V", "verify", "Verify", id="models.verify"),
        key("d", "remove", "Delete", id="models.remove"),
        key("t", "key_terms", "Key terms", id="models.key_terms"),
        key("x", "stop", "Stop", id="models.stop"),
        key("escape", "close_file", "Cancel", id="models.close_file"),
        key("escape", "leave", "Today", id="models.leave"),
    ]

    def __init__(self, tutor: Tutor, *, adding: bool = False) -> None:
        """With `adding` it begins with the question for a file."""
        super().__init__()
        self._tutor = tutor
        self._adding = adding
        self._stock: ModelTable | None = None
        self._is_fetching = self._is_setting_up = False
        self._described = ""
        """The model that the student reads about."""
        self.notice = Notice(id="notice")
        self._machine = Static(LOOKING, id="machine", markup=False)
        self._fetching = Static(id="fetching", markup=False)
        self._setup = Static(id="setup", markup=False)
        self._list = ModelList(id="models", markup=False)
        self._detail = Static(id="detail", markup=False)
        self._file = TextField(placeholder="/path/to/model.gguf", id="file")
        self._file_hint = Static(FILE_HINT, id="file-hint", markup=False)

    def compose(self) -> ComposeResult:
        """The machine, the list, what is to be said of the chosen one."""
        yield TopBar("Models")
        yield self.notice
        yield self._machine
        yield self._setup
        yield self._fetching
        yield self._list
        with VerticalScroll(id="detail-box", can_focus=False):
            yield self._detail
        yield self._file_hint
        yield self._file
        yield FittingFooter()

    def on_mount(self) -> None:
        """Look what there is."""
        self._ask_for_file(self._adding)
        self.watch(self.app, "fetching", self._show_fetching)
        self.watch(self.app, "setup_state", self._show_setup)
        self._look()

    @on(ModelTaken)
    def _look(self) -> None:
        tutor, offer = self._tutor, not self._is_setting_up
        background(
            self,
            lambda: model_table(tutor.shelf(), offer_judge=offer),
            self._show,
            self._not_listed,
        )

    def _show(self, stock: ModelTable) -> None:
        chosen = self._list.highlighted
        self._stock = stock
        judges = self._tutor.grading.model_name or "key terms"
        self._machine.update(Content(f"{stock.memory} · grading now: {one_line(judges)}"))
        self._draw()
        self._list.highlighted = chosen or 1 + stock.first
        self.refresh_bindings()

    def _draw(self) -> None:
        if self._stock is None:
            return
        width = self._list.scrollable_content_region.width or 76
        columns = _COLUMNS if width >= _ROOMY else _COLUMNS[-11:]
        heading = Content(f"{fit('Model', width - len(columns) - 2)}  {columns}")
        lines = [Option(row.line(width)) for row in self._stock.rows]
        at = self._list.highlighted
        self._list.set_options([Option(heading, disabled=True), *lines])
        self._list.highlighted = at

    def on_resize(self) -> None:
        """Lay the rows out anew."""
        self.call_after_refresh(self._draw)

    @property
    def chosen(self) -> ModelRow | None:
        """The row that is highlighted."""
        at, rows = self._list.highlighted, self._stock.rows if self._stock is not None else ()
        return rows[at - 1] if at and at <= len(rows) else None

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        row = self.chosen
        if row is not None and row.name != self._described:
            self._described = row.name
            self.notice.tell("")
        self._detail.update(Content("\n".join(map(one_line, row.details if row else ()))))
        self.refresh_bindings()

    def _show_fetching(self, fetching: Fetching | None) -> None:
        self._is_fetching = fetching is not None and not fetching.failed
        self._fetching.display = fetching is not None
        if fetching is not None:
            self._fetching.update(Content(progress_words(fetching)))
        self.refresh_bindings()

    def _show_setup(self, setup: SetupState | None) -> None:
        self._is_setting_up = setup is not None and not setup.is_over
        told = sentence(setup) if setup is not None else ""
        self._setup.display = bool(told)
        self._setup.update(Content(told))

    # --- what the student does

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        row = self.chosen
        if row is None:
            return
        if row.there is not None and row.there.problem:
            self.notice.tell(f"✗ {clean(row.name)} cannot serve: {row.there.problem}.")
        elif row.there is not None:
            self.notice.tell("")
            self.post_message(ModelChosen(row.there.path))
        elif row.entry is not None:
            self.post_message(ModelWanted(row.entry))
        else:
            self.post_message(JudgeWanted())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done with the chosen model."""
        row = self.chosen
        there = row.there if row is not None else None
        match action:
            case "verify":
                return there is not None
            case "remove":
                return there is not None and there.ours
            case "stop":
                return self._is_fetching
            case "close_file":
                return bool(self._file.display)
            case "leave":
                return not self._file.display
            case "key_terms":
                return self._tutor.grading.model_name is not None
            case _:
                return True

    def action_add(self) -> None:
        """Ask for a file."""
        self._ask_for_file(True)

    def _ask_for_file(self, wanted: bool) -> None:
        self._file.display = self._file_hint.display = wanted
        self.notice.tell("")
        (self._file if wanted else self._list).focus()
        self.refresh_bindings()

    @on(Input.Changed)
    def _file_typed(self) -> None:
        """What was wrong with the path before is not wrong with this one."""
        self.notice.tell("")

    @on(Input.Submitted)
    def _file_named(self, event: Input.Submitted) -> None:
        event.stop()
        named, paths = event.value.strip().strip("\"'"), self._tutor.paths
        if named:
            background(self, lambda: add_file(Path(named), paths)[0], self._added, self._failed)

    def action_verify(self) -> None:
        """Compute the chosen file's checksum."""
        row = self.chosen
        if row is None or row.there is None:
            return
        path, wanted = row.there.path, row.wanted
        self.notice.tell("")
        self._machine.update(Content(f"Reading {one_line(row.name)} …"))
        background(
            self,
            lambda: verify(path, wanted),
            lambda checked: self._verified(checked, bool(wanted)),
            self._failed,
        )

    def action_remove(self) -> None:
        """Delete the chosen file, once more asked for."""
        from tutor.tui.dialogs import ChoiceScreen, DialogOption

        row = self.chosen
        if row is None or row.there is None:
            return
        path, is_used = row.there.path, row.state == "in use"
        told = f"Delete {one_line(row.name)} ({size(row.bytes)}) from your models folder?"
        choices = (DialogOption("keep", "Keep it"), DialogOption("delete", "Delete it"))

        def answered(choice: str | None) -> None:
            if choice == "delete":
                background(self, lambda: self._removed(path, is_used), self._deleted, self._failed)

        self.app.push_screen(ChoiceScreen(told, choices), answered)

    def _removed(self, path: Path, is_used: bool) -> Removed:
        """In a thread. One that judges is put away before."""
        if is_used:
            self._tutor.use_model(None, lambda _: None)
        return remove_file(path, self._tutor.paths)

    def action_key_terms(self) -> None:
        """Judge without a model."""
        self.post_message(ModelChosen(None))

    def action_stop(self) -> None:
        """Stop the download."""
        self.post_message(FetchStopped())

    def action_close_file(self) -> None:
        """Close the question for a file."""
        self._ask_for_file(False)

    def action_leave(self) -> None:
        """Go back to Today."""
        self.post_message(TodayAsked())

    # --- what came of it

    def _failed(self, error: BaseException) -> None:
        self.notice.tell(f"✗ {explain(error)}")

    def _not_listed(self, error: BaseException) -> None:
        self._machine.update("")
        self._failed(error)

    def _added(self, path: Path) -> None:
        self._ask_for_file(False)
        self.post_message(ModelChosen(path))

    def _deleted(self, removed: Removed) -> None:
        self.app.notify(f"Deleted; {size(removed.freed)} freed.", markup=False)
        self._look()

    def _verified(self, checked: Checked, known: bool) -> None:
        self._look()
        if known and not checked.right:
            told = "✗ The checksum is wrong: it is damaged or another file. d deletes it."
            self.notice.tell(told)
        else:
            unknown = f"The checksum is {checked.sha256}; none is published to compare it with."
            self.app.notify("The checksum is right." if known else unknown, markup=False)
