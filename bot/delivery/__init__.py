"""Every message the bot owes a patient is a row: planned, claimed, sent, recorded.

planner zone_rules       everybody has a next one, at the right instant also under a new tzdata
tick clock_guard         what is due is claimed, unless the clock is in doubt
sender claimed answers   what is claimed waits its turn: answers, then doses, then what can wait
rendering drawing        it is put into words, and pictures, just before it goes out
calling verdict          the call to Telegram, and what its answer means
marks                    what became of it is recorded, with what follows from that
kinds replies notices    what a feature tells about its kind of message; two kinds that several share
"""
