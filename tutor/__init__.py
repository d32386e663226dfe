"""An offline tutor in the terminal.

The folders, in the way of the data: `bank` (what is asked), `study` (what to ask next), `tui` and
`cli` (the two fronts), `grading` (how an answer is judged), `engine` (the local model, in a child
process) and `progress` (what has happened). Nothing runs at import.
"""

__version__ = "0.1.0"
