"""The Models screen: which models are in use, installed or available, and whether they fit."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tutor.engine.setup_state import SetupState
from tutor.formatting import size
from tutor.models import Checked, Removed, add_file, remove_file, verify
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import explain, one_line
from tutor.tui.messages import ModelTaken, TodayAsked
from tutor.tui.model_controller import ModelController
from tutor.tui.model_rows import ModelRow, ModelTable, heading, model_table
from tutor.tui.model_words import Fetching, setup_sentence
from tutor.tui.notice_screen import NoticeScreen, complain, say
from tutor.tui.ports import Tutor
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.row_list import Row, RowList
from tutor.tui.widgets.text_field import TextField
from tutor.tui.widgets.top_bar import TopBar

LOOKING = "Looking for models on this machine …"
FILE_HINT = "The path of a model file (.gguf), which is linked, not copied. Press Enter to add it."


class ModelList(RowList):
    """The models, a line each."""

    HELP = """
    `↑` `↓` choose a model. `Enter` uses an installed model and downloads one that is not.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Use or get", id="models.go")]


class ModelsScreen(NoticeScreen):
    """The models that can grade on this machine; getting one does not hold up studying."""

    CSS_PATH = "models.tcss"
    AUTO_FOCUS = "#models"
    HELP: ClassVar[str | None] = """
    `Enter` uses a model for grading, and downloads it first if necessary. `a` adds a file that you
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

    def __init__(self, tutor: Tutor, models: ModelController, *, adding: bool = False) -> None:
        """If `adding`, the screen begins by asking for a file."""
        super().__init__()
        self._tutor = tutor
        self._models = models
        self._adding = adding
        self._table: ModelTable | None = None
        self._is_fetching = self._is_setting_up = False
        self._machine = Static(LOOKING, id="machine", markup=False)
        self._fetching = Static(id="fetching", markup=False)
        self._setup = Static(id="setup", markup=False)
        self._list = ModelList(id="models", is_alone=True)
        self._detail = Prose(id="detail", markup=False)
        self._file = TextField(placeholder="/path/to/model.gguf", id="file")
        self._file_hint = Static(FILE_HINT, id="file-hint", markup=False)

    def compose(self) -> ComposeResult:
        """The machine, the list of models, and the details of the chosen one."""
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
        self._ask_for_file(self._adding)
        self.watch(self.app, "fetching", self._show_fetching)
        self.watch(self.app, "setup_state", self._show_setup)
        self._load()

    @on(ModelTaken)
    def _load(self) -> None:
        tutor, offer = self._tutor, not self._is_setting_up
        background(
            self, lambda: model_table(tutor.shelf(), offer_judge=offer), self._show, self._failed
        )

    def _show(self, table: ModelTable) -> None:
        self._table = table
        self._show_machine()
        chosen = self._list.chosen_id or (table.first.id if table.first is not None else None)
        rows = [Row(heading), *(Row(row.line, row.id) for row in table.rows)]
        self._list.show_rows(rows, chosen, self._list.chosen)

    def _show_machine(self) -> None:
        grader = one_line(self._tutor.grading.model_name or "key terms")
        words = "" if self._table is None else f"{self._table.memory} · grading now: {grader}"
        self._machine.update(Content(words))

    @property
    def chosen(self) -> ModelRow | None:
        """The chosen row."""
        rows = self._table.rows if self._table is not None else ()
        return next((row for row in rows if row.id == self._list.chosen_id), None)

    @on(RowList.Moved)
    def _show_details(self) -> None:
        row = self.chosen
        self._detail.update(Content("\n".join(map(one_line, row.details if row else ()))))
        self.refresh_bindings()

    def _show_fetching(self, fetching: Fetching | None) -> None:
        self._is_fetching = fetching is not None and not fetching.failed
        self._fetching.display = fetching is not None
        if fetching is not None:
            self._fetching.update(Content(fetching.details))
        self.refresh_bindings()

    def _show_setup(self, setup: SetupState | None) -> None:
        self._is_setting_up = setup is not None and not setup.is_over
        words = setup_sentence(setup) if setup is not None else ""
        self._setup.display = bool(words)
        self._setup.update(Content(words))

    # --- what the student does

    @on(RowList.Opened)
    def _opened(self) -> None:
        row = self.chosen
        if row is None:
            return
        if row.on_disk is not None and row.on_disk.problem:
            complain(self, f"{row.name} cannot be used: {row.on_disk.problem}.")
        elif row.on_disk is not None:
            self._models.use(row.on_disk.path)
        elif row.entry is not None:
            self._models.get(row.entry)
        else:
            self._models.get_judge()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done with the chosen model."""
        row = self.chosen
        on_disk = row.on_disk if row is not None else None
        match action:
            case "verify":
                return on_disk is not None
            case "remove":
                return on_disk is not None and on_disk.ours
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
        self._ask_for_file(True)

    def _ask_for_file(self, is_asking: bool) -> None:
        self._file.display = self._file_hint.display = is_asking
        (self._file if is_asking else self._list).focus()
        self.refresh_bindings()

    @on(Input.Submitted)
    def _file_named(self, event: Input.Submitted) -> None:
        event.stop()
        name, paths = event.value.strip().strip("\"'"), self._tutor.paths
        if name:
            background(self, lambda: add_file(Path(name), paths)[0], self._added, self._failed)

    def action_verify(self) -> None:
        row = self.chosen
        if row is None or row.on_disk is None:
            return
        path, checksum = row.on_disk.path, row.checksum
        self._machine.update(Content(f"Reading {one_line(row.name)} …"))
        background(
            self,
            lambda: verify(path, checksum),
            lambda checked: self._verified(checked, row),
            self._failed,
        )

    def action_remove(self) -> None:
        """Delete the chosen file once the student has confirmed it."""
        from tutor.tui.dialogs import confirm

        row = self.chosen
        if row is None or row.on_disk is None:
            return
        path, is_used = row.on_disk.path, row.state == "in use"
        question = f"Delete {one_line(row.name)} ({size(row.bytes)}) from your models folder?"

        def delete() -> None:
            background(self, lambda: self._delete(path, is_used), self._deleted, self._failed)

        confirm(self.app, question, "Delete it", delete)

    def _delete(self, path: Path, is_used: bool) -> Removed:
        """Runs in a thread. A model in use is unloaded first."""
        if is_used:
            self._models.unload()
        return remove_file(path, self._tutor.paths)

    def action_key_terms(self) -> None:
        self._models.use(None)

    def action_stop(self) -> None:
        self._models.stop()

    def action_close_file(self) -> None:
        self._ask_for_file(False)

    def action_leave(self) -> None:
        self.post_message(TodayAsked())

    # --- results

    def _failed(self, error: BaseException) -> None:
        self._show_machine()  # it may say what has failed now
        complain(self, explain(error))

    def _added(self, path: Path) -> None:
        self._ask_for_file(False)
        self._models.use(path)

    def _deleted(self, removed: Removed) -> None:
        say(self, f"Deleted; {size(removed.freed)} freed.")
        self._load()

    def _verified(self, checked: Checked, row: ModelRow) -> None:
        self._load()
        if not row.checksum:
            say(self, f"The checksum is {checked.sha256}; none is published to compare it with.")
        elif checked.right:
            say(self, "The checksum is right.")
        else:
            is_ours = row.on_disk is not None and row.on_disk.ours
            remedy = "Press d to delete it." if is_ours else "Delete it yourself."
            words = "The checksum is wrong: the file is damaged or not this model."
            complain(self, f"{words} {remedy}")
