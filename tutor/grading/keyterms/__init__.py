"""Key terms: what can be heard of an answer without a model."""
