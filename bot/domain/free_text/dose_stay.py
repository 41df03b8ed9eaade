"""Staying at the present amount, in the patient's own words: "stay on 3 mg for another week"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.free_text.dose_amount import DoseAmount, DoseRefusal, parse_dose
from bot.domain.free_text.words import normalise

_STAY = re.compile(
    r"(?:please |i'll |i will |i'm |i |we |let me |want to |i want to |going to |can i )*"
    r"(?:stay|staying|remain|remaining|keep|hold|continue)(?:ing)?"
    r"(?: (?:on|at|with|to))?(?: (?P<amount>[\d½¼¾][^ ]*(?: ?(?:mg|mcg|ml))?|this|it|my dose|this dose))?"
    r"(?: for)? (?:(?:another|a further|an extra|one more)(?P<one> .+)|(?P<more>.+) (?:more|longer)"
    r"|(?P<until>(?:until|till) .+))"
)

_MORE = re.compile(r"(\w+) more (days?|nights?|weeks?|months?)")


@dataclass(frozen=True, slots=True)
class Stay:
    """How much longer the plan is to stay as it is.

    Attributes:
        amount: The amount that was named, or None; a refusal where it can't be read.
        length: For `parse_last_date`: "a week", "10 days", "until 20 march".
    """

    amount: DoseAmount | DoseRefusal | None
    length: str


def parse_stay(text: str) -> Stay | None:
    """Return how much longer *text* wants to stay at an amount, or None where it says no such thing."""
    words = _MORE.sub(r"\1 \2 longer", normalise(text).strip(" .!?"))
    match = _STAY.fullmatch(words)
    if match is None:
        return None
    named = match["amount"] or ""
    amount = parse_dose(named) if any(character.isdigit() for character in named) else None
    one = (match["one"] or "").strip()
    # "Another two weeks" counts; "another week" is one.
    length = (one if re.match(r"\d|two|three|four|few", one) else f"a {one}") if one else ""
    return Stay(amount, length or match["more"] or match["until"])
