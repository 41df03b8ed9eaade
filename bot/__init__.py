"""LDN Companion: nightly reminders, morning check-ins and honest summaries in a Telegram chat.

The map, from what starts it down to the rules. An import points only downwards, from row to row.

    cli commands/           the command line; imports what a command needs when it runs
    doctor checks restoring moving    what only the operator's commands do
    run sandbox_run         the bot; the same without Telegram, lived in by sandbox_story, _persona, _history
    app parts               app.py alone wires the parts together; parts.py lists them
    jobs backups health watch operator_chat stats    what runs by itself; is it well, and who is told
    features/               one folder per thing the bot does: nightly_reminder, morning_checkin, summary, ...
    web/ sandbox/           the webhook and /healthz; a Bot API server and a chat page without Telegram
    delivery/               every message owed is a row: planned, claimed by the tick, sent, recorded
    telegram_io/            updates kept before they are acknowledged; calls at the allowed rate
    storage/ reports/       tables, migrations, one query module per noun; pictures and documents
    domain/                 pure rules: due times, doses, check-ins, safety texts, summaries
    logs metrics operator_log config* clock message locale/    below all

docs/developers has the longer map, and how a reminder travels.
"""
