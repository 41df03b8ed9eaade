"""/history and /undo: each reads, acts and shows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain import safety
from bot.domain.free_text.dates import parse_date
from bot.domain.regimen import ONE_DAY
from bot.features.history import actions, messages, versions
from bot.locale import N_, _
from bot.message import Message
from bot.storage import checkins, extra_doses, undo
from bot.telegram_io.feature import Entry, Feature, Section

if TYPE_CHECKING:
    from bot.message import Press
    from bot.telegram_io.turn import Turn

_FIRST_YEAR = 1990


async def on_history(turn: Turn) -> None:
    """Show the present month, or the day or month that stands behind the command."""
    said = turn.text.split(maxsplit=1)[1:]
    day = parse_date(said[0], turn.today) if said else None
    if isinstance(day, date) and day <= turn.today:
        await _show_day(turn, day)
    else:
        await _show_month(turn, turn.today)


async def on_month(turn: Turn, press: Press) -> None:
    """Show the month that the button names, else the present one."""
    try:
        first = date.fromisoformat(f"{press.args[0]}-01")
    except (IndexError, ValueError):
        first = turn.today
    known = first.year >= _FIRST_YEAR and first <= turn.today
    await _show_month(turn, first if known else turn.today)


async def on_day(turn: Turn, press: Press) -> None:
    """Open a day."""
    day = press.date_at()
    if day is None:
        await _show_month(turn, turn.today)
    elif day > turn.today:
        turn.toast(messages.still_to_come())
    else:
        await _show_day(turn, day)


async def on_nothing(turn: Turn, _press: Press) -> None:
    """Leave things as they are: a weekday's name or an empty field was tapped."""
    turn.toast(_("Tap a day's number to see that day."))


async def on_withdraw(turn: Turn, press: Press) -> None:
    """Take back the answers of the button's check-in."""
    checkin = await checkins.own(turn.session, press.row_id, turn.patient.id)
    if checkin is None:
        await _show_month(turn, turn.today)
        return
    if checkin.answered_at is not None:
        actions.withdraw_checkin(turn.session, checkin, turn.now)
    await _show_day(turn, checkin.local_date, notice=_("The check-in is withdrawn. “Undo” brings it back."))


async def on_extra(turn: Turn, press: Press) -> None:
    """Record an extra dose of an earlier day; its text comes too while it may still matter."""
    day, today = press.date_at(), turn.today
    if day is None or day > today:
        await _show_month(turn, today)
        return
    await actions.record_extra_dose(turn.session, turn.patient, day, turn.now)
    if today - day <= ONE_DAY:
        turn.reply(Message(_(safety.EXTRA_DOSE)))
    await _show_day(turn, day, notice=_("Recorded."))


async def on_extra_undo(turn: Turn, press: Press) -> None:
    """Take back an extra dose."""
    await extra_doses.withdraw(turn.session, turn.patient.id, press.row_id, turn.now)
    await _show_day(turn, press.date_at() or turn.today, notice=_("Withdrawn."))


async def on_before(turn: Turn, press: Press) -> None:
    """Show what stood on a day before it was changed."""
    day = await actions.read_day(turn.session, turn.patient, press.date_at() or turn.today, turn.now)
    kept = await actions.earlier_versions(turn.session, turn.patient, day)
    rows = {change.row_id: await undo.row_of(turn.session, change) for change in kept}
    turn.edit(versions.earlier(day, kept, turn.patient, rows))


async def on_undo(turn: Turn) -> None:
    """Name the last action and ask whether to undo it."""
    turn.reply(await _undo_question(turn))


async def on_undo_open(turn: Turn, _press: Press) -> None:
    """Do the same from a button."""
    turn.edit(await _undo_question(turn))


async def on_undo_now(turn: Turn, press: Press) -> None:
    """Undo the action that the button names, if it still is the last one."""
    last = await undo.last_action(turn.session, turn.patient.id, turn.now)
    if last is None or last.first.act != press.row_id:
        turn.toast(_("That can't be undone any more."), alert=True)
        turn.edit(await _undo_question(turn))
        return
    what = versions.describe(last, turn.patient)
    await undo.take_back(turn.session, turn.patient, last, turn.now)
    await turn.plan()
    turn.edit(versions.undone(what))


async def _undo_question(turn: Turn) -> Message:
    last = await undo.last_action(turn.session, turn.patient.id, turn.now)
    if last is None:
        return versions.nothing_to_undo()
    return versions.ask_undo(last, turn.patient, int((turn.now - last.at).total_seconds() // 60))


async def _show_month(turn: Turn, day: date) -> None:
    one = await actions.read_month(turn.session, turn.patient, day.replace(day=1), turn.now)
    turn.edit(messages.month(one, discreet=turn.patient.discreet))


async def _show_day(turn: Turn, day: date, notice: str = "") -> None:
    await turn.session.flush()
    one = await actions.read_day(turn.session, turn.patient, day, turn.now)
    turn.edit(messages.day(one, discreet=turn.patient.discreet, notice=notice))


FEATURE = Feature(
    name="history",
    commands={"history": on_history, "undo": on_undo},
    presses={
        "history.month": on_month,
        "history.day": on_day,
        "history.nothing": on_nothing,
        "history.withdraw": on_withdraw,
        "history.extra": on_extra,
        "history.extra_undo": on_extra_undo,
        "history.before": on_before,
        "undo.open": on_undo_open,
        "undo.now": on_undo_now,
    },
    entries=(
        Entry(N_("📅 History"), "history.month", Section.DIARY, command="history"),
        Entry(N_("↩ Undo last change"), "undo.open", Section.DIARY, command="undo"),
    ),
)
