"""What the bot does for a patient, one folder for each thing; features don't import each other.

The three that every day needs: nightly_reminder (and /today), morning_checkin, summary. In each folder, as
far as it needs them:

    handlers.py    a command, a pressed button, a typed text -> an action -> a screen; offers the FEATURE
    actions.py     what happens: a session and `now` in, a plain result out
    messages.py    what is said, as plain data (screens, words, keyboards where there is much of it)
    typed.py       what a typed text means here
    delivery.py    what it sends unasked: a Kind

bot/parts.py lists the features, bot/telegram_io/dispatch.py routes to them.
"""
