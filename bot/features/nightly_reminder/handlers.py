"""Buttons under a dose, /today, and what is typed about doses. Each button acts on its own row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.delivery import SNOOZES
from bot.domain.dose import DoseState, NotTakenReason
from bot.domain.dose_log import LogOutcome
from bot.domain.free_text.dose_amount import DoseAmount, parse_dose
from bot.features.nightly_reminder import actions, correction, facts, messages, messages_logged, today
from bot.features.nightly_reminder.saying import OPEN, open_dose, show, show_said, show_state, show_today
from bot.features.nightly_reminder.typed import on_text
from bot.locale import _
from bot.storage import extra_doses
from bot.telegram_io.feature import Feature

if TYPE_CHECKING:
    from decimal import Decimal

    from bot.message import Press
    from bot.storage.tables import Dose
    from bot.telegram_io.turn import Turn


async def taken(turn: Turn, press: Press) -> None:
    """Log the button's dose as taken; on the day of a dose step the button names the amount."""
    row = await open_dose(turn, press)
    if row is not None:
        said = await actions.take(
            turn.session, turn.patient, row, turn.now, taken_mg=_mg(press), taken_at=_instant(press, 1)
        )
        await show_said(turn, row, said)


async def not_tonight(turn: Turn, press: Press) -> None:
    """Log the button's dose as not taken, at once, and ask for a reason that may be skipped."""
    row = await open_dose(turn, press)
    if row is None:
        return
    if row.state == DoseState.TAKEN:
        turn.toast(
            messages_logged.already_logged(await facts.view(turn.session, turn.patient, row)), alert=True
        )
        await show_state(turn, row)
        return
    said = await actions.decline(turn.session, turn.patient, row, turn.now)
    if said.outcome is LogOutcome.REFUSED:
        await show_said(turn, row, said)
    else:
        show(turn, row, messages_logged.reasons(said.dose))
        await turn.plan()


async def reason(turn: Turn, press: Press) -> None:
    """Add why the dose wasn't taken. Under an old message about a dose taken since, nothing changes."""
    row = await open_dose(turn, press)
    if row is None:
        return
    known = {item.value: item for item in NotTakenReason}
    chosen = known.get(press.args[0]) if press.args else None
    if row.state != DoseState.NOT_TAKEN or chosen is None:
        await show_state(turn, row)
        return
    await show_said(turn, row, await actions.decline(turn.session, turn.patient, row, turn.now, chosen))


async def undo(turn: Turn, press: Press) -> None:
    """Take back the last thing said about the dose."""
    row = await open_dose(turn, press)
    if row is None:
        return
    said = await actions.undo(turn.session, turn.patient, row, turn.now)
    if said.outcome is LogOutcome.RECORDED:
        turn.toast(_("Undone."))
        await turn.plan()
    else:
        turn.toast(messages_logged.refused(said.dose, said.refusal) if said.refusal else "", alert=True)
    await show_state(turn, row)


async def snooze(turn: Turn, press: Press) -> None:
    """Ask how long to wait."""
    row = await open_dose(turn, press)
    if row is None:
        return
    if not _is_ringing(turn, row):
        await show_state(turn, row)
        return
    show(turn, row, messages.snooze_choices(await facts.view(turn.session, turn.patient, row)))


async def snooze_for(turn: Turn, press: Press) -> None:
    """Remind again after so many minutes, in place of the next re-alert."""
    row = await open_dose(turn, press)
    if row is None:
        return
    minutes = press.args[0] if press.args else ""
    length = next((item for item in SNOOZES if minutes == str(item // timedelta(minutes=1))), None)
    if not _is_ringing(turn, row) or length is None:
        await show_state(turn, row)
        return
    at = await actions.snooze(turn.session, turn.patient, row, length, turn.now)
    view = await facts.view(turn.session, turn.patient, row)
    show(turn, row, messages.snooze_too_late(view) if at is None else messages.snoozed(view, at))


async def back(turn: Turn, press: Press) -> None:
    """Show the dose as it stands."""
    row = await open_dose(turn, press)
    if row is not None:
        await show_state(turn, row)


async def correct(turn: Turn, press: Press) -> None:
    """Show what can be corrected."""
    row = await open_dose(turn, press)
    if row is None:
        return
    view = await facts.view(turn.session, turn.patient, row)
    if view.logged_at is None:
        await show_state(turn, row)
        return
    show(turn, row, correction.menu(view, turn.now, taken=view.state is DoseState.TAKEN))


async def to_taken(turn: Turn, press: Press) -> None:
    """Turn another answer into taken, at a time that isn't known yet."""
    row = await open_dose(turn, press)
    if row is not None:
        await show_said(turn, row, await actions.correct(turn.session, turn.patient, row, turn.now))


async def to_not_taken(turn: Turn, press: Press) -> None:
    """Turn "taken" into "not taken", and ask for a reason that may be skipped."""
    row = await open_dose(turn, press)
    if row is None:
        return
    said = await actions.decline(turn.session, turn.patient, row, turn.now)
    if said.outcome is LogOutcome.REFUSED:
        await show_said(turn, row, said)
    else:
        show(turn, row, messages_logged.reasons(said.dose))


async def ask_time(turn: Turn, press: Press) -> None:
    """Ask when it was taken; the next typed text is the answer."""
    row = await open_dose(turn, press)
    if row is None:
        return
    correction.await_text(turn.patient, correction.TIME, row.id, turn.now)
    view = await facts.view(turn.session, turn.patient, row)
    show(turn, row, correction.ask_time(view, turn.now))


async def time_is(turn: Turn, press: Press) -> None:
    """Set the time of taking to the instant that the button names."""
    row = await open_dose(turn, press)
    if row is None:
        return
    said = await actions.correct(turn.session, turn.patient, row, turn.now, taken_at=_instant(press, 0))
    await show_said(turn, row, said)


async def ask_amount(turn: Turn, press: Press) -> None:
    """Ask how much was taken; the next typed text is the answer."""
    row = await open_dose(turn, press)
    if row is None:
        return
    correction.await_text(turn.patient, correction.AMOUNT, row.id, turn.now)
    show(turn, row, correction.ask_amount(await facts.view(turn.session, turn.patient, row)))


async def amount_is(turn: Turn, press: Press) -> None:
    """Set the amount taken to the one that the button names."""
    row = await open_dose(turn, press)
    if row is not None:
        said = await actions.correct(turn.session, turn.patient, row, turn.now, taken_mg=_mg(press))
        await show_said(turn, row, said)


async def today_command(turn: Turn) -> None:
    """Answer /today."""
    correction.stop_awaiting(turn.patient)
    await show_today(turn, edit=False)


async def today_open(turn: Turn, _press: Press) -> None:
    """Show today's screen in place of the pressed message."""
    correction.stop_awaiting(turn.patient)
    await show_today(turn, edit=True)


async def not_sure(turn: Turn, press: Press) -> None:
    """Help someone who doesn't know whether they took it."""
    row = await open_dose(turn, press)
    if row is None:
        return
    view = await facts.view(turn.session, turn.patient, row)
    if view.logged_at is not None or view.state is DoseState.HELD:
        await show_state(turn, row)
        return
    show(turn, row, today.not_sure(view))


async def unsure(turn: Turn, press: Press) -> None:
    """Log that the patient can't tell."""
    row = await open_dose(turn, press)
    if row is not None and row.logged_at is not None:
        await show_state(turn, row)
    elif row is not None:
        await show_said(turn, row, await actions.unsure(turn.session, turn.patient, row, turn.now))


async def extra(turn: Turn, _press: Press) -> None:
    """Record an extra dose and say what to do now."""
    turn.reply(today.extra_dose(await actions.record_extra_dose(turn.session, turn.patient, turn.now)))


async def extra_undo(turn: Turn, press: Press) -> None:
    """Take back an extra dose that was tapped by mistake."""
    await extra_doses.withdraw(turn.session, turn.patient.id, press.row_id, turn.now)
    turn.edit(today.extra_dose_withdrawn())


def _is_ringing(turn: Turn, row: Dose) -> bool:
    """Tell whether there is something to snooze: the dose is due and nobody has answered for it."""
    return row.state in OPEN and row.due_at <= turn.now


def _mg(press: Press) -> Decimal | None:
    """Return the amount that the button names, or None: then the planned one counts."""
    amount = parse_dose(press.args[0]) if press.args else None
    return amount.mg if isinstance(amount, DoseAmount) else None


def _instant(press: Press, index: int) -> datetime | None:
    """Return the instant that the button names, or None; a client may send one that no calendar has."""
    said = press.args[index] if len(press.args) > index else ""
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError):
        return None


FEATURE = Feature(
    name="nightly_reminder",
    commands={"today": today_command},
    presses={
        "dose.taken": taken,
        "dose.not_tonight": not_tonight,
        "dose.reason": reason,
        "dose.skip_reason": back,
        "dose.undo": undo,
        "dose.snooze": snooze,
        "dose.snooze_for": snooze_for,
        "dose.back": back,
        "dose.correct": correct,
        "dose.to_taken": to_taken,
        "dose.to_not_taken": to_not_taken,
        "dose.time": ask_time,
        "dose.time_is": time_is,
        "dose.amount": ask_amount,
        "dose.amount_is": amount_is,
        "today.open": today_open,
        "today.not_sure": not_sure,
        "today.unsure": unsure,
        "today.extra": extra,
        "today.extra_undo": extra_undo,
    },
    on_text=on_text,
)
