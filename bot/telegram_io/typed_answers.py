"""Typed answers that enrolment and settings both take: what was understood, or one clear sentence."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot.domain.due import QUIET_FROM, QUIET_UNTIL
from bot.domain.free_text.dates import AmbiguousDate, parse_date
from bot.domain.free_text.dose_amount import DoseAmount, DoseRefusal, parse_dose
from bot.domain.free_text.dose_plan import LineProblem, LineRefusal
from bot.domain.free_text.time_of_day import parse_time
from bot.domain.places import LONGEST_PLACE
from bot.domain.safety import FROM_10_MG
from bot.locale import N_, _
from bot.locale.dates import short_date
from bot.storage.places import find_zones

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, time

_LONGEST_ECHO = 40

_REFUSALS: Mapping[DoseRefusal, str] = {
    DoseRefusal.NOT_UNDERSTOOD: N_(
        "I couldn't read an amount there; nothing was saved. Please type it like 4.5 mg or 500 mcg."
    ),
    DoseRefusal.TEN_OR_MORE: FROM_10_MG,
    DoseRefusal.NOT_POSITIVE: N_(
        "A dose is more than 0 mg; nothing was saved. Please copy it from your label."
    ),
    DoseRefusal.TOO_FINE: N_(
        "I keep amounts in steps of 0.001 mg; nothing was saved. Please copy it from your label."
    ),
    DoseRefusal.UNITS: N_(
        "I need the amount in mg or mcg, as your label has it; nothing was saved. I don't convert units. For "
        "a liquid type both, such as 3 mg (0.3 ml)."
    ),
}

_LINE_REFUSALS: Mapping[LineRefusal, str] = {
    LineRefusal.NOT_UNDERSTOOD: N_(
        "I couldn't read {part}; nothing was saved. Type it like: 1.5 for 2 weeks, then 3 for 2 weeks, "
        "then 4.5."
    ),
    LineRefusal.AMBIGUOUS_DATE: N_(
        "The date in {part} can be read in two ways; nothing was saved. Please write the month as a word."
    ),
    LineRefusal.NO_LENGTH: N_(
        "For how long is {part}? Nothing was saved. Type it like: 1.5 for 2 weeks, then 3 for 2 weeks, "
        "then 4.5."
    ),
    LineRefusal.NO_END: N_(
        "What comes after {part}? Nothing was saved. Leave its length out if it stays like that."
    ),
    LineRefusal.CONFLICT: N_(
        "{part} doesn't start when the step before it ends; nothing was saved. Please type the line again."
    ),
    LineRefusal.OUT_OF_ORDER: N_("The dates aren't in order at {part}; nothing was saved."),
    LineRefusal.TOO_EARLY: N_(
        "{part} would start before your next dose; nothing was saved. What past doses had stays as it was."
    ),
    LineRefusal.TOO_FAR: N_("{part} lies more than a year ahead; nothing was saved."),
    LineRefusal.TOO_MANY: N_("That's too long for me; nothing was saved. Please type it in two parts."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that can't be used.

    Attributes:
        text: One clear sentence, as HTML.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Choices:
    """An answer with several readings, of which the patient picks one.

    Attributes:
        text: The question, as HTML.
        options: (what the patient reads, what it stands for as if it had been typed) of each.
    """

    text: str
    options: tuple[tuple[str, str], ...]


def echo(text: str) -> str:
    """Return what was typed, as HTML in quotes, cut to a length that fits into a sentence."""
    words = " ".join(text.split())
    short = words if len(words) <= _LONGEST_ECHO else f"{words[:_LONGEST_ECHO]}…"
    return f"“{escape(short)}”"


def read_zone(text: str) -> str | Choices | Problem:
    """Return the IANA zone that *text* names (a city or a zone), the choices, or why there is none."""
    if len(text) > LONGEST_PLACE:
        return Problem(_("That's too long for a city. Please type just its name, for example Lisbon."))
    places = find_zones(text)
    if not places:
        unknown = _(
            "I don't know a city or time zone called {typed}. Please type a larger city near you, "
            "or pick what your clock shows."
        )
        return Problem(unknown.format(typed=echo(text)))
    if len(places) == 1 and not places[0].suggestion:
        return places[0].zone
    question = (
        _("I don't know {typed}. Do you mean one of these?")
        if places[0].suggestion
        else _("{typed} can be several places. Which one?")
    )
    options = tuple((place.label, place.zone) for place in places)
    return Choices(question.format(typed=echo(text)), options)


def read_date(text: str, today: date) -> date | Choices | Problem:
    """Return the date from *today* (local) on that *text* names, its two readings, or why there is none."""
    found = parse_date(text, today, towards="future")
    if isinstance(found, AmbiguousDate):
        return which_date(found)
    if found is not None:
        return found
    problem = _("I couldn't read {typed} as a date. Please type it like 1 December.")
    return Problem(problem.format(typed=echo(text)))


def which_date(found: AmbiguousDate) -> Choices:
    """Return the question which of two dates was meant."""
    options = tuple((short_date(day, year=True), day.isoformat()) for day in found.choices)
    return Choices(_("Which date do you mean?"), options)


def read_time(text: str, *, evening: bool) -> time | Problem:
    """Return the time of day that *text* names, or why there is none.

    Args:
        text: What was typed.
        evening: 10 means 22:00 (a bedtime), not 10:00.
    """
    found = parse_time(text, evening=evening)
    if found is not None:
        return found
    return Problem(
        _(
            "I couldn't read {typed} as a time of day. Please type it like 22:30, 10:30 pm or half past ten."
        ).format(typed=echo(text))
    )


def read_daytime(text: str) -> time | Problem:
    """Return a time for check-ins and summaries: nobody is disturbed for them between 21:00 and 8:00."""
    found = read_time(text, evening=False)
    if isinstance(found, Problem) or QUIET_UNTIL <= found < QUIET_FROM:
        return found
    return Problem(
        _("Between 21:00 and 8:00 only dose reminders come. Please choose a time from 8:00 to 20:59.")
    )


def read_amount(text: str) -> DoseAmount | Problem:
    """Return the amount that *text* names, or why it is refused."""
    amount = parse_dose(text)
    return amount if isinstance(amount, DoseAmount) else Problem(amount_problem(amount))


def amount_problem(why: DoseRefusal) -> str:
    """Return why an amount isn't taken, in one sentence of HTML."""
    return escape(_(_REFUSALS[why]))


def line_problem(problem: LineProblem) -> Problem:
    """Return which part of a typed titration is wrong, and why."""
    if problem.amount is not None and problem.why is LineRefusal.AMOUNT:
        return Problem(f"{echo(problem.part)}: {amount_problem(problem.amount)}")
    return Problem(_(_LINE_REFUSALS[problem.why]).format(part=echo(problem.part)))
