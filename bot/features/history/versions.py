"""What a row said before a change, in words: for "before the changes" and for the question of /undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from bot.domain.checkin import Answers
from bot.domain.checkin_echo import answer_lines
from bot.domain.dose_view import state_words
from bot.domain.event import Aspect, EventKind
from bot.domain.event_words import event_line, event_what
from bot.domain.supply import EntryKind
from bot.locale import N_, _
from bot.locale.dates import clock_text, day_text, short_date, weekday_name
from bot.message import Button, Message, press_data
from bot.storage import dose_rows, events
from bot.storage.tables import Checkin, Dose, Event, SafetyAnswer, SupplyEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from bot.domain.event import EventFact
    from bot.features.history.actions import Day
    from bot.storage.tables import Base, Change, Patient
    from bot.storage.undo import LastAction

_WHAT: Mapping[str, str] = {
    "plan": N_("a change of your plan"),
    "regimen": N_("a change of your plan"),
    "pause": N_("a change of your pauses"),
    "supply": N_("the end of a count"),
}
# A message holds 4,096 characters.
_MOST, _LONGEST = 12, 250
_DISCREET_EXTRA = N_("“done twice”")
_EXTRA = N_("an extra dose")


def earlier(day: Day, kept: Sequence[Change], patient: Patient, rows: Mapping[UUID, Base | None]) -> Message:
    """Return what stood there before each change, the newest change first.

    Args:
        day: The day that it is about.
        kept: The changes.
        patient: Whose they are.
        rows: Each change's row, by its id.
    """
    title = _("<b>{weekday} {date}</b>: before the changes").format(
        weekday=weekday_name(day.on), date=short_date(day.on, year=True)
    )
    lines = [title]
    for change in kept[:_MOST]:
        at = _("{date}, {time}").format(
            date=short_date(change.at.astimezone(day.zone).date()), time=clock_text(change.at, day.zone)
        )
        before = _before(change, rows.get(change.row_id), patient, day.today)
        lines.append(_("Changed {at}. Before: {words}").format(at=at, words=before))
    back = Button(_("‹ Back"), press_data("history.day", None, day.on.isoformat()))
    return Message("\n".join(lines), ((back,),))


def _before(change: Change, row: object, patient: Patient, today: date) -> str:
    discreet = patient.discreet
    if isinstance(row, Dose):
        said = dose_rows.said_before(row, change)
        view = replace(
            dose_rows.view(patient, row),
            state=said.state,
            taken_mg=said.taken_mg,
            taken_at=said.taken_at,
            logged_at=said.logged_at,
            reason=said.reason,
        )
        return state_words(view)
    if isinstance(row, Checkin):
        answers = Answers.from_json(change.before.get("answers") or {})
        words = answer_lines(answers, discreet=discreet)
        words += [_("too unwell for questions")] if answers.flare else []
        return escape(" · ".join(words)[:_LONGEST])
    if isinstance(row, Event):
        return escape(event_line(_event_before(row, change), today, discreet=discreet))
    return ""


def _event_before(row: Event, change: Change) -> EventFact:
    before, view = change.before, events.view_of(row)
    last = before.get("last_date")
    kind = before.get("kind")
    aspect = before.get("aspect")
    return replace(
        view,
        first=date.fromisoformat(before["local_date"]),
        last=None if last is None else date.fromisoformat(last),
        kind=EventKind(kind) if kind in set(EventKind) else view.kind,
        aspect=Aspect(aspect) if aspect in set(Aspect) else None,
        note=before.get("note"),
    )


def ask_undo(last: LastAction, patient: Patient, minutes: int) -> Message:
    """Return the question whether the last action is to be undone; it names the action first."""
    what = describe(last, patient)
    ago = _("just now") if minutes < 1 else _("{minutes} min ago").format(minutes=minutes)
    text = _("Undo your last change? <b>{what}</b> ({ago})").format(what=what, ago=ago)
    act = last.first.act
    buttons = (
        Button(_("Yes, undo it"), press_data("undo.now", act), style="primary"),
        Button(_("No, leave it"), press_data("today.open")),
    )
    return Message(text, (buttons,))


def describe(last: LastAction, patient: Patient) -> str:
    """Return the last action in a few words, as HTML."""
    row = last.rows[last.changes.index(last.first)]
    discreet = patient.discreet
    if isinstance(row, Dose):
        name = _("{day}'s routine") if discreet else _("{day}'s dose")
        dose = dose_rows.view(patient, row)
        return f"{name.format(day=weekday_name(row.dose_date))}: {state_words(dose)}"
    if isinstance(row, Checkin):
        return _("the check-in of {day}").format(day=day_text(row.local_date))
    if isinstance(row, Event):
        what = escape(event_what(events.view_of(row), discreet=discreet))
        return _("{note}, deleted").format(note=what) if row.withdrawn_at else what
    if isinstance(row, SafetyAnswer) or last.first.noun == "safety_answer":
        return _(_DISCREET_EXTRA if discreet else _EXTRA)
    if isinstance(row, SupplyEntry):
        text = _("refill of {n}") if row.kind == EntryKind.GOT else _("count of {n}")
        return text.format(n=f"{row.amount.normalize():f}")
    return _(_WHAT.get(last.first.noun, N_("a change of your settings")))


def undone(what: str) -> Message:
    """Return the answer once the last action was undone."""
    return Message(_("Undone: {what}").format(what=what), (_ways(),))


def nothing_to_undo() -> Message:
    """Return the answer where nothing can be undone any more."""
    text = _(
        "Nothing to undo: it works for ten minutes after your last change. "
        "Older days can be changed in the history."
    )
    return Message(text, (_ways(),))


def _ways() -> tuple[Button, ...]:
    return (
        Button(_("Today"), press_data("today.open")),
        Button(_("History"), press_data("history.month")),
        Button(_("‹ More"), press_data("more.open")),
    )
