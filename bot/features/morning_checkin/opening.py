"""Which check-in is meant: a date's is opened, or the one that the patient has in hand is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.regimen import ONE_DAY
from bot.features.morning_checkin import walks
from bot.features.morning_checkin.actions import Result
from bot.features.morning_checkin.walks import today_of
from bot.storage import checkins
from bot.storage.tables import Checkin

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

OLDEST = timedelta(days=366)
"""A check-in further back than this is no memory any more."""
NIGHT_ENDS_AT_HOUR = 4
"""Until then "today" may still mean the day before, so its check-in is offered too."""


async def open_on(session: AsyncSession, patient: Patient, on: date, now: datetime) -> Result | None:
    """Open the check-in of a local date, or take it up where it was left.

    Returns:
        None for a date in the future or over a year back.
    """
    today = today_of(patient, now)
    if not today - OLDEST <= on <= today:
        return None
    checkin = await checkins.on_date(session, patient.id, on)
    if checkin is None:
        checkin = Checkin(patient_id=patient.id, local_date=on, state="open", answers={}, opened_at=now)
        session.add(checkin)
        await session.flush()
    view = await walks.load(session, patient, checkin, now)
    if not view.done:
        checkin.opened_at = checkin.opened_at if checkin.state == "open" else now
        walks.save(checkin, view, now)
    else:
        view = replace(view, walk=replace(view.walk, position=None, rating=None))
    return Result(view, checkin.message_id, yesterday=await _yesterday_too(session, patient, on, now))


async def open_today(session: AsyncSession, patient: Patient, now: datetime) -> Result:
    """Open the check-in of the patient's local date."""
    result = await open_on(session, patient, today_of(patient, now), now)
    if result is None:  # pragma: no cover - today is never in the future
        raise AssertionError
    return result


async def in_front(session: AsyncSession, patient: Patient, now: datetime) -> Checkin | None:
    """Return the check-in that a typed answer belongs to: today's where it is open, else yesterday's."""
    today = today_of(patient, now)
    for row in reversed(await checkins.between(session, patient.id, today - ONE_DAY, today)):
        asked = (row.position or {}).get("at") if row.position else row.state == "open"
        if row.state != walks.PLANNED and asked:
            return row
    return None


async def for_sentence(session: AsyncSession, patient: Patient, now: datetime) -> Checkin:
    """Return the check-in that a typed sentence fills: the one in hand, else today's, made if need be."""
    checkin = await in_front(session, patient, now)
    today = today_of(patient, now)
    if checkin is not None:
        touched_at = (await walks.load(session, patient, checkin, now)).touched_at
        in_hand = touched_at is not None and now - touched_at <= walks.IN_HAND
        if in_hand or checkin.local_date == today:
            return checkin
    opened = await open_today(session, patient, now)
    row = await checkins.own(session, opened.view.checkin_id, patient.id)
    if row is None:  # pragma: no cover - it was opened in this very transaction
        raise AssertionError
    return row


async def _yesterday_too(session: AsyncSession, patient: Patient, on: date, now: datetime) -> date | None:
    zone = ZoneInfo(patient.zone or "UTC")
    if now.astimezone(zone).hour >= NIGHT_ENDS_AT_HOUR or on != today_of(patient, now):
        return None
    before = await checkins.on_date(session, patient.id, on - ONE_DAY)
    began = patient.checkin_anchor
    if (before is not None and before.state == walks.DONE) or (began and on - ONE_DAY < began):
        return None
    return on - ONE_DAY
