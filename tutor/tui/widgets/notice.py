"""The line that says what went wrong or what was done; it scrolls if it is long."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tutor.tui.labels import clean, plain

MORE = "▼ more: Tab, then ↓"


class Notice(Vertical):
    """A text below the top bar; takes no space while it is empty."""

    DEFAULT_CSS = """
    Notice {
        display: none;
        height: auto;
        padding: 0 2;
        color: $text-error;
        background: $error-muted;
        VerticalScroll { height: auto; max-height: 5; scrollbar-size-vertical: 1; }
        VerticalScroll:focus { text-style: bold; }
        Static { height: auto; }
        .more { display: none; text-align: right; }
        &.-shown { display: block; }
        &.-mild { color: $text-warning; background: $warning-muted; }
        &.-news { color: $foreground; background: $panel; }
    }
    """

    def __init__(self, text: str = "", *, id: str | None = None, mild: bool = False) -> None:
        super().__init__(id=id)
        self.set_class(mild, "-mild")
        self.set_class(bool(text), "-shown")
        self.text = clean(text)
        self._words = Static(plain(text), markup=False)
        self._more = Static(MORE, classes="more", markup=False)
        self._box = VerticalScroll(self._words, can_focus=False)

    def compose(self) -> ComposeResult:
        """The text, and below it a hint if part of it is out of view."""
        yield self._box
        yield self._more

    def on_mount(self) -> None:
        """Check whether the whole text is in view, now and whenever it scrolls."""
        self.watch(self._box, "scroll_y", self._update_scrolling)
        self.watch(self._box, "virtual_size", self._update_scrolling)

    def on_resize(self) -> None:
        """Check it again for the new size."""
        self.call_after_refresh(self._update_scrolling)

    def clear(self) -> None:
        """Hide the notice."""
        if self.text:
            self.show("")

    def show(self, text: str, *, is_news: bool = False) -> None:
        """Show what went wrong or, as news, what was done; an empty text hides the notice."""
        self.text = clean(text)
        self.set_class(is_news, "-news")
        self.set_class(bool(text), "-shown")
        self._words.update(plain(text))
        self._box.scroll_home(animate=False)

    def _update_scrolling(self) -> None:
        """Let a long text take the focus to scroll, and show the hint if there is more below."""
        self._box.can_focus = self._box.max_scroll_y > 0
        self._more.display = self._box.scroll_y < self._box.max_scroll_y
