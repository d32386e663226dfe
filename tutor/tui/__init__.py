"""The terminal interface: screens and widgets, and nothing that could be tested without them.

May import everything below it, but never llama.cpp or TinyDB. What it needs of the composition
root is in `ports`. Text that is not ours (decks, answers, models) reaches a screen only through
`labels.plain`, so that it is never read as markup and never as terminal control.
"""

from tutor.tui.app import TutorApp

__all__ = ["TutorApp"]
