"""A line that says what went wrong, and stays until it is mended."""

from textual.widgets import Static

from tutor.tui.labels import clean, plain


class Notice(Static):
    """Takes no room while it has nothing to say."""

    DEFAULT_CSS = """
    Notice {
        display: none;
        height: auto;
        max-height: 6;
        padding: 0 1;
        color: $text-error;
        background: $error-muted;
        &.-told { display: block; }
        &.-mild { color: $text-warning; background: $warning-muted; }
    }
    """

    def __init__(self, text: str = "", *, id: str | None = None, mild: bool = False) -> None:
        super().__init__(plain(text), id=id, markup=False)
        self.set_class(mild, "-mild")
        self.set_class(bool(text), "-told")
        self.text = clean(text)

    def tell(self, text: str) -> None:
        """Show `text`; an empty one hides the line."""
        self.text = clean(text)
        self.set_class(bool(text), "-told")
        self.update(plain(text))
