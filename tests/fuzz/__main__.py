"""`make fuzz INPUTS=10000`: tries each parser, and prints how many inputs each was given."""

from __future__ import annotations

import sys
import time

from tests.fuzz.parsers import PARSERS
from tests.fuzz.run import fuzz


def main() -> None:
    """Fuzz every parser; end with an error at the first that fails."""
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    total = 0
    for name in PARSERS:
        began = time.monotonic()
        tried = fuzz(name, inputs)
        total += tried
        sys.stdout.write(f"{name:<20} {tried:>10,} inputs  {time.monotonic() - began:7.1f} s\n")
        sys.stdout.flush()
    sys.stdout.write(f"{'together':<20} {total:>10,} inputs, no parser failed\n")


if __name__ == "__main__":
    main()
