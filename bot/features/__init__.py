"""One folder per thing the bot does for a patient; features don't import each other.

Each feature's handlers.py offers a `FEATURE`; bot/parts.py lists them, and
bot/telegram_io/dispatch.py routes.
"""
