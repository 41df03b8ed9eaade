"""What the history shows, read from the rows; and what can be withdrawn there."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.checkin import Answers
from bot.domain.dose import DoseState
from bot.domain.due import local_date, to_instant
from bot.domain.regimen import ONE_DAY
from bot.storage import changes, checkins, dose_rows, doses, events, extra_doses, undo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.dose_view import DoseView
    from bot.storage.tables import Change, Checkin, Event, Patient, SafetyAnswer

WITHDRAWN = "withdrawn"
"""The state of a check-in whose answers the patient took back; opening it asks anew."""
FARTHEST_BACK = timedelta(days=366)
"""So far back the calendar goes also without any row."""
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """One day of the calendar.

    Attributes:
        dose: The state of its dose, or None.
        checked_in: Its check-in has an answer.
        notes: How many events touch it.
    """

    dose: DoseState | None = None
    checked_in: bool = False
    notes: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the calendar.

    Attributes:
        first: Its first date.
        days: What is known of each date that has something.
        today: The patient's local date.
        has_earlier: There is a month before it to look at.
        has_later: There is one after it.
    """

    first: date
    days: Mapping[date, DayFacts]
    today: date
    has_earlier: bool
    has_later: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day with all that is known of it.

    Attributes:
        on: The local date.
        today: The patient's local date.
        now: Aware UTC instant.
        zone: The patient's zone.
        dose: Its dose, or None.
        checkin: Its check-in's row if it has an answer, or None.
        answers: What the check-in holds.
        events: What touches the day.
        extras: Extra doses taken on it.
        changed: Ids of its rows that were changed after they were filled in.
    """

    on: date
    today: date
    now: datetime
    zone: ZoneInfo
    dose: DoseView | None
    checkin: Checkin | None
    answers: Answers
    events: Sequence[Event] = ()
    extras: Sequence[SafetyAnswer] = ()
    changed: frozenset[UUID] = field(default_factory=frozenset)


async def read_month(session: AsyncSession, patient: Patient, first: date, now: datetime) -> Month:
    """Return the month that begins on *first*."""
    today = local_date(now, _zone(patient))
    last = first.replace(day=monthrange(first.year, first.month)[1])
    days: dict[date, DayFacts] = {}
    asked = {
        row.local_date for row in await checkins.between(session, patient.id, first, last) if _is_filled(row)
    }
    states = {row.dose_date: row for row in await doses.between(session, patient.id, first, last)}
    notes = await events.between(session, patient.id, first, last)
    for number in range((last - first).days + 1):
        day = first + number * ONE_DAY
        dose = states.get(day)
        days[day] = DayFacts(
            dose=None if dose is None else DoseState(dose.state),
            checked_in=day in asked,
            notes=sum(day in {event.local_date, event.last_date} or _spans(event, day) for event in notes),
        )
    oldest = min(today - FARTHEST_BACK, await _oldest(session, patient) or today)
    return Month(first, days, today, has_earlier=first > oldest, has_later=last < today)


async def read_day(session: AsyncSession, patient: Patient, on: date, now: datetime) -> Day:
    """Return all that is known of one day."""
    zone = _zone(patient)
    dose = await doses.on_date(session, patient.id, on)
    checkin = await checkins.on_date(session, patient.id, on)
    filled = checkin if checkin is not None and _is_filled(checkin) else None
    # A treatment belongs to the days on which it began and ended, not to every day that it goes on.
    touching = [
        event
        for event in await events.on_date(session, patient.id, on)
        if on in {event.local_date, event.last_date} or _spans(event, on)
    ]
    start, end = (to_instant(day, time(0), zone) or now for day in (on, on + ONE_DAY))
    ids = [row.id for row in (dose, filled, *touching) if row is not None]
    return Day(
        on=on,
        today=local_date(now, zone),
        now=now,
        zone=zone,
        dose=None if dose is None else dose_rows.view(patient, dose),
        checkin=filled,
        answers=Answers.from_json(filled.answers or {}) if filled is not None else Answers(),
        events=touching,
        extras=await extra_doses.between(session, patient.id, start, end),
        changed=frozenset(
            change.row_id for change in await undo.history_of(session, patient.id, ids) if replaces(change)
        ),
    )


async def earlier_versions(session: AsyncSession, patient: Patient, day: Day) -> Sequence[Change]:
    """Return what the day's rows said before each change that replaced something, the newest first."""
    rows = (*day.events, *((day.checkin,) if day.checkin else ()))
    ids = [row.id for row in rows] + ([day.dose.id] if day.dose else [])
    return [change for change in await undo.history_of(session, patient.id, ids) if replaces(change)]


def replaces(change: Change) -> bool:
    """Tell whether something that the patient had said stood there before."""
    if change.action in {changes.CREATED, dose_rows.REASON_ONLY} or not change.before:
        return False
    return change.noun != dose_rows.NOUN or change.before.get("logged_at") is not None


def withdraw_checkin(session: AsyncSession, checkin: Checkin, now: datetime) -> None:
    """Take a check-in's answers back; they are kept for "undo" and among the earlier versions."""
    changes.keep_before(
        session, checkin, patient_id=checkin.patient_id, noun="checkin", action="withdraw", now=now
    )
    checkin.state, checkin.position, checkin.answers = WITHDRAWN, None, {}
    checkin.flare, checkin.timing, checkin.answered_at = False, None, None


async def record_extra_dose(session: AsyncSession, patient: Patient, on: date, now: datetime) -> SafetyAnswer:
    """Write down an extra dose of an earlier day: at that day's dose time, else at noon."""
    dose = await doses.on_date(session, patient.id, on)
    zone = _zone(patient)
    at = to_instant(on, _NOON, zone) or now
    if dose is not None and local_date(dose.due_at, zone) == on:
        at = dose.due_at
    return await extra_doses.record(session, patient.id, min(at, now), now)


def _is_filled(checkin: Checkin) -> bool:
    return checkin.answered_at is not None


def _spans(event: Event, day: date) -> bool:
    return event.last_date is not None and event.aspect is None and event.local_date < day <= event.last_date


async def _oldest(session: AsyncSession, patient: Patient) -> date | None:
    found = [await doses.first_date(session, patient.id), await checkins.first_date(session, patient.id)]
    return min((day for day in found if day is not None), default=None)


def _zone(patient: Patient) -> ZoneInfo:
    return ZoneInfo(patient.zone or "UTC")
