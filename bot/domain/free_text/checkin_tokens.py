"""The vocabulary of a typed check-in: which words name scales, side effects, severities, denials, doubts."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.checkin import NRS_WORST
from bot.domain.free_text.words import NUMBERS
from bot.domain.side_effect import Severity, SideEffect

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(Enum):
    """What a token is, for the reader of a check-in."""

    PAIN = auto()
    SLEEP = auto()
    SLEPT = auto()
    GOOD = auto()
    BAD = auto()
    NUMBER = auto()
    EFFECT = auto()
    SEVERITY = auto()
    NOT = auto()
    NO_EFFECTS = auto()
    EXCEPT = auto()
    OR = auto()
    DOUBT = auto()
    FILLER = auto()
    SEPARATOR = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a typed check-in.

    Attributes:
        kind: What it is.
        text: How it was typed, in lower case.
        value: The number of a NUMBER (None where it is none of 0 to 10), the side effect of an EFFECT, the
            severity of a SEVERITY; None otherwise.
    """

    kind: Kind
    text: str
    value: int | SideEffect | Severity | None = None


# Apostrophes are gone by then. Of two patterns that fit, the first one counts.
_EFFECTS: Mapping[SideEffect, tuple[str, ...]] = MappingProxyType(
    {
        SideEffect.VIVID_DREAMS: (
            r"(?:(?:vivid|vived|vivd|weird|strange|crazy|intense|wild|odd|bad) )?(?:dreams?|dreaming)",
            r"nightmares?",
        ),
        SideEffect.HEADACHE: (
            r"head ?-?ach?e?s?|headach|headakes?|hedaches?|migraines?",
            r"sore head|my head hurts",
        ),
        SideEffect.TROUBLE_SLEEPING: (
            r"(?:trouble|difficulty|problems?|hard time) (?:sleeping|falling asleep|staying asleep)",
            r"insomn?ia|(?:couldnt|cant|could not|cannot) (?:get to |fall a)?sleep|sleeplessness|sleepless",
        ),
        SideEffect.NAUSEA: (r"nause(?:a|ous|ated)|nausious|nausia|nasuea|queasy|sick to my stomach",),
        SideEffect.STOMACH_CRAMPS: (
            r"(?:stomach|tummy|belly|abdominal)[ -]?(?:cramps?|cramping|aches?|pains?|hurts)",
        ),
        SideEffect.DIARRHOEA: (r"diar+h?o?ea?h?|loose (?:stools?|bowels)|the runs",),
        SideEffect.ANXIETY: (
            r"anxiety(?: or restlessness)?|anxious|anxeity|anxity",
            r"restless(?:ness)?|nervous|jittery|panicky|on edge",
        ),
        SideEffect.LOW_MOOD: (
            r"low mood|mood (?:is |was )?low|depressed|depress?ion",
            r"(?:feeling|felt|feel) (?:down|low)|sad",
        ),
        SideEffect.DIZZINESS: (r"dizzy|diz+i?y?ness|light ?-?headed(?:ness)?|vertigo|giddy",),
        SideEffect.TIREDNESS: (
            r"(?:unusual(?:ly)? )?(?:tired(?:ness)?|exhaust(?:ed|ion)|drows(?:y|iness)|sleepy)",
        ),
        SideEffect.DRY_MOUTH: (r"(?:very )?dry ?mouth|mouth (?:is |was )?dry",),
        SideEffect.OTHER: (
            r"(?:night )?sweat(?:s|ing)|hot (?:flush|flash)es|(?:skin )?rash|itch(?:y|ing)",
            r"constipat(?:ed|ion)|bloat(?:ed|ing)|heartburn|irritab(?:le|ility)|palpitations?|vomit(?:ed|ing)?",
        ),
    }
)
_SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.MILD: r"mild(?:ly)?",
        Severity.MODERATE: r"moderate(?:ly)?|modrate|moderat",
        Severity.SEVERE: r"severe(?:ly)?|severly|sever",
    }
)
_SIDE_EFFECTS = r"side[ -]?effects?"
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.NO_EFFECTS, rf"(?:no|none|without|zero) (?:other |more )?{_SIDE_EFFECTS}"),
    (Kind.NO_EFFECTS, rf"(?:didnt|did not|dont) (?:have|get|notice) any (?:other |more )?{_SIDE_EFFECTS}"),
    (Kind.NO_EFFECTS, rf"{_SIDE_EFFECTS} ?[:=-]? ?(?:none|no|nil)|none|nothing(?: else)?|nil"),
    (Kind.EXCEPT, r"except(?: for)?|apart from|other than|besides|aside from|but|only|just"),
    (
        Kind.DOUBT,
        r"maybe|perhaps|possibly|might|may|if|will|would|could|should|can|not sure|unsure|dont know|\?",
    ),
    (
        Kind.DOUBT,
        r"husband|wife|partner|sons?|daughters?|mother|mum|mom|friends?|he|she|they|almost|nearly|~|%",
    ),
    (Kind.DOUBT, r"gone|stopped|went away|better|before|later|then|percent|hours?|hrs?|h|times|to|worst"),
    (Kind.DOUBT, r"yesterday|tomorrow|week|days?|morning|afternoon|evening"),
    (
        Kind.NOT,
        r"no|not|never|without|neither|nor|free of|dont|didnt|did not|hadnt|havent|hasnt|wasnt|isnt|arent",
    ),
    (Kind.SLEPT, r"slept"),
    (Kind.SLEEP, r"sleep(?:ing)?(?: (?:problems?|quality))?"),
    (Kind.PAIN, r"pains?(?: level| score)?"),
    (Kind.GOOD, r"well|good|great|fine|ok|okay|better|wonderful(?:ly)?|like a (?:log|baby)"),
    (Kind.BAD, r"bad(?:ly)?|poor(?:ly)?|terribl[ey]|awful(?:ly)?|horribl[ey]|rubbish|crap|lousy"),
    (Kind.OR, r"or"),
    (Kind.SEPARATOR, r"[,;.!&+]|and|with|plus|also"),
    (Kind.FILLER, r"[:=()-]|is|was|are|were|at|about|around|a|an|the|my|of|i|had|have|has|got|some|today|on"),
    (
        Kind.FILLER,
        r"last night|average|level|score|overall|in general|still|very|really|quite|so|too|been|bit",
    ),
    (Kind.FILLER, rf"felt|feel|feeling|little|{_SIDE_EFFECTS}"),
)
_NUMBER = r"(?P<number>\d+(?:[.,]\d+)*)(?: ?(?:/|out of) ?(?P<out_of>\d+|ten))?"
_NUMBER_WORDS = "|".join(word for word, number in NUMBERS.items() if number <= NRS_WORST + 1)
_EDGE = r"(?![a-z])"


def _compiled() -> tuple[tuple[re.Pattern[str], Kind, SideEffect | Severity | None], ...]:
    rows: list[tuple[str, Kind, SideEffect | Severity | None]] = []
    rows += [(pattern, Kind.EFFECT, effect) for effect, patterns in _EFFECTS.items() for pattern in patterns]
    rows += [(pattern, Kind.SEVERITY, severity) for severity, pattern in _SEVERITIES.items()]
    rows += [(pattern, kind, None) for kind, pattern in _KINDS]
    return tuple(
        (re.compile(rf"(?:{pattern})(?:(?<![a-z])|{_EDGE})"), kind, value) for pattern, kind, value in rows
    )


_PATTERNS = _compiled()
_NUMERAL = re.compile(rf"{_NUMBER}|(?P<word>{_NUMBER_WORDS}){_EDGE}(?: out of (?P<word_out_of>10|ten))?")
_WORD = re.compile(r"[^\s,;.!?&+()]+|\S")
_NAMES = (
    ("headache", SideEffect.HEADACHE),
    ("headaches", SideEffect.HEADACHE),
    ("insomnia", SideEffect.TROUBLE_SLEEPING),
    ("nightmares", SideEffect.VIVID_DREAMS),
    ("diarrhoea", SideEffect.DIARRHOEA),
    ("diarrhea", SideEffect.DIARRHOEA),
    ("anxiety", SideEffect.ANXIETY),
    ("restlessness", SideEffect.ANXIETY),
    ("dizziness", SideEffect.DIZZINESS),
    ("tiredness", SideEffect.TIREDNESS),
    ("nauseous", SideEffect.NAUSEA),
)
_ALIKE = 0.82


def parse_nrs(match: re.Match[str]) -> int | None:
    """Return 0 to 10 for a match of a numeral ("6", "six", "6/10"), or None where it is no such number."""
    out_of = match["out_of"] or match["word_out_of"]
    if out_of not in {None, "10", "ten"}:
        return None
    digits = match["number"]
    if digits is None:
        number = NUMBERS[match["word"]]
    elif digits.isdecimal() and len(digits) <= len(str(NRS_WORST)):
        number = int(digits)
    else:
        return None
    return number if number <= NRS_WORST else None


def numeral(words: str) -> int | None:
    """Return 0 to 10 where *words* (normalised) are one such number and nothing else, or None."""
    match = _NUMERAL.fullmatch(words)
    return parse_nrs(match) if match else None


def tokens(words: str) -> list[Token]:
    """Return the tokens of *words* (normalised, without apostrophes), nothing left out but blanks."""
    found: list[Token] = []
    at = 0
    while at < len(words):
        if words[at] == " ":
            at += 1
            continue
        token, at = _token(words, at)
        found.append(token)
    return found


def _token(words: str, at: int) -> tuple[Token, int]:
    match = _NUMERAL.match(words, at)
    if match:
        return Token(Kind.NUMBER, match[0], parse_nrs(match)), match.end()
    for pattern, kind, value in _PATTERNS:
        match = pattern.match(words, at)
        if match:
            return Token(kind, match[0], value), match.end()
    word = _WORD.match(words, at)
    text = word[0] if word else words[at]
    effect = _misspelt(text)
    return Token(Kind.EFFECT if effect else Kind.UNKNOWN, text, effect), at + len(text)


def _misspelt(word: str) -> SideEffect | None:
    close = difflib.get_close_matches(word, [name for name, _effect in _NAMES], n=1, cutoff=_ALIKE)
    return dict(_NAMES)[close[0]] if close else None
