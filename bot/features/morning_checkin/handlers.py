"""Commands, buttons and typed texts of the check-in: each reads, acts and shows; the rules are elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.checkin import DoseAnswer, Question
from bot.features.morning_checkin import actions, messages, opening, presses
from bot.features.morning_checkin.dose_answer import DoseSaid
from bot.features.morning_checkin.show import show
from bot.features.morning_checkin.texts import on_text
from bot.locale import _
from bot.storage import checkins
from bot.telegram_io.feature import Feature

if TYPE_CHECKING:
    from bot.features.morning_checkin.actions import Result
    from bot.message import Press
    from bot.storage.tables import Checkin
    from bot.telegram_io.turn import Turn

OnOwn = Callable[["Turn", "Press", "Checkin"], Awaitable["Result"]]


async def on_checkin(turn: Turn) -> None:
    """Open today's check-in, or show what it holds (`/checkin`)."""
    show(turn, await opening.open_today(turn.session, turn.patient, turn.now), anew=True)


async def on_open(turn: Turn, _press: Press) -> None:
    """Open today's check-in from a button elsewhere."""
    await on_checkin(turn)


async def on_day(turn: Turn, press: Press) -> None:
    """Open the check-in of the date on the button: yesterday's, or one in the history."""
    on = press.date_at()
    if on is None:
        await _is_old(turn)
        return
    result = await opening.open_on(turn.session, turn.patient, on, turn.now)
    if result is None:
        turn.toast(_("There is no check-in for that day."), alert=True)
        return
    show(turn, result)


def _on_own(act: OnOwn) -> Callable[[Turn, Press], Awaitable[None]]:
    """Find the button's own row; one that is gone or never was this patient's is answered politely."""

    async def on_press(turn: Turn, press: Press) -> None:
        checkin = await checkins.own(turn.session, press.row_id, turn.patient.id)
        if checkin is None:
            await _is_old(turn)
            return
        try:
            result = await act(turn, press, checkin)
        except ValueError:
            await _is_old(turn)
            return
        show(turn, result)

    return on_press


async def _is_old(turn: Turn) -> None:
    """Say that the button has no row any more, and offer today's check-in instead."""
    turn.toast(_("That button is from an older message. Here is today:"))
    await on_checkin(turn)


async def _act(turn: Turn, press: Press, checkin: Checkin) -> Result:
    return await actions.take(turn.session, turn.patient, checkin, presses.read_action(press), turn.now)


async def _dose(turn: Turn, press: Press, checkin: Checkin) -> Result:
    dose_date, answer, *amount = press.args
    said = DoseSaid(date.fromisoformat(dose_date), DoseAnswer(answer), Decimal(amount[0]) if amount else None)
    return await actions.answer_dose(turn.session, turn.patient, checkin, said, turn.now)


async def _same(turn: Turn, _press: Press, checkin: Checkin) -> Result:
    return await actions.same_as_yesterday(turn.session, turn.patient, checkin, turn.now)


async def _back(turn: Turn, press: Press, checkin: Checkin) -> Result:
    (screen,) = press.args
    return await actions.go_back(turn.session, turn.patient, checkin, screen, turn.now)


async def _goto(turn: Turn, press: Press, checkin: Checkin) -> Result:
    (question,) = press.args
    return await actions.go_to(turn.session, turn.patient, checkin, Question(question), turn.now)


async def _show(turn: Turn, _press: Press, checkin: Checkin) -> Result:
    return await actions.go_to(turn.session, turn.patient, checkin, None, turn.now)


async def _better(turn: Turn, _press: Press, checkin: Checkin) -> Result:
    return await actions.not_a_flare(turn.session, turn.patient, checkin, turn.now)


async def on_change(turn: Turn, press: Press) -> None:
    """List what the finished check-in holds; each line can be answered anew."""
    checkin = await checkins.own(turn.session, press.row_id, turn.patient.id)
    if checkin is None:
        await _is_old(turn)
        return
    result = await actions.go_to(turn.session, turn.patient, checkin, None, turn.now)
    message = messages.change_list(result.view, discreet=turn.patient.discreet)
    turn.show(message, on=checkin.message_id, keep_for=("checkin", checkin.id))


FEATURE = Feature(
    name="morning_checkin",
    commands={"checkin": on_checkin},
    presses={
        **{verb: _on_own(_act) for verb in presses.VERBS},
        "checkin.dose": _on_own(_dose),
        "checkin.same": _on_own(_same),
        "checkin.back": _on_own(_back),
        "checkin.goto": _on_own(_goto),
        "checkin.show": _on_own(_show),
        "checkin.better": _on_own(_better),
        "checkin.change": on_change,
        "checkin.open": on_open,
        "checkin.day": on_day,
    },
    on_text=on_text,
)
