"""What happens to events: recorded, changed, stopped, deleted; every change keeps what stood there before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.event import Aspect, EventKind
from bot.domain.free_text.event_words import EventWords, parse_event, subject_of
from bot.storage import changes, events
from bot.storage.tables import Event

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

NOUN = "event"
PAGE = 6
_MANY = 500


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a note.

    Attributes:
        event: Its row.
        was_there: One of this kind and date was there before, so nothing was added.
        kind_known: The kind was tapped, or the words name it.
        choices: Two dates between which the patient has to choose, or none.
    """

    event: Event
    was_there: bool = False
    kind_known: bool = True
    choices: tuple[date, ...] = ()


async def record_tap(
    session: AsyncSession, patient: Patient, kind: EventKind, on: date, now: datetime
) -> Recorded:
    """Record an event without words; a doubled tap finds the one that is there."""
    for event in await events.on_date(session, patient.id, on):
        if event.kind == kind and event.note is None and event.aspect is None:
            return Recorded(event, was_there=True)
    return Recorded(await _add(session, patient, EventWords(None, on), kind, now))


async def record_words(
    session: AsyncSession,
    patient: Patient,
    text: str,
    *,
    kind: EventKind | None,
    today: date,
    on: date,
    now: datetime,
) -> Recorded:
    """Record what was typed.

    Args:
        session: The open transaction.
        patient: Whose event it is.
        text: What was typed, not empty.
        kind: The kind that was tapped before, or None: then the words may name it, else it is "other".
        today: The patient's local date.
        on: The date that counts where the words name none.
        now: Aware UTC instant.
    """
    said = parse_event(text, today)
    if not said.has_day:
        said = replace(said, first=on)
    found = kind or said.kind
    if said.aspect is Aspect.STOPPED and said.note:
        started = await _started(session, patient, said.note, said.first)
        if started is not None:
            change(session, started, now, last_date=said.first)
            return Recorded(started)
    event = await _add(session, patient, said, found or EventKind.OTHER, now)
    return Recorded(event, kind_known=found is not None, choices=said.choices)


def change(session: AsyncSession, event: Event, now: datetime, **values: Any) -> None:  # noqa: ANN401 - columns
    """Change columns of an event; what they said before is kept."""
    if all(getattr(event, name) == value for name, value in values.items()):
        return
    changes.keep_before(session, event, patient_id=event.patient_id, noun=NOUN, action="change", now=now)
    for name, value in values.items():
        setattr(event, name, value)


def move(session: AsyncSession, event: Event, day: date, now: datetime) -> None:
    """Move an event to *day*; its last day moves only where it would lie before it."""
    last = event.last_date
    change(session, event, now, local_date=day, last_date=None if last is not None and last < day else last)


async def _add(
    session: AsyncSession, patient: Patient, said: EventWords, kind: EventKind, now: datetime
) -> Event:
    event = Event(
        patient_id=patient.id,
        local_date=said.first,
        last_date=said.last,
        kind=kind.value,
        # Kept for any kind: the patient may still say that it is a medicine.
        aspect=None if said.aspect is None else said.aspect.value,
        note=said.note,
        created_at=now,
    )
    session.add(event)
    await session.flush()
    changes.keep_created(
        session, event, patient_id=patient.id, noun=NOUN, now=now, before={"withdrawn_at": now}
    )
    return event


async def _started(session: AsyncSession, patient: Patient, note: str, stopped_on: date) -> Event | None:
    """Return the treatment that these words stop, if exactly one that still goes on has the same name."""
    subject = subject_of(note)
    going_on = [
        event
        for event in await events.newest(session, patient.id, limit=_MANY)
        if event.aspect == Aspect.STARTED and event.last_date is None and event.local_date <= stopped_on
    ]
    same = [event for event in going_on if subject and event.note and subject_of(event.note) == subject]
    return same[0] if len(same) == 1 else None
