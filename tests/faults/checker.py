"""What must hold after any fault, checked as Jepsen checks Chronos: from the rows and from what arrived.

Neither side is believed alone: the API's record says what patients saw, the rows say what the bot believes.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.delivery import CATCH_UP, LAST_CALL, NORMALLY_LATE
from bot.domain.dose import DoseState
from bot.message import read_press
from bot.storage.database import Database
from bot.storage.tables import Delivery, Dose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from bot.sandbox.arrivals import Arrival

DUE_NOW = ("💊 Time for", "🔔 Time for")
SAME_DOSE = ("don't take two", "not twice")
_NOT_ASKED_ABOUT = frozenset({DoseState.HELD, DoseState.CANCELLED})


def violations(
    doses: Sequence[Dose], rows: Sequence[Delivery], arrivals: Iterable[Arrival], until: datetime
) -> list[str]:
    """Return what is wrong, one sentence each; nothing when every promise was kept.

    Args:
        doses: Every dose.
        rows: Every delivery.
        arrivals: Every call at the API.
        until: The present instant: doses whose catch-up isn't over yet may still wait (aware, UTC).
    """
    seen = by_dose(arrivals)
    uncertain = Counter(row.subject for row in rows if row.kind == "reminder" and row.state == "uncertain")
    dates = Counter((dose.patient_id, dose.dose_date) for dose in doses)
    wrong = [f"{count} rows for one dose of {key[1]}" for key, count in dates.items() if count > 1]
    wrong += [
        f"a {row.kind} of {row.due_at} hangs in its sending"
        for row in rows
        if row.state == "sending" and row.due_at + CATCH_UP < until
    ]
    for dose in doses:
        wrong += _of_one(dose, seen.get(dose.id, []), uncertain[str(dose.id)], until)
    return wrong


def by_dose(arrivals: Iterable[Arrival]) -> Mapping[UUID, list[Arrival]]:
    """Return the messages that took effect and ask about a dose, by the dose that their buttons carry."""
    found: defaultdict[UUID, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.method != "sendMessage" or not arrival.took_effect:
            continue
        markup = arrival.params.get("reply_markup") or "{}"
        keyboard = (json.loads(markup) if isinstance(markup, str) else markup).get("inline_keyboard", [])
        presses = (read_press(button.get("callback_data", "")) for row in keyboard for button in row)
        asked = {press.row_id for press in presses if press and press.verb == "dose.taken" and press.row_id}
        for dose_id in asked:
            found[dose_id].append(arrival)
    return found


def _of_one(dose: Dose, seen: Sequence[Arrival], uncertain: int, until: datetime) -> list[str]:
    name, wrong = f"the dose of {dose.dose_date}", []
    if any(not dose.due_at <= arrival.at <= dose.due_at + LAST_CALL for arrival in seen):
        wrong.append(f"{name}: asked before it was due, or over four hours after")
    fresh = [arrival for arrival in seen if str(arrival.params["text"]).startswith(DUE_NOW)]
    if any(arrival.at > dose.due_at + NORMALLY_LATE for arrival in fresh):
        wrong.append(f'{name}: "time for" outside its window')
    if len(fresh) > 1:
        wrong.append(f'{name}: "time for" {len(fresh)} times')
    copies = [arrival for arrival in seen if any(words in arrival.params["text"] for words in SAME_DOSE)]
    if len(copies) > uncertain:
        wrong.append(f"{name}: {len(copies)} copies of {uncertain} uncertain messages")
    on_time = [arrival for arrival in seen if arrival.at <= dose.due_at + CATCH_UP]
    # Of one that was cut the bot can't know; when its copy came too late, the dose counts as unreached.
    if dose.state == DoseState.UNREACHED and any(arrival.outcome == "ok" for arrival in on_time):
        wrong.append(f"{name}: called unreached, but asked on time")
    is_over = dose.due_at + CATCH_UP + timedelta(minutes=1) < until
    answered_early = dose.logged_at is not None and dose.logged_at <= dose.due_at
    may_be_silent = dose.state in _NOT_ASKED_ABOUT | {DoseState.UNREACHED} or answered_early
    if is_over and not on_time and not may_be_silent:
        wrong.append(f"{name}: neither asked on time nor called unreached ({dose.state})")
    return wrong


async def check(url: str, arrivals: Iterable[Arrival], until: datetime) -> list[str]:
    """Read the rows, and return what is wrong."""
    database = Database(url)
    async with database.read() as session:
        doses = (await session.execute(select(Dose))).scalars().all()
        rows = (await session.execute(select(Delivery))).scalars().all()
    await database.close()
    return violations(doses, rows, arrivals, until)
