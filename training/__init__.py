"""How the adapter is trained that makes a small model a judge of this bank.

`python -m training run`. Imports tutor and bench; only tests and bench import it. `net` and what
uses it need torch; choosing, packing and writing do not.
"""
