"""Trains the adapter that turns a small model into the judge for this bank.

`python -m training run`. Imports tutor and bench; only tests and bench import it. `net` and modules
that use it need torch; choosing, packing and writing do not.
"""
