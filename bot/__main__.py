"""Lets `python -m bot` do what `ldn-companion` does."""

from __future__ import annotations

from bot.cli import main

if __name__ == "__main__":
    main()
