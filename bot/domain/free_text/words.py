"""What all parsers share: one spelling of what was typed, and numbers written as words."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 200
"""Characters; whatever is longer is no time, amount or date, and nothing tries to read it."""

_SAME = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "：": ":", "٫": ".", "–": "-", "—": "-", "−": "-", "⁄": "/"}
)

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
)
NUMBERS: Mapping[str, int] = MappingProxyType(
    {word: number for number, word in enumerate(_ONES.split())}
    | {"seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
)
_TENS = 20


def normalise(text: str, longest: int = LONGEST) -> str:
    """Return *text* in lower case, with plain digits, quotes, dashes and single blanks.

    Args:
        text: What a patient typed.
        longest: Characters; a longer text gives "", which no parser understands.
    """
    if len(text) > longest:
        return ""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_SAME)
    return " ".join("".join(_digit(character) for character in plain).split())


def _digit(character: str) -> str:
    # Arabic, Devanagari and other keyboards have digits of their own.
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def number_in_words(words: str) -> int | None:
    """Return 0 to 59 for "ten", "twenty two", "twenty-two", or None for anything else."""
    parts = words.replace("-", " ").split()
    if len(parts) == 1:
        return NUMBERS.get(parts[0])
    if len(parts) != len(("twenty", "two")):
        return None
    tens, ones = NUMBERS.get(parts[0], 0), NUMBERS.get(parts[1], 0)
    return tens + ones if tens >= _TENS and 0 < ones < 10 else None  # noqa: PLR2004 - one digit
