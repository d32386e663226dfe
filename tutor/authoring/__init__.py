"""Decks of one's own: notes from other programs, drafted rubrics, editing and sharing."""

DRAFTED = "This rubric was drafted from the answer."
"""What is said wherever a drafted rubric is shown."""
