"""The terminal interface: screens and widgets.

It may import every package below it, but never llama.cpp or TinyDB. `ports` lists what it needs
from the composition root. Text from decks, answers and models reaches a screen only through
`labels.clean` or a function that calls it, and never as markup, so it can neither format a screen
nor control the terminal.
"""

from tutor.tui.app import TutorApp

__all__ = ["TutorApp"]
