"""The safety texts that a check-in's side effects bring: at once, and no more often than the rule says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.checkin import Answers
from bot.domain.due import local_date
from bot.domain.regimen import ONE_DAY
from bot.domain.safety import MODERATE_EVERY, SafetyText, Trigger
from bot.domain.safety_alerts import WINDOW, Alert, ReportedDay, side_effect_alerts
from bot.features.morning_checkin.walks import first_dose_on, today_of
from bot.storage import checkins
from bot.storage.tables import SafetyAnswer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.side_effect import SideEffect
    from bot.storage.tables import Checkin, Patient

BASELINE = timedelta(days=90)
"""Check-ins before the first dose count as baseline this far back."""


async def raise_alerts(
    session: AsyncSession, patient: Patient, checkin: Checkin, named: Collection[SideEffect], now: datetime
) -> tuple[SafetyText, ...]:
    """Return the texts that the side effects *named* just now bring, and remember them; crisis first.

    Several alerts of one kind are one text, all of them remembered; a text about side effects that was said
    today isn't said again.
    """
    if not named:
        return ()
    said = await _said_lately(session, patient, now)
    started_on = await first_dose_on(session, patient)
    alerts = [
        alert
        for alert in side_effect_alerts(
            await _days(session, patient, checkin.local_date, started_on),
            checkin.local_date,
            today=today_of(patient, now),
            started_on=started_on,
            last_alerts=said,
        )
        if alert.effect in named
    ]
    session.add_all(SafetyAnswer(patient_id=patient.id, at=now, trigger=_memory(alert)) for alert in alerts)
    return tuple(_texts(alerts, said, today_of(patient, now)))


def _memory(alert: Alert) -> str:
    # A crisis is remembered like the one that a typed word brings: they share the repeat.
    return alert.trigger.value if alert.trigger is Trigger.SUICIDE else alert.key


def _texts(alerts: Collection[Alert], said: Mapping[str, date], today: date) -> list[SafetyText]:
    said_today = {key for key, day in said.items() if day == today}
    triggers = {alert.trigger for alert in alerts}
    texts = []
    if Trigger.SUICIDE in triggers:
        texts.append(SafetyText(Trigger.SUICIDE, said_today=Trigger.SUICIDE.value in said_today))
    if Trigger.SIDE_EFFECT in triggers and not any(":" in key for key in said_today):
        texts.append(SafetyText(Trigger.SIDE_EFFECT, said_today=False))
    return texts


async def _said_lately(session: AsyncSession, patient: Patient, now: datetime) -> Mapping[str, date]:
    query = (
        select(SafetyAnswer)
        .where(SafetyAnswer.patient_id == patient.id, SafetyAnswer.at >= now - MODERATE_EVERY - ONE_DAY)
        .order_by(SafetyAnswer.at)
    )
    zone = ZoneInfo(patient.zone or "UTC")
    return {row.trigger: local_date(row.at, zone) for row in (await session.execute(query)).scalars()}


async def _days(
    session: AsyncSession, patient: Patient, answered: date, started_on: date | None
) -> list[ReportedDay]:
    rows = [*await checkins.between(session, patient.id, answered - WINDOW + ONE_DAY, answered)]
    if started_on is not None:
        rows += await checkins.between(session, patient.id, started_on - BASELINE, started_on)
    reported = {row.local_date: Answers.from_json(row.answers or {}).side_effects for row in rows}
    return [ReportedDay(day, effects) for day, effects in reported.items() if effects is not None]
