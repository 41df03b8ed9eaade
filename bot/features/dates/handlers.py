"""/dates and its buttons: kind, date, how often; listed, edited, deleted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.domain.dated import DATED_LABELS, LONGEST_WORDS, MOST_MONTHS, DatedKind
from bot.domain.free_text.dates import AmbiguousDate, parse_date
from bot.features.dates import messages
from bot.locale import N_, _
from bot.storage import dated
from bot.storage.tables import DatedReminder
from bot.telegram_io.dialogue import Dialogue
from bot.telegram_io.feature import Entry, Feature, Section
from bot.telegram_io.typed_answers import echo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.message import Message, Press
    from bot.telegram_io.turn import Turn

NAME = "dates"
_DIALOGUE = Dialogue(NAME)
# What the question for a date carries along.
_KEPT = ("kind", "words", "row")
# "…, 10:30": no part of the date, and worth keeping.
_HOUR = re.compile(r",?\s+(?:at\s+)?(\d{1,2}[:.]\d{2})\s*$", re.IGNORECASE)
_FARTHEST = timedelta(days=5 * 366)


async def on_command(turn: Turn) -> None:
    """Show the list in a new message."""
    await _list(turn)


async def on_open(turn: Turn, _press: Press) -> None:
    """Show the list."""
    await _list(turn)


async def on_new(turn: Turn, _press: Press) -> None:
    """Ask what it is."""
    _show(turn, messages.ask_kind(), awaiting="kind")


async def on_kind(turn: Turn, press: Press) -> None:
    """Ask when it is."""
    kind = press.args[0] if press.args else ""
    if kind in set(DatedKind):
        _show(turn, messages.ask_date(), awaiting="date", kind=kind)
    else:
        _show(turn, messages.ask_kind())


async def on_on(turn: Turn, press: Press) -> None:
    """Take the date of a button."""
    day = press.date_at()
    if day is None:
        await _list(turn)
    else:
        await _take_day(turn, day)


async def on_one(turn: Turn, press: Press) -> None:
    """Show one date."""
    row = await _own(turn, press)
    if row is None:
        await _list(turn)
    else:
        _show(turn, messages.one(row, turn.today))


async def on_ask(turn: Turn, press: Press) -> None:
    """Ask for another date, words, or how often."""
    row, what = await _own(turn, press), press.args[0] if press.args else ""
    if row is None or what not in {"date", "words", "every"}:
        await _list(turn)
        return
    asked = {
        "date": messages.ask_date(),
        "words": messages.ask_words(row),
        "every": messages.ask_every(row),
    }
    _show(turn, asked[what], awaiting=what, row=str(row.id))


async def on_every(turn: Turn, press: Press) -> None:
    """Keep how often it comes."""
    row = await _own(turn, press)
    said = press.args[0] if press.args else ""
    if row is None or not said.isdecimal() or int(said) > MOST_MONTHS:
        await _list(turn)
    else:
        row.every_months = int(said) or None
        await _saved(turn, row)


async def on_no_words(turn: Turn, press: Press) -> None:
    """Drop the words."""
    row = await _own(turn, press)
    if row is None:
        await _list(turn)
    else:
        row.words = None
        await _saved(turn, row)


async def on_delete(turn: Turn, press: Press) -> None:
    """Delete one date; the answer has the way back."""
    row = await _own(turn, press)
    if row is None:
        await _list(turn)
        return
    row.deleted_at = turn.now
    await turn.plan()
    _show(turn, messages.deleted(row))


async def on_restore(turn: Turn, press: Press) -> None:
    """Take a deletion back."""
    row = await dated.own(turn.session, press.row_id, turn.patient.id)
    if row is None:
        await _list(turn)
    else:
        row.deleted_at = None
        await _saved(turn, row)


async def on_text(turn: Turn) -> bool:
    """Take what was typed for the question that is open; else it is for another feature."""
    kept = _DIALOGUE.awaited(turn)
    if kept is None:
        return False
    if kept["awaiting"] == "kind":
        return await _take_kind(turn)
    if kept["awaiting"] == "date":
        await _take_date(turn, kept)
        return True
    row_id = kept.get("row")
    row = await dated.own(turn.session, None if row_id is None else UUID(row_id), turn.patient.id)
    if row is None:
        return False
    if kept["awaiting"] == "every":
        await _take_every(turn, row)
    else:
        row.words = " ".join(turn.text.split())[:LONGEST_WORDS]
        await _saved(turn, row)
    return True


async def _take_kind(turn: Turn) -> bool:
    """Take "blood test" or "dentist next Tuesday"; other words may be about the dose or a check-in."""
    hour = _HOUR.search(turn.text)
    said = (turn.text if hour is None else turn.text[: hour.start()]).split()
    named = {_(label).casefold(): kind for kind, label in DATED_LABELS.items()}
    for count in range(1, len(said) + 1):
        what, when = " ".join(said[:count]), " ".join(said[count:])
        found = parse_date(when, turn.today, towards="future") if when else None
        kind = named.get(what.casefold(), None if found is None else DatedKind.OTHER)
        if kind is None or (when and found is None):
            continue
        own = [] if what.casefold() in named else [what[:LONGEST_WORDS]]
        words = ", ".join(own if hour is None else [*own, hour[1]])
        new = {"kind": str(kind)} | ({"words": words} if words else {})
        if found is None:
            _show(turn, messages.ask_date(), awaiting="date", **new)
        elif isinstance(found, AmbiguousDate):
            _show(turn, messages.which_date(found.choices), awaiting="date", **new)
        else:
            await _take_day(turn, found, new)
        return True
    return False


async def _take_date(turn: Turn, kept: Mapping[str, Any]) -> None:
    found = parse_date(turn.text, turn.today, towards="future")
    keep = {key: kept[key] for key in _KEPT if key in kept}
    if found is None:
        problem = _("I couldn't read {typed} as a date. Please type it like 14 March.")
        again = messages.ask_date(problem.format(typed=echo(turn.text)))
        _show(turn, again, awaiting="date", **keep)
    elif isinstance(found, AmbiguousDate):
        _show(turn, messages.which_date(found.choices), awaiting="date", **keep)
    else:
        await _take_day(turn, found)


async def _take_day(turn: Turn, day: date, new: Mapping[str, str] | None = None) -> None:
    """Keep the date: of a new one, which is then asked how often, or of one that stands."""
    kept, today = new or _DIALOGUE.open(turn), turn.today
    keep = {key: kept[key] for key in _KEPT if key in kept}
    if not keep:
        await _list(turn)
        return
    if not today <= day <= today + _FARTHEST:
        problem = _("I can remind you of days from today on, up to five years ahead.")
        _show(turn, messages.ask_date(problem), awaiting="date", **keep)
        return
    if "row" in kept:
        row = await dated.own(turn.session, UUID(kept["row"]), turn.patient.id)
        if row is None:
            await _list(turn)
        else:
            row.first_date = day
            await _saved(turn, row)
        return
    row = DatedReminder(
        patient_id=turn.patient.id,
        kind=kept["kind"],
        words=kept.get("words"),
        first_date=day,
        created_at=turn.now,
    )
    turn.session.add(row)
    await turn.plan()
    _show(turn, messages.ask_every(row, _("Saved.")), awaiting="every", row=str(row.id))


async def _take_every(turn: Turn, row: DatedReminder) -> None:
    said = turn.text.strip()
    if said.isdecimal() and 0 < int(said) <= MOST_MONTHS:
        row.every_months = int(said)
        await _saved(turn, row)
    else:
        problem = _("Please tap, or type a number of months from 1 to 24.")
        _show(turn, messages.ask_every(row, problem), awaiting="every", row=str(row.id))


async def _saved(turn: Turn, row: DatedReminder) -> None:
    await turn.plan()
    _show(turn, messages.one(row, turn.today, _("Saved.")))


async def _list(turn: Turn) -> None:
    rows = await dated.of_patient(turn.session, turn.patient.id)
    _show(turn, messages.listed(rows, turn.today))


async def _own(turn: Turn, press: Press) -> DatedReminder | None:
    row = await dated.own(turn.session, press.row_id, turn.patient.id)
    return None if row is None or row.deleted_at is not None else row


def _show(turn: Turn, message: Message, *, awaiting: str | None = None, **draft: str) -> None:
    # Safety words ("dentist") are answered, and the patient's words are kept as well.
    _DIALOGUE.show(turn, message, awaiting=awaiting, own_words=True, **draft)


FEATURE = Feature(
    name=NAME,
    commands={"dates": on_command},
    presses={
        "dates.open": on_open,
        "dates.new": on_new,
        "dates.kind": on_kind,
        "dates.on": on_on,
        "dates.one": on_one,
        "dates.ask": on_ask,
        "dates.every": on_every,
        "dates.no_words": on_no_words,
        "dates.delete": on_delete,
        "dates.restore": on_restore,
    },
    on_text=on_text,
    entries=(Entry(N_("🗓 Dates"), "dates.open", Section.TREATMENT, command="dates"),),
)
