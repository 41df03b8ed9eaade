"""LDN Companion: nightly reminders, morning check-ins and honest summaries in a Telegram chat.

The map, from what a patient meets down to the rules. An arrow of imports points only downwards.

    cli, commands/          the command line; run and sandbox_run start the bot
    app, parts              app.py alone wires the parts together; parts.py lists them
    features/               one folder per thing the bot does: nightly_reminder, morning_checkin, summary, ...
    web/ sandbox/           the webhook and /healthz; a Bot API server and a chat page without Telegram
    delivery/               every message owed is a row: planned, claimed by the tick, sent, recorded
    telegram_io/            updates kept before they are acknowledged; calls at the allowed rate
    storage/ reports/       tables, migrations, one query module per noun; pictures and documents
    domain/                 pure rules: due times, doses, check-ins, safety texts, summaries
    logs metrics config clock message locale   below all

docs/developers has the longer map, and how a reminder travels.
"""
