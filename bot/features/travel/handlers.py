"""/travel, its buttons, a shared location, and "I'm in Tokyo"."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.free_text.dates import AmbiguousDate, parse_date
from bot.domain.free_text.travel_words import day_of_return, is_home_said, place_said
from bot.domain.places import is_zone
from bot.domain.zone_choice import clock_offset
from bot.features.travel import messages
from bot.features.travel.preview import after, away, under
from bot.locale import N_, _
from bot.storage import zone_changes
from bot.storage.places import find_zones, zone_at
from bot.telegram_io import questions
from bot.telegram_io.dialogue import Dialogue
from bot.telegram_io.feature import Entry, Feature, Section
from bot.telegram_io.spacing import plan_apart
from bot.telegram_io.typed_answers import Choices, Problem, echo, read_zone

if TYPE_CHECKING:
    from datetime import date

    from bot.message import Press
    from bot.telegram_io.turn import Turn

NAME = "travel"
_DIALOGUE = Dialogue(NAME)
_LONGEST_JOURNEY = timedelta(days=366)


async def on_command(turn: Turn) -> None:
    """Show the clock; words behind the command are where the patient is."""
    said = turn.text.split(maxsplit=1)[1:]
    if said:
        await _take_place(turn, said[0])
    else:
        await _overview(turn)


async def on_open(turn: Turn, _press: Press) -> None:
    """Show which clock the reminders follow."""
    await _overview(turn)


async def on_ask(turn: Turn, _press: Press) -> None:
    """Ask where the patient is."""
    _DIALOGUE.show(turn, messages.ask_place(), awaiting="place")


async def on_share(turn: Turn, _press: Press) -> None:
    """Show the keyboard that shares a location once."""
    turn.reply(questions.location_request())
    _DIALOGUE.ask(turn, "place", message_id=None, location_button=True)


async def on_to(turn: Turn, press: Press) -> None:
    """Ask which clock to follow, for the zone that the button names."""
    zone = _zone_in(press, 0)
    if zone is None:
        await _overview(turn)
    else:
        await _ask_which(turn, zone)


async def on_keep(turn: Turn, press: Press) -> None:
    """Leave the clock as it is, because the patient said so, and keep where that was said."""
    there = _zone_in(press, 0)
    turn.patient.away_zone = None if there == turn.patient.zone else there
    await _overview(turn, _("Nothing was changed: your reminders keep their clock."))


async def on_home(turn: Turn, _press: Press) -> None:
    """End a journey on which the reminders kept home's clock."""
    await _end_journey(turn)


async def on_move(turn: Turn, press: Press) -> None:
    """Move to the clock that the button names, and ask for the way back."""
    there, home = _zone_in(press, 0), turn.patient.zone or "UTC"
    if there is None or there == home:
        await _overview(turn)
        return
    await zone_changes.cancel(turn.session, turn.patient.id, turn.now)
    turn.patient.zone, turn.patient.away_zone = there, None
    move = await after(turn, await plan_apart(turn))
    _DIALOGUE.show(turn, messages.moved(there, home, move), awaiting="back", home=home)


async def on_back_on(turn: Turn, press: Press) -> None:
    """Plan the way back for the date that the button names."""
    home = _zone_in(press, 1)
    day = press.date_at()
    if home is None or day is None:
        await _overview(turn)
    else:
        await _plan_back(turn, home, day)


async def on_forget(turn: Turn, press: Press) -> None:
    """Forget the planned way back."""
    row = await zone_changes.own(turn.session, press.row_id, turn.patient.id)
    if row is not None and row.applied_at is None:
        row.cancelled_at = turn.now
        await turn.plan()
    await _overview(turn, _("Forgotten: nothing changes by itself."))


async def on_location(turn: Turn) -> bool:
    """Turn a shared location into a zone and drop it; settings' own question for one goes to settings."""
    dialogue = turn.patient.dialogue or {}
    message = turn.update.effective_message
    if dialogue.get("feature") == "settings" or turn.patient.zone is None:
        return False
    if message is None or message.location is None:
        return False
    zone = zone_at(message.location.latitude, message.location.longitude)
    if zone is None:
        unknown = _("I don't know the time zone of that place. Please type a city near you.")
        _DIALOGUE.show(turn, messages.ask_place(unknown), awaiting="place")
    else:
        await _ask_which(turn, zone)
    return True


async def on_text(turn: Turn) -> bool:
    """Take a place or a date that was asked for, or "I'm in Tokyo" and "I'm home" when nothing was."""
    kept = _DIALOGUE.awaited(turn) or {}
    if is_home_said(turn.text) and await _come_home(turn):
        return True
    said = place_said(turn.text)
    if kept.get("awaiting") == "place" and not _is_another_answer(said or turn.text):
        await _take_place(turn, said or turn.text)
        return True
    if kept.get("awaiting") == "back" and said is None:
        return await _take_date(turn, kept["home"])
    places = [] if said is None or turn.patient.zone is None else find_zones(said)
    if said is None or not places or places[0].suggestion:
        return False
    await _take_place(turn, said)
    return True


async def _come_home(turn: Turn) -> bool:
    """End the journey, or ask about the clock of home; False for somebody who isn't travelling."""
    if turn.patient.away_zone is not None:
        await _end_journey(turn)
        return True
    back = await zone_changes.coming(turn.session, turn.patient.id)
    if back is not None:
        await _ask_which(turn, back.zone)
    return back is not None


async def _end_journey(turn: Turn) -> None:
    turn.patient.away_zone = None
    await _overview(turn, _("Welcome back. Your reminders go on as before."))


def _is_another_answer(text: str) -> bool:
    """Tell whether it is no place but numbers, as in "pain 7, slept badly 8": the check-in takes those."""
    return any(sign.isdigit() for sign in text) and isinstance(read_zone(text), Problem)


async def _take_place(turn: Turn, text: str) -> None:
    found = read_zone(text)
    if isinstance(found, Problem):
        _DIALOGUE.show(turn, messages.ask_place(found.text), awaiting="place")
    elif isinstance(found, Choices):
        _DIALOGUE.show(turn, messages.which_place(found.text, found.options), awaiting="place")
    else:
        await _ask_which(turn, found)


async def _take_date(turn: Turn, home: str) -> bool:
    found = parse_date(day_of_return(turn.text), turn.today, towards="future")
    if isinstance(found, AmbiguousDate):
        _DIALOGUE.show(turn, messages.which_date(found.choices, home), awaiting="back", home=home)
        return True
    if found is None:
        return False
    await _plan_back(turn, home, found)
    return True


async def _plan_back(turn: Turn, home: str, day: date) -> None:
    today = turn.today
    row = None
    if today < day <= today + _LONGEST_JOURNEY:
        row = await zone_changes.plan(turn.session, turn.patient, home, day, turn.now)
    if row is None:
        problem = _("The way back is a day from tomorrow on, up to a year ahead. I couldn't use {day}.")
        await _overview(turn, problem.format(day=echo(day.isoformat())))
        return
    await turn.plan()
    await _overview(turn, messages.back_planned(row))


async def _ask_which(turn: Turn, there: str) -> None:
    home = turn.patient.zone or "UTC"
    if there == home:
        turn.patient.away_zone = None
        _DIALOGUE.show(turn, messages.same_clock(there, turn.now))
        return
    keep, move = await under(turn, home), await under(turn, there)
    if clock_offset(there, turn.now) == clock_offset(home, turn.now) and keep.reminders == move.reminders:
        _DIALOGUE.show(turn, messages.same_clock(there, turn.now))
        return
    _DIALOGUE.show(turn, messages.choice(home, there, turn.now, keep, move))


async def _overview(turn: Turn, notice: str = "") -> None:
    back = await zone_changes.coming(turn.session, turn.patient.id)
    message = messages.overview(turn.patient.zone or "UTC", turn.now, back, await away(turn), notice)
    _DIALOGUE.show(turn, message)


def _zone_in(press: Press, at: int) -> str | None:
    zone = press.args[at] if len(press.args) > at else ""
    return zone if is_zone(zone) else None


FEATURE = Feature(
    name=NAME,
    commands={"travel": on_command},
    presses={
        "travel.open": on_open,
        "travel.ask": on_ask,
        "travel.share": on_share,
        "travel.to": on_to,
        "travel.keep": on_keep,
        "travel.home": on_home,
        "travel.move": on_move,
        "travel.back_on": on_back_on,
        "travel.forget": on_forget,
    },
    on_text=on_text,
    on_location=on_location,
    entries=(Entry(N_("🧭 Travel"), "travel.open", Section.TREATMENT, command="travel"),),
)
