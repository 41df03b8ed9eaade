"""The edge to Telegram: updates come in, messages go out, at the allowed rate."""

import os

# python-telegram-bot's durations become timedeltas; without this it warns at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "1")
