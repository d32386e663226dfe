"""An offline tutor in the terminal.

The folders, in the order of the data flow: `bank` (questions), `study` (what to ask next), `tui`
and `cli` (the two user interfaces), `grading` (grading answers), `engine` (the local model, in a
child process) and `progress` (the student's history). Importing has no side effects.
"""

__version__ = "0.1.0"
