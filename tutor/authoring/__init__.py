"""Decks of one's own: notes from other programs, drafted rubrics, editing and sharing."""
