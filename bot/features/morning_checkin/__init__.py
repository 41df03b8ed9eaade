"""The morning check-in: a few taps a day about pain, sleep and side effects, in one message."""
