"""A titration typed in one line: "1.5 for 2 weeks, then 3 for 2 weeks, then 4.5", "3 mg from 1 June".

A wrong plan can harm, so nothing is guessed: a part that is unclear, dates that contradict each other, or a
step without an end in the middle give a problem that names the part, and the line is typed again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum, auto

from bot.domain.free_text.dates import AmbiguousDate, parse_date
from bot.domain.free_text.dose_amount import DoseAmount, DoseRefusal, parse_dose
from bot.domain.free_text.words import normalise, number_in_words
from bot.domain.regimen import DoseStep

LONGEST_LINE = 800
LONGEST_STEP_DAYS = 366
MOST_PARTS = 24
JUST_GONE = timedelta(days=62)


class LineRefusal(StrEnum):
    """Why a line isn't taken; each needs its own plain sentence."""

    NOT_UNDERSTOOD = auto()
    AMOUNT = auto()
    AMBIGUOUS_DATE = auto()
    NO_LENGTH = auto()
    NO_END = auto()
    CONFLICT = auto()
    OUT_OF_ORDER = auto()
    TOO_EARLY = auto()
    TOO_FAR = auto()
    TOO_MANY = auto()


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that can't be used.

    Attributes:
        why: What is wrong.
        part: The piece of the line that it is about, in lower case.
        amount: Why its amount isn't taken; None unless *why* is AMOUNT.
    """

    why: LineRefusal
    part: str = ""
    amount: DoseRefusal | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line that was understood.

    Attributes:
        steps: Oldest first, at least one.
        has_date: The first step names its date; else it starts with the next dose.
    """

    steps: tuple[DoseStep, ...]
    has_date: bool


@dataclass(frozen=True, slots=True)
class _Part:
    words: str
    amount: DoseAmount
    starts_on: date | None
    days: int | None
    months: int | None
    until: date | None


# A comma between two digits is a decimal mark.
_BETWEEN = re.compile(
    r"\s*(?:;|->|→|=>|(?<!\d),|,(?!\d)|,?\s*\b(?:and )?(?:then|after that|afterwards|followed by|next)\b)\s*"
)
_MORE = r"(?:another |(?:one )?more |further )?"
_LENGTH = (
    r"(?:the )?(?:first |next )?(?:another |(?:one )?more |further )?(?P<count>\d{1,3}|[a-z]{1,8})\s?"
    r"(?:more |further )?(?P<unit>days?|d|nights?|weeks?|wks?|w|fortnights?|months?)"
)
_FOR = re.compile(rf"^(?P<amount>.+?)\s*(?:\bfor |\bx\s?|×\s?|:\s?|\s){_LENGTH}\s*(?:long(?:er)?|more)?$")
_SECOND_LENGTH = _LENGTH.replace("<count>", "<count2>").replace("<unit>", "<unit2>")
_EACH = re.compile(
    rf"^(?P<line>.+?),?\s+(?:(?:for )?{_LENGTH} (?:each|per step)|each (?:one )?(?:for )?{_SECOND_LENGTH})$"
)
_FROM = re.compile(r"^(?P<amount>.+?),?\s+(?:from|starting(?: on)?|as of|since|on)\s+(?P<date>.+)$")
_DATE_FIRST = re.compile(
    r"^(?:from |on )?(?P<date>.+?)\s*(?:: |:|,|\s-\s|\bon\b)?\s*(?P<amount>[\d.,½¼¾]+\s?[a-zμ]*)$"
)
_UNTIL = re.compile(r"^(?P<amount>.+?),?\s+(?:until|till|through|up to)\s+(?:and including )?(?P<date>.+)$")
_ADDS = re.compile(r"(?:from|for|until|till|starting) ")
_HAS_AMOUNT = re.compile(r"\d\s?(?:mg|mcg)")
_NOISE = re.compile(r"^(?:and |i take |i'll take |take |start with |start |begin with |then )+")
_UNIT_DAYS = {"d": 1, "n": 1, "w": 7, "f": 14}


def looks_like_a_plan(text: str) -> bool:
    """Tell whether *text* may be a line of steps rather than one bare amount."""
    words = normalise(text, LONGEST_LINE)
    return (
        bool(words)
        and not isinstance(parse_dose(words), DoseAmount)
        and re.search(r"[\d½¼¾]", words) is not None
    )


def parse_plan(text: str, today: date, first: date) -> PlanLine | LineProblem:
    """Return the steps that *text* names, or what is wrong with it.

    Args:
        text: What a patient typed.
        today: The patient's local date; a date without a year lies ahead of it.
        first: The next open dose date: a line that names no date starts there, and none starts earlier.
    """
    if len(text) > LONGEST_LINE:
        return LineProblem(LineRefusal.TOO_MANY)
    words = normalise(text.replace("\n", " ; "), LONGEST_LINE).strip(" .!;,")
    each = _EACH.match(words)
    length = _length(each["count"] or each["count2"], each["unit"] or each["unit2"]) if each else None
    if each and length:
        words = each["line"]
    pieces = [piece for piece in (_NOISE.sub("", one).strip(" .,") for one in _BETWEEN.split(words)) if piece]
    if not pieces:
        return LineProblem(LineRefusal.NOT_UNDERSTOOD, words)
    if len(pieces) > MOST_PARTS:
        return LineProblem(LineRefusal.TOO_MANY)
    parts: list[_Part] = []
    for piece in _joined(pieces, today):
        part = _part(piece, today)
        if isinstance(part, LineProblem):
            return part
        parts.append(part)
    if length is not None:
        parts[:-1] = [_lasting(part, length) for part in parts[:-1]]
    return _dated(parts, first)


def _lasting(part: _Part, length: tuple[int | None, int | None]) -> _Part:
    """Give a step the length that the line names for each, unless it has an end of its own."""
    has_end = part.days is not None or part.months is not None or part.until is not None
    return part if has_end else replace(part, days=length[0], months=length[1])


def _joined(pieces: list[str], today: date) -> list[str]:
    """Put "from 1 June" and "for 2 weeks", cut off by a comma, back to their amount."""
    joined: list[str] = []
    for piece in pieces:
        lead = joined[-1].partition(" ") if joined else ("", "", "")
        if joined and _ADDS.match(piece) and not _HAS_AMOUNT.search(piece):
            joined[-1] = f"{joined[-1]} {piece}"
        elif lead[0] in {"from", "on"} and parse_date(lead[2], today, towards="future") is not None:
            joined[-1] = f"{lead[2]}: {piece}"
        else:
            joined.append(piece)
    return joined


def _part(words: str, today: date) -> _Part | LineProblem:
    """Read one step: an amount, and when it starts or how long it lasts."""
    rest, starts_on, until, length = words, None, None, None
    if found := _FOR.match(rest):
        length = _length(found["count"], found["unit"])
    if found and length is not None:
        rest = found["amount"].strip(" :,")
    elif found := _UNTIL.match(rest):
        until, rest = _day(found["date"], today), found["amount"]
    dated = _FROM.match(rest) or _date_first(rest)
    if dated:
        starts_on, rest = _day(dated["date"], today), dated["amount"]
    for day in (until, starts_on):
        if isinstance(day, LineRefusal):
            return LineProblem(day, words)
    amount = parse_dose(rest)
    if not isinstance(amount, DoseAmount):
        why = LineRefusal.NOT_UNDERSTOOD if amount is DoseRefusal.NOT_UNDERSTOOD else LineRefusal.AMOUNT
        return LineProblem(why, words, amount)
    days, months = length or (None, None)
    return _Part(words, amount, _date(starts_on), days, months, _date(until))


def _date(day: date | LineRefusal | None) -> date | None:
    return None if isinstance(day, LineRefusal) else day


def _date_first(words: str) -> re.Match[str] | None:
    """Match "1 June: 3 mg", but not "4.5" or "1/2 mg", whose digits could be read as a date."""
    if isinstance(parse_dose(words), DoseAmount):
        return None
    found = _DATE_FIRST.match(words)
    return found if found and re.search(r"[a-z]|/|-|\.\d+\.", found["date"]) else None


def _day(words: str, today: date) -> date | LineRefusal:
    day = parse_date(words, today, towards="future")
    if isinstance(day, AmbiguousDate):
        return LineRefusal.AMBIGUOUS_DATE
    if day is None:
        return LineRefusal.NOT_UNDERSTOOD
    # "from 1 March", typed on the 3rd, means the one just gone, which is refused; not next year's.
    before = parse_date(words, today, towards="past")
    if isinstance(before, date) and today - before <= JUST_GONE and day - today > 4 * JUST_GONE:
        return before
    return day


def _length(count_words: str, unit: str) -> tuple[int | None, int | None] | None:
    """Return days or months: (14, None) for "2 weeks", (None, 1) for "a month"; None: no number."""
    if count_words.isdecimal():
        count: int | None = int(count_words)
    else:
        count = 1 if count_words in {"a", "an", "another"} else number_in_words(count_words)
    if not count:
        return None
    return (None, count) if unit.startswith("m") else (count * _UNIT_DAYS[unit[0]], None)


def _dated(parts: list[_Part], first: date) -> PlanLine | LineProblem:
    """Give each step its date: its own, or the end of the step before it."""
    steps: list[DoseStep] = []
    ends: date | None = first
    for at, part in enumerate(parts):
        starts_on = part.starts_on or ends
        if starts_on is None:
            return LineProblem(LineRefusal.NO_LENGTH, parts[at - 1].words)
        problem = _misdated(part, starts_on, ends if at else None, steps, first)
        if problem is not None:
            return LineProblem(problem, part.words)
        steps.append(DoseStep(starts_on, part.amount.mg, part.amount.as_typed))
        ends = _end(part, starts_on)
    # "3 mg for 2 weeks" alone doesn't say what comes then.
    if ends is not None:
        return LineProblem(LineRefusal.NO_END, parts[-1].words)
    return PlanLine(tuple(steps), parts[0].starts_on is not None)


def _misdated(
    part: _Part, starts_on: date, ends: date | None, steps: list[DoseStep], first: date
) -> LineRefusal | None:
    if part.starts_on is not None and ends is not None and part.starts_on != ends:
        return LineRefusal.CONFLICT
    if starts_on < first:
        return LineRefusal.TOO_EARLY
    if steps and starts_on <= steps[-1].starts_on:
        return LineRefusal.OUT_OF_ORDER
    before = steps[-1].starts_on if steps else first
    return LineRefusal.TOO_FAR if (starts_on - before).days > LONGEST_STEP_DAYS else None


def _end(part: _Part, starts_on: date) -> date | None:
    """Return the first date after the step, or None where it names no end."""
    if part.until is not None:
        return part.until + timedelta(days=1)
    if part.days is not None:
        return starts_on + timedelta(days=part.days)
    if part.months is None:
        return None
    months = starts_on.year * 12 + starts_on.month - 1 + part.months
    year, month = months // 12, months % 12 + 1
    for day in (starts_on.day, 30, 29, 28):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


def parse_last_date(text: str, today: date, first: date) -> date | AmbiguousDate | None:
    """Return the last day of a stretch that begins on *first*: "for a week", "10 days", "until 20 March".

    Args:
        text: What a patient typed.
        today: The patient's local date; a date without a year lies ahead of it.
        first: First day of the stretch.

    Returns:
        A local date, not before *first*; both readings of a date that may be swapped; None: unclear.
    """
    words = normalise(text).strip(" .!?,")
    found = re.fullmatch(rf"(?:for )?{_LENGTH}(?: longer)?", words)
    length = _length(found["count"], found["unit"]) if found else None
    if length is not None:
        part = _Part(words, DoseAmount(Decimal(1)), None, *length, until=None)
        end = _end(part, first)
        return None if end is None else end - timedelta(days=1)
    day = parse_date(
        re.sub(r"^(?:until|till|through|up to)(?: and including)? ", "", words), today, towards="future"
    )
    return day if day is None or isinstance(day, AmbiguousDate) or day >= first else None
