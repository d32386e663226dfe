"""Benchmarks that measure ratios within one run. `python -m bench.NAME` prints a table."""
