"""Decks of one's own: notes from other programs, drafted rubrics, editing and sharing."""

DRAFTED = "This rubric is still a draft."
"""What is said wherever a rubric is shown of which a program drafted points or key terms."""
