"""The edge to Telegram: updates come in, messages go out at the allowed rate; and what handlers speak with.

polling leader heartbeat        updates are asked for, by one replica at a time
raw_update flood ingest         and kept before they are acknowledged
handling dispatch admission     then handled one by one, by the feature that each is for
outgoing transport request      a message as plain data, as a call, and on its way
rate shared_rate servers_clock  when it may leave
reach contact aside             how Telegram takes our calls; calls that no row remembers
feature turn incoming_file      what a feature offers, and what it is given with an update
dialogue screen questions typed_answers spacing    what several features ask, show and say alike
"""

import os

# python-telegram-bot's durations become timedeltas; without this it warns at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "1")
