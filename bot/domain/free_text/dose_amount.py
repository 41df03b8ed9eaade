"""Amounts of a dose as people type them: "4.5", "4,5 mg", "500 mcg", "1½", "four and a half".

A wrong amount can harm, so nothing is guessed: two numbers, another unit or an unknown word are refused and
asked again. The only sum done here is mcg to mg, for the checks; the patient reads the amount as typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto

from bot.domain.dose_log import TOO_MUCH_MG
from bot.domain.free_text.words import NUMBERS, normalise, number_in_words
from bot.locale import _

STEP_MG = Decimal("0.001")
ASKED_TWICE_ABOVE_MG = Decimal(6)
ASKED_TWICE_ABOVE_TIMES = Decimal("2.5")
MCG_IN_MG = 1000
LONGEST_ML = 8
"""Digits of the millilitres beside an amount; a label has four at most."""


class DoseRefusal(StrEnum):
    """Why an amount isn't taken; each needs its own plain sentence."""

    NOT_UNDERSTOOD = auto()
    TEN_OR_MORE = auto()
    NOT_POSITIVE = auto()
    TOO_FINE = auto()
    UNITS = auto()


@dataclass(frozen=True, slots=True)
class DoseAmount:
    """An amount that was understood, above 0 and under 10 mg, in steps of 0.001 mg.

    Attributes:
        mg: Milligrams.
        as_typed: The amount in the patient's own unit ("500 mcg"), for `DoseStep.shown_as`; None for mg.
    """

    mg: Decimal
    as_typed: str | None = None

    @property
    def shown_as(self) -> str:
        """Return what the patient reads: "4.5 mg", or "500 mcg" where that was typed."""
        return self.as_typed or format_mg(self.mg)


_MG = frozenset(["", "mg", "mgs", "milligram", "milligrams", "milligramme", "milligrammes"])
_MCG = frozenset(
    ["mcg", "mcgs", "μg", "ug", "microgram", "micrograms", "microgramme", "microgrammes", "mikrogramm"]
)
_COUNTED = frozenset(["tablet", "tab", "pill", "capsule", "cap", "drop", "unit"])
_OTHER_UNITS = (
    frozenset(["ml", "mls", "millilitre", "millilitres", "milliliter", "milliliters", "cc", "%", "percent"])
    | frozenset(["g", "gr", "gram", "grams", "gramme", "grammes", "kg", "ng", "iu", "ie", "ui"])
    | _COUNTED
    | {f"{unit}s" for unit in _COUNTED}
)

_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "1/2": "0.5", "1/4": "0.25", "3/4": "0.75"}
_SPOKEN_FRACTIONS = {
    "half": "0.5",
    "a half": "0.5",
    "half a": "0.5",
    "quarter": "0.25",
    "a quarter": "0.25",
    "a quarter of a": "0.25",
    "three quarters": "0.75",
    "three quarters of a": "0.75",
}
_ONLY_WITH_UNIT = frozenset(["a", "an", *_SPOKEN_FRACTIONS])
"""Said alone, "half" may be half of anything."""
_DECIMAL = re.compile(r"(?P<whole>\d{0,6})(?:(?P<mark>[.,])(?P<fraction>\d{1,9}))?")
_MIXED = re.compile(r"(?:(?P<whole>\d{1,6}) ?)?(?P<fraction>[½¼¾]|(?<!\d)\d/\d)")
_THOUSANDS_OR_NOT = re.compile(r"[1-9]\d*,\d{3}")
_MG_WORDS = r".*?(?:mgs?|milligram\w*|mcgs?|μg|ug|microgram\w*)"
_ML_WORDS = r"(?P<{ml}>[\d.,]+) ?(?:mls?|millilit\w*)"
# Not with a slash: "5 mg/5 ml" is how labels name a concentration.
_WITH_ML = re.compile(
    rf"(?P<mg>{_MG_WORDS})[ ,=(]+{_ML_WORDS.format(ml='ml')}\)?"
    rf"|{_ML_WORDS.format(ml='ml2')}[ ,=(]+(?P<mg2>{_MG_WORDS})\)?"
)
_UNIT_AT_END = re.compile(r"(?P<number>.*?) ?(?P<unit>[a-zμ]+|%)")


def parse_dose(text: str) -> DoseAmount | DoseRefusal:
    """Return the amount that *text* names, or why there is none to be had from it."""
    words = normalise(text).rstrip(" !?").removesuffix(".")
    liquid = _WITH_ML.fullmatch(words)
    if liquid:
        return _liquid(liquid["mg"] or liquid["mg2"], liquid["ml"] or liquid["ml2"])
    unsigned = words.removeprefix("+").removeprefix("-").lstrip()
    for number_words, unit in _readings(unsigned.replace("three-quarters", "three quarters")):
        number = _number(number_words)
        if number is None or (not unit and number_words in _ONLY_WITH_UNIT):
            continue
        if unit in _OTHER_UNITS:
            return DoseRefusal.UNITS
        if unit in _MG:
            return _checked(-number if words.startswith("-") else number)
        if unit in _MCG:
            if _may_be_thousands(number_words):
                return DoseRefusal.NOT_UNDERSTOOD
            shown_unit = unit.replace("μ", "µ")
            return _checked(number / MCG_IN_MG, as_typed=f"{number_words} {shown_unit}")
    return DoseRefusal.NOT_UNDERSTOOD


def _liquid(mg_words: str, ml_words: str) -> DoseAmount | DoseRefusal:
    """Return an amount whose label also names the ml: both are kept as typed, neither is computed."""
    amount = parse_dose(mg_words)
    ml = _number(ml_words)
    if not isinstance(amount, DoseAmount):
        return amount
    if ml is None or ml <= 0 or len(ml_words) > LONGEST_ML:
        return DoseRefusal.NOT_UNDERSTOOD
    return DoseAmount(amount.mg, f"{amount.shown_as} ({ml_words} ml)")


def _readings(words: str) -> list[tuple[str, str]]:
    """Return how *words* may split into a number and a unit: "four mg" as well as "four and a half"."""
    match = _UNIT_AT_END.fullmatch(words)
    return [(words, ""), (match["number"], match["unit"])] if match else [(words, "")]


def _may_be_thousands(number_words: str) -> bool:
    return re.fullmatch(r"[1-9]\d*[.,]\d{3}", number_words) is not None


def _number(words: str) -> Decimal | None:
    if _THOUSANDS_OR_NOT.fullmatch(words):
        return None
    match = _DECIMAL.fullmatch(words)
    if match and (match["whole"] or match["fraction"]):
        return Decimal(f"{match['whole'] or 0}.{match['fraction'] or 0}")
    mixed = _MIXED.fullmatch(words)
    if mixed:
        fraction = _FRACTIONS.get(mixed["fraction"])
        return None if fraction is None else Decimal(mixed["whole"] or 0) + Decimal(fraction)
    return _spoken(words)


def _spoken(words: str) -> Decimal | None:
    """Read "four", "four and a half", "4 and a half", "four point two five", "half a", "five hundred"."""
    if words in _SPOKEN_FRACTIONS:
        return Decimal(_SPOKEN_FRACTIONS[words])
    whole_words, has_fraction, fraction_words = words.partition(" and ")
    if has_fraction:
        fraction = _SPOKEN_FRACTIONS.get(fraction_words)
        whole = _whole(whole_words)
        return None if fraction is None or whole is None else whole + Decimal(fraction)
    whole_words, has_point, digit_words = words.replace("-", " ").partition("point ")
    if has_point:
        whole = _whole(whole_words.strip()) if whole_words else 0
        digits = [NUMBERS.get(word, NUMBERS["ten"]) for word in digit_words.split()]
        if whole is None or not digits or max(digits) >= NUMBERS["ten"]:
            return None
        return Decimal(f"{whole}.{''.join(map(str, digits))}")
    whole = _whole(words)
    return None if whole is None else Decimal(whole)


def _whole(words: str) -> int | None:
    if words in {"a", "an"}:
        return 1
    if words.isdecimal():
        return int(words)
    hundreds = words.removesuffix(" hundred")
    number = number_in_words(hundreds)
    return number if number is None or hundreds == words else number * 100


def _checked(mg: Decimal, as_typed: str | None = None) -> DoseAmount | DoseRefusal:
    if mg <= 0:
        return DoseRefusal.NOT_POSITIVE
    if mg >= TOO_MUCH_MG:
        return DoseRefusal.TEN_OR_MORE
    if mg % STEP_MG:
        return DoseRefusal.TOO_FINE
    return DoseAmount(mg.normalize(), as_typed)


def format_mg(mg: Decimal) -> str:
    """Return "4.5 mg": no trailing zeros, no exponent."""
    return _("{amount} mg").format(amount=f"{mg.normalize():f}")


def needs_second_question(mg: Decimal, present_mg: Decimal | None) -> bool:
    """Tell whether to ask once more: above 6 mg, or above 2.5 times the present dose (None: no dose yet)."""
    return mg > ASKED_TWICE_ABOVE_MG or (present_mg is not None and mg > present_mg * ASKED_TWICE_ABOVE_TIMES)
