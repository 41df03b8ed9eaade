"""Starts the bot as `ldn-companion run` does. Arguments: API, database, token."""

from __future__ import annotations

import sys

import uvloop

from bot.cli import loading

if __name__ == "__main__":
    with loading():
        from tests.benchmarks.ours_bot import run
    uvloop.run(run(*sys.argv[1:]))
