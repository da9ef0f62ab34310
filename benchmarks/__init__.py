"""
Benchmarks: what the library costs, and what it saves, beside the plain alternatives.

    python -m benchmarks

Each benchmark compares in one run, in turn, and reports ratios of medians. None of them needs a network.
"""
