"""Benchmarks: each compares two ways to do the same within one run; ``python -m benchmarks`` prints the ratios."""
