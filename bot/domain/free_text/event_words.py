"""A note as people type it: "started magnesium last Tuesday", "flare since Monday", "flu 3 to 7 March".

Only the ends of the text are looked at for a date, and only what can't be anything else counts as one: "down
to 4.5" and "sat in the sun" name no day. What isn't understood stays a word of the note, dated today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.event import TREATMENTS, Aspect, EventKind
from bot.domain.free_text.dates import AmbiguousDate, parse_date, parse_month
from bot.domain.free_text.words import LONGEST, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LONGEST_DATE = 8
"""Words: "from the 3rd of March to the 7th" has eight."""


@dataclass(frozen=True, slots=True)
class EventWords:
    """What a typed note says.

    Attributes:
        note: The words without the date, or None where nothing is left but the kind's own word.
        first: Local date on which it happened or began; today where none is named.
        last: The last local date of something that lasted; None: not said.
        kind: What the first words name, or None.
        aspect: Started, stopped or changed, where the first words say so.
        choices: Two readings of a date that can't be told apart; then `first` is today.
        has_day: The words name their day.
    """

    note: str | None
    first: date
    last: date | None = None
    kind: EventKind | None = None
    aspect: Aspect | None = None
    choices: tuple[date, ...] = ()
    has_day: bool = False


_ASPECTS: Mapping[Aspect, re.Pattern[str]] = MappingProxyType(
    {
        Aspect.STARTED: re.compile(r"(?:i |i've |i have |have )?(?:just )?(?:started|began|start|new)\b"),
        Aspect.STOPPED: re.compile(
            r"(?:i |i've |i have |have )?(?:just )?(?:stopped|stop|came off|come off|quit|finished|ended)\b"
        ),
        Aspect.CHANGED: re.compile(
            r"(?:i |i've |i have |have )?(?:just )?"
            r"(?:changed|switched|increased|raised|doubled|decreased|reduced|lowered|halved)\b"
        ),
    }
)
_LEAD = re.compile(
    r"(?:(?:i|i've|i have|i had|had|have|took|taking|using|got|having|with|a|an|the|my|another|bad|big|mild"
    r"|new)(?: |$))+"
)
_KINDS: Mapping[EventKind, re.Pattern[str]] = MappingProxyType(
    {
        EventKind.FLARE: re.compile(r"fibro flare|flare(?:d|s)?(?:[- ]?up)?\b|flaring\b"),
        EventKind.PERIOD: re.compile(r"periods?\b|menstruation\b"),
        EventKind.MEDICINE: re.compile(
            r"medicines?\b|medications?\b|meds\b|antibiotics?\b|painkillers?\b|ibuprofen|paracetamol|aspirin"
            r"|acetaminophen|tylenol|naproxen|amitriptyline|nortriptyline|duloxetine|cymbalta|pregabalin|lyrica"
            r"|gabapentin|venlafaxine|milnacipran|savella|cyclobenzaprine|sertraline|fluoxetine|citalopram"
            r"|escitalopram|trazodone"
        ),
        EventKind.SUPPLEMENT: re.compile(
            r"supplements?\b|magnesium|vitamins?\b|vit\b|b12\b|d3\b|omega|fish oil|co-?q-?10|iron\b|zinc\b"
            r"|probiotics?\b|melatonin|turmeric|curcumin|cbd\b"
        ),
        EventKind.THERAPY: re.compile(
            r"therapy\b|physio|massage|acupuncture|cbt\b|counsell?ing|hydrotherapy|osteopath|chiropract"
            r"|yoga\b|tai chi|tens\b"
        ),
        EventKind.ILLNESS: re.compile(
            r"ill\b|illness|sick\b|cold\b|flu\b|influenza|covid|fever|infection|virus|stomach bug|uti\b"
        ),
        EventKind.STRESS: re.compile(r"(?:very |much |lots of |a lot of )?stress"),
    }
)
_ALONE = re.compile(
    r"(?:fibro )?flare(?:[- ]?up)?|flaring|periods?|stress|illness|ill|sick|therapy|medicine|supplement"
)
_NUMBERS_ONLY = re.compile(r"[\d./ -]+")
_YEAR = re.compile(r"\d{4}|(?:\d{1,2}[./-]){2}\d{2}")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.")
_SHORT_DAY = re.compile(r"(?:mon|tues?|weds?|thur?s?|fri|sat|sun)\.?")
_TO = re.compile(r" (?:to|until|till|through|-) ")
_ONE_MONTH = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_IN_MONTH = re.compile(r"(?:in|since) [a-z]{3,9}\.?(?: \d{4})?")


def parse_event(text: str, today: date) -> EventWords:
    """Return what a typed note says; its words are kept as they were typed, but for the date.

    Args:
        text: What the patient typed, not empty.
        today: The patient's local date; nothing later is returned.
    """
    words = text.split()
    for phrase, rest in _ends(words):
        found = _dated(phrase, today)
        if found is not None:
            return _read(" ".join(rest), found)
    for phrase, _rest in _ends(words):
        words_of_month = normalise(phrase).strip(" ,.!")
        month = parse_month(phrase, today) if _IN_MONTH.fullmatch(words_of_month) else None
        if isinstance(month, tuple):
            # The words stay: only they say that the day isn't known.
            since = today if words_of_month.startswith("since ") else None
            return _read(text, _Dated(month[0], since=since))
    return _read(text, _Dated(today, is_named=False))


def kind_of(text: str) -> EventKind | None:
    """Return the kind that the first words of a note name, or None."""
    words = normalise(text, LONGEST * 3)
    for aspect in _ASPECTS.values():
        words = aspect.sub("", words, count=1).strip() if aspect.match(words) else words
    lead = _LEAD.match(words)
    words = words[lead.end() :] if lead else words
    return next((kind for kind, pattern in _KINDS.items() if pattern.match(words)), None)


def aspect_of(text: str) -> Aspect | None:
    """Return whether the first words of a note say that something was started, stopped or changed."""
    words = normalise(text, LONGEST * 3)
    return next((aspect for aspect, pattern in _ASPECTS.items() if pattern.match(words)), None)


def subject_of(text: str) -> str:
    """Return what was started or stopped, in one spelling: "magnesium" for "I've stopped Magnesium."."""
    words = normalise(text, LONGEST * 3)
    for pattern in _ASPECTS.values():
        found = pattern.match(words)
        words = words[found.end() :] if found else words
    return words.strip(" .,!").removeprefix("taking ").removeprefix("the ").removeprefix("my ")


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date as it was found: the last one where two are named; since: it goes on until now.

    Not named: today, because the words say no day.
    """

    first: date
    last: date | None = None
    since: date | None = None
    choices: tuple[date, ...] = ()
    is_named: bool = True


def _read(note: str, dated: _Dated) -> EventWords:
    kind, aspect, last = kind_of(note), aspect_of(note), dated.last or dated.since
    if dated.since and kind in TREATMENTS and aspect in {None, Aspect.STARTED}:
        aspect, last = Aspect.STARTED, None
    plain = normalise(note, LONGEST * 3).strip(" .,!")
    kept = None if kind is not None and _ALONE.fullmatch(plain) else note.strip(" ,") or None
    has_day = dated.is_named and not dated.choices
    return EventWords(kept, dated.first, last, kind, aspect, dated.choices, has_day=has_day)


def _ends(words: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what may be a date at the end, then at the beginning, the longest first, with the rest."""
    longest = min(_LONGEST_DATE, len(words))
    for count in range(longest, 0, -1):
        yield " ".join(words[-count:]), words[:-count]
    for count in range(longest, 0, -1):
        yield " ".join(words[:count]), words[count:]


def _dated(phrase: str, today: date) -> _Dated | None:
    """Return the date or dates that *phrase* names, or None where it may be something else."""
    words = normalise(phrase).strip(" ,!?;:()")
    words = words if _DOTTED.search(words) else words.rstrip(".")
    if _may_be_a_number(words.split(" ", 1)[-1]) or _may_be_a_number(words) or _SHORT_DAY.fullmatch(words):
        return None
    both = _TO.split(words)
    if len(both) > 1:
        return _two_dates(both[0].removeprefix("from "), both[1], today) if len(both) == len("ab") else None
    found = parse_date(words, today)
    if isinstance(found, AmbiguousDate):
        begun = tuple(day for day in found.choices if day <= today)
        return _Dated(begun[0]) if len(begun) == 1 else _Dated(today, choices=begun) if begun else None
    if found is None or found > today:
        return None
    return _Dated(found, since=today if words.startswith("since ") and found < today else None)


def _may_be_a_number(words: str) -> bool:
    """Tell whether this can be an amount as well as a date: "4.5" is no fourth of May."""
    dated = _YEAR.search(words) or _DOTTED.fullmatch(words)
    return _NUMBERS_ONLY.fullmatch(words) is not None and not dated


def _two_dates(first_words: str, last_words: str, today: date) -> _Dated | None:
    """Return both dates; "3 to 7 March" has one month, "Monday to Wednesday" is one week."""
    last = parse_date(last_words, today)
    if not isinstance(last, date) or last > today:
        return None
    if _ONE_MONTH.fullmatch(first_words):
        number = int(re.sub(r"\D", "", first_words))
        first = last.replace(day=number) if 1 <= number < last.day else None
    else:
        found = parse_date(first_words, last)
        first = found if isinstance(found, date) and found < last else None
    return None if first is None else _Dated(first, last)
