"""Trains the adapter that turns a small model into the judge for this bank.

Run `python -m training run`. It imports tutor and bench, and is imported only by tests and bench.
Only `net` and the modules that use it need torch.
"""
