"""/note and its buttons: each reads, acts and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.event import ONE_TAP, Aspect, EventKind
from bot.features.events import actions, flow, messages
from bot.features.events.typed import on_text, take_note
from bot.locale import N_, _
from bot.storage import events
from bot.telegram_io.feature import Entry, Feature, Section

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from bot.message import Message, Press
    from bot.storage.tables import Event
    from bot.telegram_io.turn import Turn


async def on_note(turn: Turn) -> None:
    """Record what stands behind the command, or ask."""
    said = turn.text.split(maxsplit=1)[1:]
    if said:
        await take_note(turn, said[0], kind=None, on=None)
    else:
        _show_menu(turn, None)


async def on_menu(turn: Turn, press: Press) -> None:
    """Ask what happened, today or on the day that the button names."""
    _show_menu(turn, press.date_at())


async def on_kind(turn: Turn, press: Press) -> None:
    """Record a flare or a period at once; of other kinds ask for the words."""
    kind, on = _kind_in(press), press.date_at(1)
    if kind is None:
        _show_menu(turn, on)
    elif kind in ONE_TAP:
        await on_bare(turn, press)
    else:
        message = messages.ask_words(kind, on=on, today=turn.today, discreet=turn.patient.discreet)
        flow.show(turn, message, awaiting=flow.NOTE, kind=kind.value, on=on)


async def on_bare(turn: Turn, press: Press) -> None:
    """Record a kind without words."""
    kind, on = _kind_in(press), press.date_at(1) or turn.today
    if kind is None or on > turn.today:
        _show_menu(turn, None)
        return
    recorded = await actions.record_tap(turn.session, turn.patient, kind, on, turn.now)
    notice = _("Noted before; nothing was added.") if recorded.was_there else _("Noted.")
    flow.show(turn, _event(turn, recorded.event, notice=notice))


async def on_list(turn: Turn, press: Press) -> None:
    """Show a page of the list."""
    await _show_list(turn, press)


def _on_own(act: Callable[[Turn, Press, Event], Awaitable[None]]) -> Callable[[Turn, Press], Awaitable[None]]:
    """Find the button's own event; a deleted one is shown as such, a foreign one as the list."""

    async def on_press(turn: Turn, press: Press) -> None:
        event = await events.own(turn.session, press.row_id, turn.patient.id)
        if event is None:
            turn.toast(_("That button is from an older message."))
            await _show_list(turn, None)
        elif event.withdrawn_at is not None and press.verb != "event.restore":
            _show_deleted(turn, event)
        else:
            await act(turn, press, event)

    return on_press


async def _show(turn: Turn, _press: Press, event: Event) -> None:
    flow.show(turn, _event(turn, event))


async def _reveal(turn: Turn, _press: Press, event: Event) -> None:
    flow.show(turn, messages.event(event, turn.today, discreet=True, reveal=True))


async def _day(turn: Turn, press: Press, event: Event) -> None:
    day, today = press.date_at(), turn.today
    if day is None or day > today:
        flow.show(turn, messages.ask_day(event, today), awaiting=flow.DAY, event_id=event.id)
        return
    actions.move(turn.session, event, day, turn.now)
    flow.show(turn, _event(turn, event, notice=_("Changed.")))


async def _last(turn: Turn, press: Press, event: Event) -> None:
    day, today = press.date_at(), turn.today
    none = press.args[:1] == ("none",)
    if not none and (day is None or not event.local_date <= day <= today):
        flow.show(turn, messages.ask_last(event, today), awaiting=flow.LAST, event_id=event.id)
        return
    actions.change(turn.session, event, turn.now, last_date=day)
    flow.show(turn, _event(turn, event, notice=_("Changed.")))


async def _words(turn: Turn, _press: Press, event: Event) -> None:
    flow.show(turn, messages.ask_new_words(event), awaiting=flow.WORDS, event_id=event.id)


async def _no_words(turn: Turn, _press: Press, event: Event) -> None:
    actions.change(turn.session, event, turn.now, note=None)
    flow.show(turn, _event(turn, event, notice=_("Changed.")))


async def _what(turn: Turn, _press: Press, event: Event) -> None:
    flow.show(turn, messages.ask_kind(event, discreet=turn.patient.discreet))


async def _set_kind(turn: Turn, press: Press, event: Event) -> None:
    kind = _kind_in(press)
    if kind is not None:
        actions.change(turn.session, event, turn.now, kind=kind.value)
    flow.show(turn, _event(turn, event, notice=_("Changed.")))


async def _aspect(turn: Turn, press: Press, event: Event) -> None:
    known = {aspect.value: aspect for aspect in Aspect}
    chosen = known.get(press.args[0]) if press.args else None
    if chosen is not None:
        # Tapped once more it is taken away.
        actions.change(turn.session, event, turn.now, aspect=None if event.aspect == chosen else chosen.value)
    flow.show(turn, _event(turn, event, notice=_("Changed.")))


async def _delete(turn: Turn, _press: Press, event: Event) -> None:
    actions.change(turn.session, event, turn.now, withdrawn_at=turn.now)
    _show_deleted(turn, event)


async def _restore(turn: Turn, _press: Press, event: Event) -> None:
    actions.change(turn.session, event, turn.now, withdrawn_at=None)
    flow.show(turn, _event(turn, event, notice=_("It's back.")))


def _event(turn: Turn, event: Event, notice: str = "") -> Message:
    return messages.event(event, turn.today, discreet=turn.patient.discreet, notice=notice)


def _show_menu(turn: Turn, on: date | None) -> None:
    today = turn.today
    on = on if on is not None and on <= today else None
    message = messages.menu(on=on, today=today, discreet=turn.patient.discreet)
    flow.show(turn, message, awaiting=flow.NOTE, on=on)


def _show_deleted(turn: Turn, event: Event) -> None:
    flow.show(turn, messages.deleted(event, turn.today, discreet=turn.patient.discreet))


async def _show_list(turn: Turn, press: Press | None) -> None:
    said = press.args[0] if press is not None and press.args else ""
    page = int(said) if said.isdecimal() else 0
    rows = await events.newest(
        turn.session, turn.patient.id, limit=actions.PAGE + 1, offset=page * actions.PAGE
    )
    message = messages.listed(
        rows[: actions.PAGE],
        turn.today,
        page=page,
        more=len(rows) > actions.PAGE,
        discreet=turn.patient.discreet,
    )
    flow.show(turn, message)


def _kind_in(press: Press) -> EventKind | None:
    known = {kind.value: kind for kind in EventKind}
    return known.get(press.args[0]) if press.args else None


FEATURE = Feature(
    name=flow.FEATURE_NAME,
    commands={"note": on_note},
    presses={
        "event.menu": on_menu,
        "event.kind": on_kind,
        "event.bare": on_bare,
        "event.list": on_list,
        "event.show": _on_own(_show),
        "event.reveal": _on_own(_reveal),
        "event.day": _on_own(_day),
        "event.last": _on_own(_last),
        "event.words": _on_own(_words),
        "event.no_words": _on_own(_no_words),
        "event.what": _on_own(_what),
        "event.set_kind": _on_own(_set_kind),
        "event.aspect": _on_own(_aspect),
        "event.delete": _on_own(_delete),
        "event.restore": _on_own(_restore),
    },
    on_text=on_text,
    entries=(Entry(N_("📌 Notes"), "event.menu", Section.DIARY, command="note"),),
    keeps_words=frozenset({"note"}),
)
