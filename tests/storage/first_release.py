"""A database as the first release (revision 0001) left it: one patient in the middle of a treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.storage.migrate import migrate

if TYPE_CHECKING:
    from bot.storage.database import Database

FIRST = "0001"
TELEGRAM_ID = 6_000_000_001

_P = "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
_D = "'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'"
_NOON, _DUE, _END = "'2026-03-03 12:00:00'", "'2026-03-03 22:00:00'", "'2026-03-03 23:30:00'"
# Written as both databases read it; instants in UTC.
_ROWS = {
    "patients": {
        "id": _P,
        "telegram_id": str(TELEGRAM_ID),
        "created_at": _NOON,
        "state": "'active'",
        "language": "'en'",
        "zone": "'Europe/London'",
        "checkin_time": "'09:00:00'",
        "checkin_rhythm": "'daily'",
        "optional_questions": "'[\"fatigue\"]'",
        "summary_weekday": "6",
        "summary_time": "'18:00:00'",
        "discreet": "FALSE",
        "second_re_alert": "FALSE",
        "cue": "'§ after brushing teeth'",
        "dialogue": '\'{"feature": "none", "words": ["é"]}\'',
    },
    "regimens": {
        "patient_id": _P,
        "local_time": "'22:00:00'",
        "day_offset": "0",
        "rhythm": "'daily'",
        "weekdays": "'[]'",
        "anchor": "'2026-03-01'",
        "days_off": "'[]'",
    },
    "dose_steps": {"id": _D, "patient_id": _P, "starts_on": "'2026-03-01'", "dose_mg": "'4.5'"},
    "doses": {
        "id": _D,
        "patient_id": _P,
        "dose_date": "'2026-03-03'",
        "due_at": _DUE,
        "state": "'planned'",
        "planned_mg": "'4.5'",
    },
    "checkins": {
        "id": _D,
        "patient_id": _P,
        "local_date": "'2026-03-02'",
        "state": "'done'",
        "timing": "'same_day'",
        "answers": '\'{"pain": 6, "sleep": 3}\'',
        "flare": "TRUE",
        "opened_at": _NOON,
        "answered_at": _NOON,
    },
    "deliveries": {
        "id": _D,
        "patient_id": _P,
        "kind": "'reminder'",
        "subject": "'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb'",
        "ordinal": "0",
        "state": "'pending'",
        "due_at": _DUE,
        "run_at": _DUE,
        "expires_at": _END,
        "attempts": "0",
        "fence": "0",
    },
    "changes": {
        "id": _D,
        "patient_id": _P,
        "at": _NOON,
        "noun": "'dose'",
        "row_id": _D,
        "action": "'logged'",
        "before": '\'{"state": "asked"}\'',
    },
    "pauses": {
        "id": _D,
        "patient_id": _P,
        "first_date": "'2026-02-01'",
        "last_date": "'2026-02-02'",
        "reason": "'travel'",
        "is_hold": "FALSE",
        "created_at": _NOON,
        "ended_at": _NOON,
    },
    "safety_answers": {"id": _D, "patient_id": _P, "at": _NOON, "trigger": "'opioids'"},
    "inbox": {
        "bot_id": "7",
        "update_id": "1",
        "chat_key": str(TELEGRAM_ID),
        "received_at": _NOON,
        "attempts": "0",
        "done_at": _NOON,
        "outcome": "'done'",
    },
    "heartbeats": {"name": "'listening'", "at": _NOON, "detail": "'{}'"},
}


async def make(database: Database) -> None:
    """Bring an empty database to the first release, with a row in each of its tables."""
    await migrate(database, FIRST)
    async with database.write() as session:
        if not database.is_sqlite:
            await session.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        for table, row in _ROWS.items():
            # The colons of a text are no parameters.
            values = ", ".join(row.values()).replace(":", "\\:")
            await session.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"))  # noqa: S608


TABLES = tuple(_ROWS)
