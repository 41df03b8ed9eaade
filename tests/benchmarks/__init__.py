"""Measurements, side by side in one run: the bot, and JobQueue as people write it. `make bench` runs them."""
