"""/pause and /resume: why, until when, and the way back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.domain.free_text.dates import AmbiguousDate
from bot.domain.free_text.dose_plan import parse_last_date
from bot.domain.pause import PauseReason, never_ends_by_itself
from bot.features.regimen import flow, pause_screens, pauses
from bot.features.regimen.flow import plan_of, show, show_plan
from bot.locale import _
from bot.storage import patients
from bot.telegram_io import questions
from bot.telegram_io.typed_answers import Choices, Problem, echo, read_date

if TYPE_CHECKING:
    from bot.features.regimen.plan import Plan
    from bot.message import Press
    from bot.telegram_io.turn import Turn

FURTHEST = timedelta(days=366)


async def pause(turn: Turn) -> None:
    """Ask why, or show the pause that is in force."""
    plan = await plan_of(turn)
    if plan is not None:
        show(turn, pause_screens.overview(plan, await pauses.ahead(plan)))


async def on_open(turn: Turn, _press: Press) -> None:
    """The same from a button."""
    plan = await plan_of(turn)
    if plan is not None:
        show(turn, pause_screens.overview(plan, await pauses.ahead(plan)))


async def resume(turn: Turn) -> None:
    """End the pauses; after an opioid or surgery only when somebody said that the next dose is safe."""
    plan = await plan_of(turn)
    if plan is None:
        return
    if await pauses.needs_clearance(plan):
        show(turn, pause_screens.clearance())
    else:
        await _resume(turn, plan, cleared=False)


async def on_resume(turn: Turn, press: Press) -> None:
    """The same from a button; "sure" is the answer to the question."""
    plan = await plan_of(turn)
    if plan is None:
        return
    sure = press.args[:1] == ("sure",)
    if not sure and await pauses.needs_clearance(plan):
        show(turn, pause_screens.clearance())
    else:
        await _resume(turn, plan, cleared=sure)


async def on_reason(turn: Turn, press: Press) -> None:
    """Show the safety text of the reason, and ask from when and until when."""
    plan = await plan_of(turn)
    reason = _reason(press)
    if plan is not None and reason is not None:
        await ask_how_long(turn, plan, reason, press.date_at(1))
    elif plan is not None:
        show(turn, pause_screens.reasons(discreet=turn.patient.discreet))


async def ask_how_long(turn: Turn, plan: Plan, reason: PauseReason, first: date | None) -> None:
    """Ask for the last day; for an opioid or surgery there is none, and the first day is asked instead."""
    begins = first or await pauses.first_date(plan)
    message = pause_screens.how_long(plan, reason, begins, is_chosen=first is not None)
    awaiting = flow.PAUSE_FIRST if never_ends_by_itself(reason) else flow.PAUSE_LAST
    show(turn, message, awaiting=awaiting, about=f"{reason}:{begins.isoformat()}")


async def on_later(turn: Turn, press: Press) -> None:
    """Ask for the first day."""
    plan = await plan_of(turn)
    reason = _reason(press)
    if plan is not None and reason is not None:
        show(turn, pause_screens.ask_first(), awaiting=flow.PAUSE_FIRST, about=f"{reason}:")
    elif plan is not None:
        show(turn, pause_screens.reasons(discreet=turn.patient.discreet))


async def on_start(turn: Turn, press: Press) -> None:
    """Start the pause that the button names: reason, first day, days or "open"."""
    plan = await plan_of(turn)
    reason, first = _reason(press), press.date_at(1)
    if plan is None:
        return
    if reason is None or first is None:
        show(turn, pause_screens.reasons(discreet=turn.patient.discreet))
        return
    length = press.args[2] if len(press.args) > 2 else ""  # noqa: PLR2004 - the third argument
    last = first + timedelta(days=int(length) - 1) if length.isdecimal() and int(length) else None
    await _start(turn, plan, reason, first, last)


async def on_checkins(turn: Turn, press: Press) -> None:
    """Let check-ins pause too, or go on."""
    plan = await plan_of(turn)
    row = None if plan is None else await pauses.own(plan, press.row_id)
    if plan is None or row is None or row.ended_at is not None:
        await on_open(turn, press)
        return
    await pauses.share_with_checkins(plan, row, on=press.args[:1] == ("off",))
    await turn.plan()
    await on_open(turn, press)


async def on_as_before(turn: Turn, press: Press) -> None:
    """Go on with the steps where they were when the pause began."""
    plan = await plan_of(turn)
    row = None if plan is None else await pauses.own(plan, press.row_id)
    steps = None if plan is None or row is None else await pauses.go_on_as_before(plan, row)
    if plan is None:
        return
    await turn.plan()
    changed = await plan_of(turn)
    notice = _("That isn't possible any more; nothing was changed.") if steps is None else _("Saved.")
    if changed is not None:
        show_plan(turn, changed, notice=notice)


async def take_first(turn: Turn, plan: Plan, about: str) -> None:
    """Take the typed first day of a pause."""
    reason = PauseReason(about.partition(":")[0])
    found = read_date(turn.text, plan.today)
    earliest = await pauses.first_date(plan)
    if isinstance(found, Problem):
        text = found.text
    elif isinstance(found, Choices):
        text = _("That date can be read in two ways. Please name the month: <i>4 March</i>.")
    elif earliest <= found <= plan.first + FURTHEST:
        await ask_how_long(turn, plan, reason, found)
        return
    else:
        text = _("A pause starts with a dose to come, up to a year ahead. Please type its first day.")
    message = questions.with_notice(pause_screens.ask_first(), text)
    show(turn, message, awaiting=flow.PAUSE_FIRST, about=about)


async def take_last(turn: Turn, plan: Plan, about: str) -> None:
    """Take the typed last day of a pause: "for a week", "until 20 March"."""
    name, _colon, day = about.partition(":")
    reason, first = PauseReason(name), date.fromisoformat(day)
    last = parse_last_date(turn.text, plan.today, first)
    if last is None or isinstance(last, AmbiguousDate) or last > first + FURTHEST:
        text = _("I couldn't read {typed} as a last day. Please type it like until 20 March, or 10 days.")
        message = questions.with_notice(
            pause_screens.how_long(plan, reason, first, is_chosen=True), text.format(typed=echo(turn.text))
        )
        show(turn, message, awaiting=flow.PAUSE_LAST, about=about)
        return
    await _start(turn, plan, reason, first, last)


async def _start(turn: Turn, plan: Plan, reason: PauseReason, first: date, last: date | None) -> None:
    if first < await pauses.first_date(plan):
        show(
            turn,
            questions.with_notice(
                pause_screens.reasons(discreet=turn.patient.discreet),
                _("That day is over; please choose again."),
            ),
        )
        return
    started = await pauses.start(plan, reason, first, last)
    for message_id in started.stripped:
        turn.strip(message_id)
    await turn.plan()
    after = await plan_of(turn)
    if after is not None:
        show(turn, pause_screens.started(after, started.row, await flow.next_reminder(turn)))


async def _resume(turn: Turn, plan: Plan, *, cleared: bool) -> None:
    ended = await pauses.resume(plan, cleared=cleared)
    await turn.plan()
    hold = await patients.open_hold(turn.session, turn.patient.id)
    after = await plan_of(turn)
    if after is None:
        return
    waiting = [row for row in ended if not row.is_hold and pauses.steps_passed(after, row)]
    coming = await flow.next_reminder(turn)
    message = pause_screens.resumed(
        after,
        was_paused=bool(ended),
        hold_id=None if hold is None else hold.id,
        coming=coming,
        as_before=waiting[0].id if waiting and await pauses.steps_as_before(after, waiting[0]) else None,
    )
    show(turn, message)


def _reason(press: Press) -> PauseReason | None:
    name = press.args[0] if press.args else ""
    return PauseReason(name) if name in set(PauseReason) else None
