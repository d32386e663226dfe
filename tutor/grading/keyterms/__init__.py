"""Finds a rubric's key terms and words in an answer."""
