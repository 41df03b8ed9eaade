"""Gathers the diary of a span and sums it up; reads only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.checkin_calendar import Rhythm
from bot.domain.comparison import interval_of
from bot.domain.free_text.span import parse_span
from bot.domain.span import Span, span_between, span_ending, usual_days
from bot.storage import diary

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.diary import Diary
    from bot.storage.tables import Patient

_NUMBER_OF_DAYS = re.compile(r"\d+|.*\b(day|week|month|year|d|w)s?")


async def overview(session: AsyncSession, patient: Patient, span: Span) -> Diary:
    """Sum up *span* of the patient's diary."""
    rows = await diary.gather(session, patient, span)
    return await rows.read_aside(interval_of)


async def usual_overview(session: AsyncSession, patient: Patient, last: date) -> Diary:
    """Sum up the patient's usual days ending on *last*, and the doses ending the night before."""
    days = usual_days(Rhythm(patient.checkin_rhythm))
    return await overview(session, patient, span_ending(last, days))


def typed_span(words: str, today: date) -> Span | None:
    """Return the span that a patient typed after /summary, or None where it can't be read or lies ahead.

    Args:
        words: "30", "last 30 days", "1 May to 20 May".
        today: The patient's local date.
    """
    typed = parse_span(words, today)
    if typed is None:
        return None
    if _NUMBER_OF_DAYS.fullmatch(words.strip().lower()):
        return span_ending(typed.last, typed.days)
    return span_between(typed.first, typed.last, today)


def has_answers(one: Diary) -> bool:
    """Tell whether the patient said anything in the span: a dose, a check-in, a flare."""
    summary = one.summary
    return bool(
        summary.doses.known
        or summary.effects_answered
        or summary.flares
        or any(measure.n for measure in summary.measures)
    )
