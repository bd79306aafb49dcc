"""What is measured, by name."""

from bench.rows import limits, mailbox, memory, start, tools, vault, wide  # noqa: F401  # each lists its rows
from bench.rows.plan import FULL, QUICK, ROWS

__all__ = ["FULL", "QUICK", "ROWS"]
