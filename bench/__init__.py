"""Benchmarks that print ratios beside their goals; `python -m bench` runs them. Nothing here is a test."""
