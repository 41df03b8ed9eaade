"""Planning after times have moved: no two doses come under 12 hours apart, and none is left out unsaid.

For every feature that moves times or zones: call `plan_apart(turn)` in place of `turn.plan()`, and say what
comes of it (`spacing_words`, with the button of `swap_row`). What moves by itself is a `Move`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from bot.domain.dose import DoseState
from bot.domain.due import next_dose
from bot.domain.pause import TIME_CHANGE
from bot.domain.spacing import LONG_GAP, DueDose, too_close
from bot.locale import _
from bot.locale.dates import clock_text, short_date, weekday_name
from bot.message import Button, press_data
from bot.storage import doses, patients
from bot.storage.tables import Pause

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.message import Row
    from bot.storage.tables import Patient

_HOUR = timedelta(hours=1)
_NO_PAUSE = timedelta(hours=60)
"""A longer gap isn't made by moved times but by a pause, which the patient knows of."""
_GONE = frozenset({DoseState.CANCELLED, DoseState.HELD, DoseState.NOT_TAKEN})


class Moving(Protocol):
    """Times that move: a turn, or a `Move` by itself."""

    @property
    def session(self) -> AsyncSession:
        """Return the open transaction."""

    @property
    def patient(self) -> Patient:
        """Return whose times move."""

    @property
    def now(self) -> datetime:
        """Return the instant (aware, UTC)."""

    @property
    def zone(self) -> ZoneInfo:
        """Return the patient's zone as it is now."""

    async def plan(self) -> None:
        """Plan the patient's next deliveries anew."""


@dataclass(frozen=True, slots=True)
class Move:
    """Times that move by themselves.

    Attributes:
        session: The open transaction.
        patient: Whose times move.
        now: Aware UTC instant.
        plan_all: Plans the patient's next delivery of every kind.
    """

    session: AsyncSession
    patient: Patient
    now: datetime
    plan_all: Callable[[AsyncSession, Patient, datetime], Awaitable[None]]

    @property
    def zone(self) -> ZoneInfo:
        """Return the patient's zone as it is now."""
        return ZoneInfo(self.patient.zone or "UTC")

    async def plan(self) -> None:
        """Plan the patient's next deliveries anew."""
        await self.session.flush()
        await self.plan_all(self.session, self.patient, self.now)


@dataclass(frozen=True, slots=True)
class Spacing:
    """What came of planning after the times have moved.

    Attributes:
        zone: The patient's zone.
        before: The dose before the next one, or None.
        next_at: When the next dose after *before* is due (aware, UTC), or None.
        left_out: The dose that was left out, because it would have come too soon after *before*; else None.
        pause_id: The row that leaves it out; None without one.
        is_daily: The plan gives a dose every day, so that a long gap is worth a word.
    """

    zone: ZoneInfo
    before: DueDose | None
    next_at: datetime | None
    left_out: DueDose | None = None
    pause_id: UUID | None = None
    is_daily: bool = True


async def plan_apart(turn: Moving) -> Spacing:
    """Plan anew; where two doses would come under 12 hours apart, the later one is left out."""
    for pause in await patients.open_pauses(turn.session, turn.patient.id):
        if pause.reason == TIME_CHANGE:
            # Not by `end_pauses`: "undo" must not leave out a dose again.
            pause.ended_at = turn.now
    await turn.plan()
    pair = too_close(await _line(turn))
    if pair is None:
        return await _as_it_stands(turn)
    before, left_out = pair
    pause = await _leave_out(turn, left_out)
    following = [dose.at for dose in await _line(turn) if dose.at > before.at]
    return Spacing(turn.zone, before, min(following, default=None), left_out, pause.id)


async def leave_out_instead(turn: Moving, pause_id: UUID | None) -> Spacing | None:
    """Leave out the dose before the one that *pause_id* leaves out; None where it is too late for that."""
    pause = None if pause_id is None else await turn.session.get(Pause, pause_id)
    if pause is None or pause.patient_id != turn.patient.id or pause.ended_at is not None:
        return None
    open_doses = [dose for dose in await _line(turn) if dose.is_open and dose.dose_date < pause.first_date]
    if pause.reason != TIME_CHANGE or not open_doses:
        return None
    pause.ended_at = turn.now
    other = await _leave_out(turn, open_doses[-1])
    now_stands = await _as_it_stands(turn)
    return replace(now_stands, left_out=open_doses[-1], pause_id=other.id)


async def _leave_out(turn: Moving, dose: DueDose) -> Pause:
    pause = Pause(
        patient_id=turn.patient.id,
        first_date=dose.dose_date,
        last_date=dose.dose_date,
        reason=TIME_CHANGE,
        created_at=turn.now,
    )
    turn.session.add(pause)
    await turn.plan()
    return pause


async def _as_it_stands(turn: Moving) -> Spacing:
    line = await _line(turn)
    coming = [dose for dose in line if dose.is_open]
    gone = [dose for dose in line if not dose.is_open and not dose.is_unreached]
    regimen = await patients.regimen_of(turn.session, turn.patient.id)
    return Spacing(
        turn.zone,
        gone[-1] if gone else None,
        coming[0].at if coming else None,
        is_daily=regimen is not None and regimen.rhythm == "daily",
    )


async def _line(turn: Moving) -> Sequence[DueDose]:
    """Return the doses of the last 36 hours, those planned, and the one after them, in order."""
    rows = await doses.due_between(
        turn.session, turn.patient.id, turn.now - LONG_GAP - LONG_GAP, turn.now + LONG_GAP + LONG_GAP
    )
    line = [
        DueDose(
            row.dose_date,
            row.taken_at or row.due_at,
            is_open=row.state == DoseState.PLANNED and row.due_at > turn.now,
            is_unreached=row.state == DoseState.UNREACHED
            or (row.state == DoseState.PLANNED and row.due_at <= turn.now),
        )
        for row in rows
        if row.state not in _GONE
    ]
    regimen = await patients.regimen_of(turn.session, turn.patient.id)
    if regimen is not None:
        known = {dose.dose_date for dose in line}
        coming = next_dose(regimen, turn.zone, max([turn.now, *(row.due_at for row in rows)]))
        if coming is not None and coming[0] not in known:
            line.append(DueDose(*coming, is_open=True))
    return sorted(line, key=lambda dose: dose.at)


def spacing_words(spacing: Spacing) -> str | None:
    """Return what must be said about the gaps, as HTML without a word for the medicine; None: nothing."""
    left_out, before, next_at = spacing.left_out, spacing.before, spacing.next_at
    if before is None:
        return None
    if left_out is None:
        if next_at is None or not spacing.is_daily or not LONG_GAP < next_at - before.at <= _NO_PAUSE:
            return None
        return _("That's {hours} hours after the last one.").format(hours=(next_at - before.at) // _HOUR)
    lines = []
    if left_out.at > before.at:
        text = _("{left_out} would come only {hours} hours after {before}, so it's left out.")
        lines.append(
            text.format(
                left_out=_when(left_out.at, spacing.zone),
                hours=(left_out.at - before.at) // _HOUR,
                before=_when(before.at, spacing.zone),
            )
        )
    if next_at is not None:
        text = _("After {before} comes {next}, {hours} hours later.")
        lines.append(
            text.format(
                before=_when(before.at, spacing.zone),
                next=_when(next_at, spacing.zone),
                hours=(next_at - before.at) // _HOUR,
            )
        )
    return " ".join(lines)


def swap_row(spacing: Spacing) -> tuple[Row, ...]:
    """Return the button that leaves out the dose before instead, while that is still to come."""
    if spacing.pause_id is None or spacing.before is None or not spacing.before.is_open:
        return ()
    words = _("Rather leave out {day}").format(day=_when(spacing.before.at, spacing.zone))
    return ((Button(words, press_data("settings.swap", spacing.pause_id)),),)


def _when(at: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone).date()
    return _("{weekday} {date}, {clock}").format(
        weekday=weekday_name(there), date=short_date(there), clock=clock_text(at, zone)
    )
