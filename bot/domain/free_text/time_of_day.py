"""Times of day as people type them: "10:30pm", "22.30", "2230", "22 Uhr 30", "half past ten", "noon".

Libraries for dates misread several of these, so this is a small grammar of our own; its table of examples is
the test. Whatever it doesn't know is None: the patient is asked again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Literal

from bot.domain.free_text.words import NUMBERS, normalise, number_in_words

Half = Literal["am", "pm", "afternoon", "night"]

NOON = 12
MIDNIGHT_AS_24 = 24
MINUTES_IN_HOUR = 60
MINUTES_IN_DAY = 24 * MINUTES_IN_HOUR
FIRST_HOUR_OF_EVENING = 6
"""Said of a bedtime, 6 to 11 are in the evening, 12 is midnight, 1 to 5 are after midnight."""

_BEFORE = re.compile(r"^(?:(?:at|around|about|by|every day at|daily at|every night at)\s+|[@~]\s*)")
_SUFFIXES: tuple[tuple[re.Pattern[str], Half], ...] = (
    (re.compile(r"\s*\ba\.?\s?m\b\.?$|(?<=\d)\s?a\.?\s?m\.?$|(?<=\d)\s?a$"), "am"),
    (re.compile(r"\s*\bp\.?\s?m\b\.?$|(?<=\d)\s?p\.?\s?m\.?$|(?<=\d)\s?p$"), "pm"),
)
_PHRASES: tuple[tuple[re.Pattern[str], Half], ...] = (
    (re.compile(r",?\s+(?:in the|this|each|every) morning$"), "am"),
    (re.compile(r",?\s+(?:in the|this|each|every) afternoon$"), "afternoon"),
    (re.compile(r",?\s+(?:at night|(?:in the|this|each|every|last) (?:evening|night)|tonight)$"), "night"),
)
_CONFLICTS = {("am", "pm"), ("afternoon", "am")}
_FULL_HOUR = re.compile(r"\s*o\s?'?\s?clock\b|\s+sharp$|\s+(?:every day|daily)$")

_DIGITS = re.compile(r"(?P<hour>\d{1,2})(?:\s?[:.,]\s?|\s)(?P<minute>\d{2})(?:[:.]00)?")
_COMPACT = re.compile(r"(?P<hour>\d{1,2})(?P<minute>\d{2})")
_24_HOURS = re.compile(
    r"(?P<hour>\d{1,2})\s?(?:h|hrs|uhr)\.?(?:\s?(?P<minute>\d{2}))?|(?P<both>\d{4})\s?hrs?"
)
_HOUR = re.compile(r"(?P<hour>\d{1,2})")
_MINUTES = r"(?P<count>half|a quarter|quarter|[a-z]+(?:[ -][a-z]+)??|\d{1,2})(?: minutes?| mins?)?"
_RELATIVE = re.compile(_MINUTES + r" (?P<way>past|after|to|before|till|until) (?P<hour>.+)")
_SPAN = re.compile(r"\d+ (?:to|till|until) \d+")
_HALF_TEN = re.compile(r"half (?P<hour>[a-z]+|\d{1,2})")
_FIXED = {"noon": 12, "midday": 12, "midnight": 0, "12 noon": 12, "12 midnight": 0, "12 midday": 12}


@dataclass(frozen=True, slots=True)
class _Clock:
    """An hour and minute as written; `settled`: nothing about am or pm is left to ask."""

    hour: int
    minute: int
    settled: bool


def parse_time(text: str, *, evening: bool) -> time | None:
    """Return the time of day that *text* names, or None if it is unclear or none.

    Args:
        text: What a patient typed.
        evening: An hour of 1 to 12 with neither am/pm nor a 24-hour form is read as a bedtime (10 is 22:00,
            12 is 00:00, 1 is 01:00); otherwise as a morning (10 is 10:00, 12 is noon).
    """
    words = _BEFORE.sub("", normalise(text).strip(" .!?,"))
    words, phrase = _split_half(words, _PHRASES)
    words, suffix = _split_half(words, _SUFFIXES)
    words = _FULL_HOUR.sub("", words)
    clock = _relative(words) or _absolute(words)
    if clock is None or (phrase, suffix) in _CONFLICTS:
        return None
    minutes = _minutes_of_day(clock, suffix or phrase, evening=evening)
    return None if minutes is None else time(*divmod(minutes % MINUTES_IN_DAY, MINUTES_IN_HOUR))


def _split_half(words: str, patterns: tuple[tuple[re.Pattern[str], Half], ...]) -> tuple[str, Half | None]:
    for pattern, half in patterns:
        rest, found = pattern.subn("", words)
        if found and rest:
            return rest.strip(" ,"), half
    return words, None


def _absolute(words: str) -> _Clock | None:
    if words in _FIXED:
        return _Clock(_FIXED[words], 0, settled=True)
    match = _24_HOURS.fullmatch(words)
    if match:
        hour, minute = match["hour"], match["minute"] or "0"
        if match["both"]:
            hour, minute = match["both"][:2], match["both"][2:]
        return _Clock(int(hour), int(minute), settled=True)
    match = _DIGITS.fullmatch(words) or _COMPACT.fullmatch(words) or _HOUR.fullmatch(words)
    if match:
        hour, minute = match["hour"], match.groupdict().get("minute") or "0"
        with_leading_zero = hour.startswith("0") and (len(hour) > 1 or hour == "0")
        return _Clock(int(hour), int(minute), settled=with_leading_zero)
    return _spoken(words)


def _spoken(words: str) -> _Clock | None:
    """Read "ten", "ten thirty", "ten oh five", "twenty-two fifteen"."""
    parts = words.replace("-", " ").split()
    for taken in (2, 1):
        hour = number_in_words(" ".join(parts[:taken])) if len(parts) >= taken else None
        if hour is None:
            continue
        rest = parts[taken:]
        if not rest:
            return _Clock(hour, 0, settled=hour == 0)
        minute = number_in_words(" ".join(rest[1:] if rest[0] in {"oh", "o"} else rest))
        if minute is not None and (rest[0] in {"oh", "o"}) == (minute < NUMBERS["ten"]):
            return _Clock(hour, minute, settled=hour == 0)
    return None


def _relative(words: str) -> _Clock | None:
    """Read "half past ten", "quarter to midnight", "5 to 11", "half ten"."""
    half_ten = _HALF_TEN.fullmatch(words)
    match = _RELATIVE.fullmatch(words)
    if half_ten:
        count, sign, hour_words = 30, 1, half_ten["hour"]
    elif match:
        minutes = _count_of_minutes(match["count"])
        if minutes is None:
            return None
        count, sign, hour_words = minutes, 1 if match["way"] in {"past", "after"} else -1, match["hour"]
    else:
        return None
    # "10 to 12" may well be a span; "ten to twelve" and "10 minutes to 12" are times.
    if _SPAN.fullmatch(words):
        return None
    hour = _absolute(hour_words)
    if hour is None or hour.minute or (sign < 0 and match and match["count"] == "half"):
        return None
    return _Clock(hour.hour, sign * count, settled=hour.settled)


def _count_of_minutes(words: str) -> int | None:
    fixed = {"half": 30, "quarter": 15, "a quarter": 15}.get(words)
    if fixed is not None:
        return fixed
    count = int(words) if words.isdecimal() else number_in_words(words)
    return count if count is not None and 0 < count < MINUTES_IN_HOUR else None


def _minutes_of_day(clock: _Clock, half: Half | None, *, evening: bool) -> int | None:
    """Return minutes after midnight, negative for "ten to midnight", or None for an hour that isn't one."""
    if clock.minute >= MINUTES_IN_HOUR or clock.hour > MIDNIGHT_AS_24:
        return None
    if clock.hour == MIDNIGHT_AS_24:
        return 0 if clock.minute == 0 and half in {None, "night"} else None
    hour = _hour_of_day(clock, half, evening=evening)
    return None if hour is None else hour * MINUTES_IN_HOUR + clock.minute


def _hour_of_day(clock: _Clock, half: Half | None, *, evening: bool) -> int | None:
    hour = clock.hour
    if hour > NOON:
        return hour if half != "am" else None
    if half == "am":
        return hour % NOON
    if half in {"pm", "afternoon"}:
        return None if hour == 0 else hour % NOON + NOON
    if clock.settled:
        return hour
    if half == "night" or evening:
        return hour % NOON + (NOON if FIRST_HOUR_OF_EVENING <= hour < NOON else 0)
    return hour
