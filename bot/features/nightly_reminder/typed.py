"""Typed words about doses: "taken", "took it at 10", "forgot", and the answers to "when?" and "how much?"."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.domain import safety
from bot.domain.dose import DoseState, NotTakenReason
from bot.domain.free_text.dose_amount import DoseAmount, DoseRefusal, parse_dose
from bot.domain.free_text.dose_words import (
    AskedWhetherTaken,
    DidNotTake,
    DoseWords,
    NotSure,
    SaidWhen,
    TookDose,
    TookExtra,
    parse_dose_words,
    parse_took_number,
)
from bot.domain.free_text.time_of_day import parse_time
from bot.domain.regimen import FIRST_HOUR_OF_MORNING, ONE_DAY
from bot.features.nightly_reminder import actions, correction, facts, messages, messages_logged, today
from bot.features.nightly_reminder.saying import show, show_said, show_today
from bot.features.nightly_reminder.words import is_evening
from bot.locale import _
from bot.storage import doses
from bot.telegram_io.questions import with_notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.dose_view import DoseView
    from bot.storage.tables import Dose
    from bot.telegram_io.turn import Turn

WITHIN = timedelta(hours=12)


async def on_text(turn: Turn) -> bool:
    """Take a text that answers our own question, or that plainly says something about a dose.

    Features that wait for typed words were asked before (parts.py): what they leave may be about a dose.
    """
    ours = correction.awaited(turn.patient, turn.now)
    if ours is not None:
        return await _answer(turn, ours)
    evening = await _has_evening_dose(turn)
    said = parse_dose_words(turn.text, evening=evening) or await _took_number(turn, evening=evening)
    return said is not None and await _hear(turn, said)


async def _took_number(turn: Turn, *, evening: bool) -> TookDose | None:
    """Read "took 3" as 3 mg where that can't mean three capsules.

    On the day of a dose step it is one of the two amounts that were just named; else a broken number ("took
    4.5") that is the plan's.
    """
    said = parse_took_number(turn.text, evening=evening)
    if said is None or said.amount is None:
        return None
    for row in await _fitting(turn, said.when):
        view = await facts.view(turn.session, turn.patient, row)
        is_step = view.before_mg is not None and said.amount.mg in {view.planned_mg, view.before_mg}
        if is_step or (said.amount.mg == view.planned_mg and said.amount.mg % 1):
            return said
    return None


async def _answer(turn: Turn, ours: dict[str, Any]) -> bool:
    """Take the text as the time or the amount that was asked for; ask again if it is neither."""
    row = await doses.own(turn.session, UUID(ours["dose"]), turn.patient.id)
    if row is None:
        correction.stop_awaiting(turn.patient)
        return False
    if ours["awaiting"] == correction.TIME:
        await _answer_time(turn, row)
    else:
        await _answer_amount(turn, row)
    return True


async def _answer_time(turn: Turn, row: Dose) -> None:
    view = await facts.view(turn.session, turn.patient, row)
    local_time = parse_time(turn.text, evening=is_evening(view))
    taken_at = None if local_time is None else correction.instant_of(view, local_time, turn.now)
    if taken_at is None:
        problem = (
            _("I couldn't read that as a time.")
            if local_time is None
            else _("That time is still to come, so nothing was recorded.")
        )
        show(turn, row, correction.ask_time(view, turn.now, problem))
        return
    correction.stop_awaiting(turn.patient)
    said = await actions.correct(turn.session, turn.patient, row, turn.now, taken_at=taken_at)
    await show_said(turn, row, said)


async def _answer_amount(turn: Turn, row: Dose) -> None:
    amount = parse_dose(turn.text)
    if not isinstance(amount, DoseAmount):
        too_much = amount is DoseRefusal.TEN_OR_MORE
        problem = _(safety.FROM_10_MG) if too_much else _("I couldn't read that as an amount in mg.")
        view = await facts.view(turn.session, turn.patient, row)
        show(turn, row, correction.ask_amount(view, problem))
        return
    correction.stop_awaiting(turn.patient)
    said = await actions.correct(turn.session, turn.patient, row, turn.now, taken_mg=amount.mg)
    await show_said(turn, row, said)


async def _hear(turn: Turn, said: DoseWords) -> bool:
    """Act on plain words about a dose; False where no dose is there to say something about."""
    if isinstance(said, TookExtra):
        turn.reply(today.extra_dose(await actions.record_extra_dose(turn.session, turn.patient, turn.now)))
        return True
    if isinstance(said, AskedWhetherTaken):
        await show_today(turn, edit=False)
        return True
    if isinstance(said, NotSure):
        return await _help_unsure(turn)
    fitting = await _fitting(turn, said.when)
    if len(fitting) == 1:
        await _log(turn, fitting[0], said)
    elif fitting:
        await _ask_which(turn, fitting, said)
    else:
        await show_today(turn, edit=False)
    return True


async def _log(turn: Turn, row: Dose, said: TookDose | DidNotTake) -> None:
    if isinstance(said, DidNotTake) and row.state == DoseState.TAKEN:
        # "I forgot yesterday" may be about another day, and who believes it not taken may take it again.
        logged = messages_logged.logged(await facts.view(turn.session, turn.patient, row), turn.now)
        notice = _("This is logged, and I changed nothing. If it's wrong, tap Correct.")
        show(turn, row, with_notice(logged, notice))
        return
    if isinstance(said, DidNotTake):
        reason = NotTakenReason.FORGOT if said.forgot else None
        await show_said(turn, row, await actions.decline(turn.session, turn.patient, row, turn.now, reason))
        return
    view = await facts.view(turn.session, turn.patient, row)
    taken_at = _instant_said(view, said, turn.now)
    taken_mg = said.amount.mg if said.amount else None
    names_something = taken_at is not None or taken_mg is not None
    # "Took it at 10" about a dose that is logged already corrects it; a bare "taken" changes nothing.
    log = actions.correct if row.state == DoseState.TAKEN and names_something else actions.take
    result = await log(turn.session, turn.patient, row, turn.now, taken_at=taken_at, taken_mg=taken_mg)
    await show_said(turn, row, result)


def _instant_said(view: DoseView, said: TookDose, now: datetime) -> datetime | None:
    if said.ago is not None:
        return now - said.ago
    return None if said.at is None else correction.instant_of(view, said.at, now)


async def _ask_which(turn: Turn, rows: Sequence[Dose], said: TookDose | DidNotTake) -> None:
    choices = []
    for row in rows:
        view = await facts.view(turn.session, turn.patient, row)
        at = _instant_said(view, said, turn.now) if isinstance(said, TookDose) else None
        mg = said.amount.mg if isinstance(said, TookDose) and said.amount else None
        choices.append(messages.Choice(view, taken=isinstance(said, TookDose), taken_mg=mg, taken_at=at))
    turn.reply(messages.which_dose(choices, turn.now))


async def _fitting(turn: Turn, when: SaidWhen | None) -> Sequence[Dose]:
    """Return the doses that the words may be about: the day they name, else due within 12 hours."""
    near = await doses.due_between(
        turn.session, turn.patient.id, turn.now - 3 * WITHIN, turn.now + 3 * WITHIN
    )
    near = [row for row in near if row.state != DoseState.CANCELLED]
    day = _day_said(when, turn)
    if day is not None:
        return [row for row in near if row.dose_date == day]
    fitting = [row for row in near if abs(row.due_at - turn.now) <= WITHIN]
    last = next((row for row in reversed(near) if row.due_at <= turn.now), None)
    # The next dose alone is in reach, but the last one is still open: the words may be about either.
    if last is not None and last not in fitting and last.logged_at is None:
        return [last, *fitting]
    return fitting


def _day_said(when: SaidWhen | None, turn: Turn) -> date | None:
    """Return the dose date that the words name; None where they name none, or unclearly after midnight."""
    local = turn.now.astimezone(turn.zone)
    small_hours = local.hour < FIRST_HOUR_OF_MORNING
    today_date = turn.today
    if when is None or (small_hours and when is not SaidWhen.TONIGHT):
        return None
    if when in {SaidWhen.LAST_NIGHT, SaidWhen.YESTERDAY} or small_hours:
        return today_date - ONE_DAY
    return today_date


async def _help_unsure(turn: Turn) -> bool:
    """Help with the last dose if it is open, else show what is logged; False without any dose."""
    row = await doses.last_due(turn.session, turn.patient.id, turn.now)
    if row is None:
        return False
    if row.logged_at is not None or row.state in {DoseState.CANCELLED, DoseState.HELD}:
        await show_today(turn, edit=False)
        return True
    show(turn, row, today.not_sure(await facts.view(turn.session, turn.patient, row)))
    return True


async def _has_evening_dose(turn: Turn) -> bool:
    row = await doses.next_due(turn.session, turn.patient.id, turn.now)
    return row is None or is_evening(await facts.view(turn.session, turn.patient, row))
