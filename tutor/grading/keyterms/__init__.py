"""Grades by key terms, without a model."""
