"""A student's own decks: importing notes, drafting rubrics, editing and sharing."""

DRAFTED = "This rubric is still a draft."
"""Shown with every rubric that has points or key terms drafted by a program."""
