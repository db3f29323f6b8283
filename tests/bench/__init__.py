"""Benchmarks: figures measured in one run, printed, never asserted."""
