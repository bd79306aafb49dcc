"""`python -m bench [--quick] [names]`: run the rows, print one table."""

import argparse
import os
import sys
import time
from pathlib import Path

from bench.measure import BenchError
from bench.rows import FULL, QUICK, ROWS
from bench.table import Figure, save, show


def main() -> int:
    """Run the rows and print them; a row that cannot run says why, and makes the exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ratios of medians, each beside its goal.")
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"rows to run, or parts of their names: {', '.join(ROWS)}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under five minutes")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also save the figures here")
    options = parser.parse_args()
    known = {name: {name, *name.split("-")} for name in ROWS}
    if unknown := {*options.names} - set().union(*known.values()):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    chosen = [name for name in ROWS if not options.names or known[name] & {*options.names}]
    begun, before = time.monotonic(), os.getloadavg()[0]
    figures: list[Figure] = []
    failures: list[str] = []
    for name in chosen:
        print(f"{time.monotonic() - begun:5.0f} s  {name}", file=sys.stderr, flush=True)
        try:
            figures += ROWS[name](QUICK if options.quick else FULL)
        except BenchError as error:
            failures.append(f"{name} did not run: {error}")
    print(show(sorted(figures, key=lambda figure: figure.name)))
    print(*failures, sep="\n", end="\n" if failures else "")
    goals = [figure.met for figure in figures if figure.met is not None]
    load = max(before, os.getloadavg()[0])
    print(f"{sum(goals)} of {len(goals)} goals met; the machine's load was up to {load:.1f} on {os.cpu_count()} cores")
    if options.json:
        save(figures, options.json)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
