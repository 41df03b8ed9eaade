"""What /note says: the choice of kinds, one event, its small questions, the list."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from bot.domain.event import ASPECT_LABELS, ONE_TAP, TREATMENTS, Aspect, EventKind
from bot.domain.event_words import event_dates, event_line, event_what, kind_label
from bot.locale import _
from bot.locale.dates import day_text, short_date, weekday_name
from bot.message import Button, Message, Row, press_data
from bot.storage.events import view_of
from bot.telegram_io.questions import in_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from bot.domain.event import EventFact
    from bot.storage.tables import Event

_LONGEST_BUTTON = 40


def menu(*, on: date | None, today: date, discreet: bool) -> Message:
    """Return the first screen: type it, or tap a kind.

    Args:
        on: The day that it is about, where the patient comes from a day of the history; None: today.
        today: The patient's local date.
        discreet: Somebody may read along.
    """
    if on is None or on == today:
        title = _("<b>What happened?</b> Tap, or type it with its day:")
        day, back = "", Button(_("‹ Back"), press_data("more.open"))
    else:
        title = _("<b>What happened on {day}?</b> Tap, or type it:").format(
            day=day_text(on, year=on.year != today.year)
        )
        day, back = on.isoformat(), Button(_("‹ Back"), press_data("history.day", None, on.isoformat()))
    example = (
        _("<i>felt better since Monday</i>")
        if discreet
        else _("<i>started magnesium last Tuesday</i>, <i>flare since Monday</i>")
    )
    kinds = (
        Button(kind_label(kind, discreet=discreet), press_data("event.kind", None, kind, day))
        for kind in _offered(discreet=discreet)
    )
    last = (Button(_("My notes"), press_data("event.list")), back)
    return Message(f"{title}\n{example}", (*in_rows(kinds, 2), last))


def ask_words(kind: EventKind, *, on: date | None, today: date, discreet: bool) -> Message:
    """Return the question for the words of a kind that was tapped."""
    day = "" if on is None else on.isoformat()
    lines = [f"<b>{kind_label(kind, discreet=discreet)}</b>"]
    if on is not None and on != today:
        lines += [day_text(on, year=on.year != today.year), _("Type what it was.")]
    else:
        lines.append(_("Type what it was, with its day if it wasn't today."))
    if kind in TREATMENTS and not discreet:
        lines.append(_("For example: <i>started … last Tuesday</i>, <i>stopped … yesterday</i>."))
    return Message(
        "\n".join(lines),
        (
            (Button(_("Without words"), press_data("event.bare", None, kind, day)),),
            (Button(_("‹ Back"), press_data("event.menu", None, day)),),
        ),
    )


def event(
    row: Event,
    today: date,
    *,
    discreet: bool,
    notice: str = "",
    kind_known: bool = True,
    reveal: bool = False,
) -> Message:
    """Return one event with all that can be done about it.

    Args:
        row: The event.
        today: The patient's local date.
        discreet: Its words are hidden behind a button.
        notice: A line above it, as HTML.
        kind_known: False: the kinds are offered too.
        reveal: Show the words in discreet mode as well.
    """
    one = view_of(row)
    dates = event_dates(one, today)
    if one.first == today and one.last is None and not one.goes_on:
        dates = _("{date} (today)").format(date=dates)
    lines = [notice] if notice else []
    lines += [f"<b>{escape(dates)}</b>", escape(event_what(one, discreet=discreet and not reveal))]
    rows: list[Row] = []
    if not kind_known:
        lines.append(_("Which kind is it?"))
        rows += kind_rows(row.id, discreet=discreet)
    if discreet and one.note and not reveal:
        rows.append((Button(_("Show the words"), press_data("event.reveal", row.id)),))
    return Message("\n".join(lines), (*rows, *_event_rows(row.id, one)))


def deleted(row: Event, today: date, *, discreet: bool) -> Message:
    """Return what stands in a deleted event's place."""
    line = escape(event_line(view_of(row), today, discreet=discreet))
    return Message(
        _("Deleted: {event}").format(event=line),
        ((Button(_("Undo"), press_data("event.restore", row.id)), _to_list()),),
    )


def which_date(row_id: UUID, choices: Sequence[date], kept: Message) -> Message:
    """Return the event's screen with the question which of two dates was meant."""
    buttons = tuple(
        Button(short_date(day, year=True), press_data("event.day", row_id, day.isoformat()))
        for day in choices
    )
    return Message(f"{kept.text}\n{_('Which date do you mean?')}", (buttons, *kept.rows))


def ask_day(row: Event, today: date, problem: str = "") -> Message:
    """Return the question for the day on which it happened or began."""
    days = [
        (_("Today"), today),
        (_("Yesterday"), today - timedelta(days=1)),
        (weekday_name(today - timedelta(days=2)), today - timedelta(days=2)),
    ]
    buttons = tuple(Button(label, press_data("event.day", row.id, day.isoformat())) for label, day in days)
    text = _("When was it, or when did it begin? Tap, or type a date: <i>last Tuesday</i>, <i>24 Nov</i>.")
    return Message(f"{problem}\n\n{text}".strip(), (buttons, _back(row.id)))


def ask_last(row: Event, today: date, problem: str = "") -> Message:
    """Return the question for the last day."""
    days = [(_("Today"), today), (_("Yesterday"), today - timedelta(days=1))]
    buttons = tuple(
        Button(label, press_data("event.last", row.id, day.isoformat()))
        for label, day in days
        if day >= row.local_date
    )
    none = _("It goes on") if view_of(row).aspect is Aspect.STARTED else _("Only that one day")
    text = _("What was its last day? Tap, or type a date: <i>last Tuesday</i>, <i>24 Nov</i>.")
    rows = (buttons, (Button(none, press_data("event.last", row.id, "none")),), _back(row.id))
    return Message(f"{problem}\n\n{text}".strip(), rows)


def ask_new_words(row: Event) -> Message:
    """Return the question for other words."""
    rows: tuple[Row, ...] = (_back(row.id),)
    if row.note:
        rows = ((Button(_("Take the words away"), press_data("event.no_words", row.id)),), *rows)
    return Message(_("Type the new words; they replace what is there."), rows)


def ask_kind(row: Event, *, discreet: bool) -> Message:
    """Return the question for the kind, and for what happened to a treatment."""
    one = view_of(row)
    rows = kind_rows(row.id, discreet=discreet)
    if one.kind in TREATMENTS:
        aspects = tuple(
            Button(_chosen(_(label), on=aspect is one.aspect), press_data("event.aspect", row.id, aspect))
            for aspect, label in ASPECT_LABELS.items()
        )
        rows = (*rows, aspects)
    return Message(_("Which kind is it?"), (*rows, _back(row.id)))


def kind_rows(row_id: UUID, *, discreet: bool) -> tuple[Row, ...]:
    """Return a button for each kind."""
    kinds = (
        Button(kind_label(kind, discreet=discreet), press_data("event.set_kind", row_id, kind))
        for kind in _offered(discreet=discreet)
    )
    return in_rows(kinds, 2)


def listed(rows: Sequence[Event], today: date, *, page: int, more: bool, discreet: bool) -> Message:
    """Return a page of the list; each event opens with a tap.

    Args:
        rows: The events, the latest first.
        today: The patient's local date.
        page: 0 is the newest page.
        more: There are older ones.
        discreet: Without the patient's words.
    """
    text = _("<b>My notes</b>. Tap one to change or delete it.") if rows else _("No notes yet.")
    buttons: list[Row] = []
    for row in rows:
        line = event_line(view_of(row), today, discreet=discreet)
        short = line if len(line) <= _LONGEST_BUTTON else f"{line[: _LONGEST_BUTTON - 1]}…"
        buttons.append((Button(short, press_data("event.show", row.id)),))
    newer = Button(_("‹ Newer"), press_data("event.list", None, page - 1)) if page else None
    older = Button(_("Older ›"), press_data("event.list", None, page + 1)) if more else None
    turning = tuple(button for button in (newer, older) if button)
    ways = (Button(_("New note"), press_data("event.menu")), Button(_("‹ More"), press_data("more.open")))
    return Message(text, (*buttons, *((turning,) if turning else ()), ways))


def _event_rows(row_id: UUID, one: EventFact) -> tuple[Row, ...]:
    last = _("⏹ Stopped …") if one.goes_on else _("⏹ Last day")
    return (
        (
            Button(_("📅 Day"), press_data("event.day", row_id)),
            Button(last, press_data("event.last", row_id)),
        ),
        (
            Button(_("✏️ Words"), press_data("event.words", row_id)),
            Button(_("🏷 Kind"), press_data("event.what", row_id)),
        ),
        (Button(_("🗑 Delete"), press_data("event.delete", row_id)),),
        (_to_list(), Button(_("‹ That day"), press_data("history.day", None, one.first.isoformat()))),
    )


def _offered(*, discreet: bool) -> Sequence[EventKind]:
    """Return the kinds to offer: two that read the same in discreet mode are one button."""
    first = [kind for kind in EventKind if kind in ONE_TAP]
    others = [kind for kind in EventKind if kind not in ONE_TAP]
    return [kind for kind in (*first, *others) if not (discreet and kind is EventKind.SUPPLEMENT)]


def _to_list() -> Button:
    return Button(_("‹ My notes"), press_data("event.list"))


def _back(row_id: UUID) -> Row:
    return (Button(_("‹ Back"), press_data("event.show", row_id)),)


def _chosen(label: str, *, on: bool) -> str:
    return f"✓ {label}" if on else label
