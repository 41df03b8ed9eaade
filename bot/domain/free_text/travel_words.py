"""Travel in the patient's own words: "I'm in Tokyo", "I'm back home", "back on Sunday"."""

from __future__ import annotations

import re

from bot.domain.free_text.words import normalise

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
