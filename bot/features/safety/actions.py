"""What safety words do: the texts to say, the hold on the doses, the history of what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.checkin import Answers, Question
from bot.domain.due import local_date, to_instant
from bot.domain.regimen import ONE_DAY
from bot.domain.safety import ROWS, SafetyText, Trigger
from bot.domain.side_effect import SideEffect
from bot.storage import checkins, dose_rows, patients
from bot.storage.tables import Checkin, Pause, SafetyAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

_AT_THE_CHECKIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say to a text with safety words.

    Attributes:
        texts: The most urgent first.
        hold_id: The hold that the text set or found, if it is about one; else None.
        checkin_id: The open check-in, after a crisis text; else None.
        stripped: Message ids whose Taken button must go.
    """

    texts: tuple[SafetyText, ...]
    hold_id: UUID | None
    checkin_id: UUID | None
    stripped: tuple[int, ...]


async def answer(
    session: AsyncSession, patient: Patient, triggers: Sequence[Trigger], now: datetime
) -> Answer:
    """Remember what is said now, and hold the doses where a text says so."""
    said = await _said_today(session, patient, now)
    session.add_all(SafetyAnswer(patient_id=patient.id, at=now, trigger=found.value) for found in triggers)
    holding = next((found for found in triggers if ROWS[found].holds), None)
    hold = None if holding is None else await _hold(session, patient, holding, now)
    checkin = await _open_checkin(session, patient, now) if Trigger.SUICIDE in triggers else None
    return Answer(
        texts=tuple(SafetyText(found, said_today=found.value in said) for found in triggers),
        hold_id=None if hold is None else hold.id,
        checkin_id=None if checkin is None else checkin.id,
        stripped=() if hold is None else await dose_rows.hold_asked(session, patient.id, now),
    )


async def wants_words(session: AsyncSession, patient: Patient, now: datetime) -> bool:
    """Tell whether a question in front of the patient waits for their own words, which must not be lost."""
    if patient.dialogue is not None:
        until = patient.dialogue.get("own_words_until")
        return until is not None and now <= datetime.fromisoformat(until)
    checkin = await _open_checkin(session, patient, now)
    if checkin is None or not checkin.position:
        return False
    touched = checkin.position.get("touched_at")
    if touched is None or now - datetime.fromisoformat(touched) > _AT_THE_CHECKIN:
        return False
    if checkin.position.get("at") == Question.NOTE:
        return True
    answers = Answers.from_json(checkin.answers or {})
    return (
        checkin.position.get("at") == Question.SIDE_EFFECTS
        and SideEffect.OTHER in (answers.side_effects or {})
        and answers.other_text is None
    )


async def own_hold(session: AsyncSession, patient: Patient, hold_id: UUID | None) -> Pause | None:
    """Return the patient's own hold with this id, open or ended, or None."""
    row = None if hold_id is None else await session.get(Pause, hold_id)
    return row if row is not None and row.patient_id == patient.id and row.is_hold else None


async def end_hold(session: AsyncSession, patient: Patient, now: datetime) -> None:
    """End every open hold: the patient answered for the next dose, not for one reason."""
    holds = [pause for pause in await patients.open_pauses(session, patient.id) if pause.is_hold]
    await patients.end_pauses(session, holds, now)


async def _hold(session: AsyncSession, patient: Patient, trigger: Trigger, now: datetime) -> Pause:
    hold = await patients.open_hold(session, patient.id)
    if hold is None:
        today = local_date(now, _zone(patient))
        hold = Pause(
            patient_id=patient.id,
            first_date=today,
            reason=trigger.value,
            is_hold=True,
            created_at=now,
        )
        session.add(hold)
        await session.flush()
    return hold


async def _said_today(session: AsyncSession, patient: Patient, now: datetime) -> set[str]:
    zone = _zone(patient)
    midnight = to_instant(local_date(now, zone), time(0), zone) or now
    query = select(SafetyAnswer.trigger).where(
        SafetyAnswer.patient_id == patient.id, SafetyAnswer.at >= midnight
    )
    return set((await session.execute(query)).scalars())


async def _open_checkin(session: AsyncSession, patient: Patient, now: datetime) -> Checkin | None:
    """Return the check-in that is in front of the patient: today's where it is open, else yesterday's."""
    today = local_date(now, _zone(patient))
    rows = await checkins.between(session, patient.id, today - ONE_DAY, today)
    return next((row for row in reversed(rows) if row.state == "open" and row.message_id is not None), None)


def _zone(patient: Patient) -> ZoneInfo:
    return ZoneInfo(patient.zone or "UTC")
