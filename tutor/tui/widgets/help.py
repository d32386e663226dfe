"""Help for the whole screen, not only for what has the focus."""

from inspect import cleandoc

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import HelpPanel, KeyPanel, Markdown


class ScreenHelp(HelpPanel):
    """What the screen and the focused widget tell of themselves, and their keys.

    Textual's own panel stops at the focused widget's help, so that of the screen was never seen.
    """

    DEFAULT_CSS = """
    ScreenHelp {
        #help-box { height: 2fr; scrollbar-size-vertical: 1; &:focus { background: $boost; } }
        #help-box #widget-help { max-height: 100vh; display: block; }
        #keys-help { height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """The text, which `tab` reaches and arrows scroll, and below it the keys."""
        with VerticalScroll(id="help-box"):
            yield Markdown(id="widget-help")
        yield KeyPanel(id="keys-help")

    def update_help(self, focused_widget: Widget | None) -> None:
        """Show the help for `focused_widget`, then for what it stands in."""
        node = focused_widget or self.screen
        if self not in node.ancestors_with_self:
            for shown in self.query(Markdown):
                shown.update(help_about(node))


def help_about(widget: Widget) -> str:
    """All that is told about a widget and what it stands in, as Markdown."""
    nodes = [node for node in widget.ancestors_with_self if isinstance(node, Widget)]
    return "\n\n".join(cleandoc(node.HELP) for node in nodes if node.HELP)
