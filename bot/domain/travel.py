"""Travel: what a patient says about being elsewhere, and what a change of clocks does to the next dose."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from bot.domain.free_text.words import normalise

if TYPE_CHECKING:
    from datetime import datetime

SHORT_GAP = timedelta(hours=12)
LONG_GAP = timedelta(hours=36)
BACK_AT_HOUR = 6
"""On the day of the return the clock changes at this hour: last night's dose is over, tonight's ahead."""

_SAID = re.compile(
    r"(?:hi,? |hello,? )?"
    r"(?:(?:i'm|im|i am|we're|we are) (?:now |currently |just |staying |back )*in"
    r"|(?:i'm |im |i am |we're |we are )?(?:travell?ing|flying|moving|going away) to"
    r"|(?:i |we |i've |we've |i have |we have |just )*(?:arrived|landed) in"
    r"|on (?:holiday|vacation) in)"
    r" (?P<place>[^\d]{2,60}?)(?: now| today| tomorrow| tonight| this week| next week| for .*)?[.!]?"
)
_HOME = re.compile(
    r"(?:(?:i'm|im|i am|we're|we are|i've|i have|we've|just|got|arrived|finally|safely) )*"
    r"(?:back )?(?:at )?home(?: again| now| safely| safe)*[.!]?"
)
_BACK_ON = re.compile(
    r"(?:(?:i'm|im|i am|i'll be|we're|we are|we'll be) )?"
    r"(?:back|home|returning|return|flying back|coming back)(?: home)?(?: on| again)? (?P<day>.+)"
)
# Towns all right, but not what somebody means who says this.
_NO_PLACES = frozenset({"bed", "bath", "the bath", "reading", "pain", "hell", "love", "a mood", "mood"})


class Gap(StrEnum):
    """What is unusual about the time between two doses."""

    SHORT = auto()
    LONG = auto()


def place_said(text: str) -> str | None:
    """Return the place in "I'm in Tokyo" or "travelling to Tokyo tomorrow", or None for anything else.

    Whether there is such a place isn't known here: "I'm in agony" gives "agony".
    """
    match = _SAID.fullmatch(normalise(text))
    place = match["place"].strip() if match else ""
    return None if place in _NO_PLACES or not place else place


def is_home_said(text: str) -> bool:
    """Tell whether the patient says no more than that a journey is over: "I'm back home"."""
    return _HOME.fullmatch(normalise(text)) is not None


def day_of_return(text: str) -> str:
    """Return the day in "back on Sunday"; anything else as it is."""
    match = _BACK_ON.fullmatch(normalise(text))
    return match["day"] if match else text


def gap(last_at: datetime | None, next_at: datetime | None) -> tuple[Gap, int] | None:
    """Return what is unusual about the time from the last dose to the next, and its whole hours.

    Args:
        last_at: Aware UTC instant of the last dose; None: there was none.
        next_at: Aware UTC instant of the next one; None: none is planned.

    Returns:
        None where it is from 12 to 36 hours, or isn't known.
    """
    if last_at is None or next_at is None:
        return None
    between = next_at - last_at
    hours = between // timedelta(hours=1)
    if between < SHORT_GAP:
        return Gap.SHORT, hours
    return (Gap.LONG, hours) if between > LONG_GAP else None
