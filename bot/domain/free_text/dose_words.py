"""What typed words say about a dose: "taken", "took it at 10", "forgot", "not sure", "I took two".

Only whole, plain statements are understood. A hedge, a longer sentence or an unknown word gives None and the
patient gets buttons instead; a negation can therefore never read as taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum, auto

from bot.domain.free_text.dose_amount import DoseAmount, parse_dose
from bot.domain.free_text.time_of_day import parse_time
from bot.domain.free_text.words import normalise, number_in_words


class SaidWhen(StrEnum):
    """Which dose the patient named, in their words; the caller finds the dose date."""

    THIS_MORNING = auto()
    TODAY = auto()
    TONIGHT = auto()
    LAST_NIGHT = auto()
    YESTERDAY = auto()


@dataclass(frozen=True, slots=True)
class TookDose:
    """The patient says that a dose was taken.

    Attributes:
        at: Wall time of taking; None if not said.
        ago: How long ago it was taken; None if not said so.
        when: The part of which day was named; None if none was.
        amount: The amount that was named with its unit; None if none was.
    """

    at: time | None = None
    ago: timedelta | None = None
    when: SaidWhen | None = None
    amount: DoseAmount | None = None


@dataclass(frozen=True, slots=True)
class DidNotTake:
    """The patient says that a dose wasn't, or won't be, taken.

    Attributes:
        forgot: They say that they forgot it.
        when: The part of which day was named; None if none was.
    """

    forgot: bool = False
    when: SaidWhen | None = None


@dataclass(frozen=True, slots=True)
class NotSure:
    """The patient doesn't know whether a dose was taken."""


@dataclass(frozen=True, slots=True)
class TookExtra:
    """The patient says, or fears, that more than one dose was taken."""


@dataclass(frozen=True, slots=True)
class AskedWhetherTaken:
    """The patient asks whether a dose was, or should be, taken: show what is logged, as `/today` does."""


DoseWords = TookDose | DidNotTake | NotSure | TookExtra | AskedWhetherTaken

_WHENS = {
    "this morning": SaidWhen.THIS_MORNING,
    "today": SaidWhen.TODAY,
    "tonight": SaidWhen.TONIGHT,
    "this evening": SaidWhen.TONIGHT,
    "last night": SaidWhen.LAST_NIGHT,
    "yesterday evening": SaidWhen.LAST_NIGHT,
    "yesterday": SaidWhen.YESTERDAY,
}
_THINGS = r"(?:doses?|ldn|pills?|tablets?|capsules?|meds?|medicine|medication|naltrexone|drops)"
_IT = rf"(?: it| that| them| (?:my|the)(?: evening| nightly)? {_THINGS}| ldn| naltrexone)"

# Apostrophes are gone by then: "i've" is "ive".
_WHEN = re.compile(rf" ?,?\b(?P<when>{'|'.join(_WHENS)})\b,?")
_WHOSE = re.compile(rf"\b(?P<when>{'|'.join(_WHENS)})s (?={_THINGS}\b)")
_AMOUNT = re.compile(
    r" (?:my )?(?P<amount>\d+(?:[.,]\d+)? ?½? ?(?:mgs?|milligrams?|mcg|ug|μg|micrograms?))\b(?: of)?"
)
_AGO = re.compile(r" (?:about )?(?P<count>\d{1,3}|half an|[a-z]+) (?P<unit>min|hour|hr)(?:ute)?s? ago$")
_AT = re.compile(
    r" (?:(?:at|around|about) (?P<said>.+)"
    r"|(?P<clear>\d{1,2}[:h]\d{2}(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?))$"
)

_BARE_NUMBER = re.compile(r"^(?P<took>(?:i )?(?:just )?took|taken) (?P<number>\d+(?:[.,]\d+)?)(?=$| at\b)")

_YES = r"(?:(?:yes|yep|yeah|yup|ok|okay)[,.! ]+)?"
_NO = r"(?:(?:no|nope|sorry|ok|okay)[,.! ]+)*"
_TAKEN = re.compile(
    _YES
    + rf"(?:(?:i )?(?:just |already )?took{_IT}?"
    + rf"|(?:(?:i have|ive|have|i had) )?(?:just |already )?taken{_IT}?"
    + rf"|(?:(?:i have|ive|i) )?(?:just |already )?(?:had|swallowed){_IT}"
    + rf"|(?:it is |its |(?:my |the )?{_THINGS} )(?:is |was |has been )?taken"
    + r"|(?:all |its |it is |ive )?done(?: it)?|(?:i )?did it)(?: already| just now| now)?"
)
_NOT_TAKEN = re.compile(
    _NO
    + rf"(?:(?:i )?(?:didnt|did not|didn t|dident|did nt|never) (?:take|took|have){_IT}?"
    + rf"|not taken{_IT}?|(?:i )?(?:skipped|missed){_IT}?"
    + rf"|(?:im |i am )?(?:not taking|skipping){_IT}?|(?:i )?(?:wont|will not) take{_IT}"
    + rf"|(?:my |the )?{_THINGS} (?:was |is )?not taken"
    + rf"|(?P<forgot>(?:i )?forgot(?: to take| about| all about)?{_IT}?))"
)
_WHETHER = (
    rf"(?: (?:if|whether|that) (?:i|ive|i have|i had) (?:already )?(?:took|take|taken|had){_IT}?(?: or not)?)"
)
_NOT_SURE = re.compile(
    rf"(?:sorry,? )?(?:(?:im |i am )?(?:really )?(?:not sure|unsure|not certain){_WHETHER}?"
    rf"|(?:i )?(?:really )?(?:dont|do not|cant|cannot|can not) (?:know|remember|recall|tell){_WHETHER}?"
    rf"|(?:i have |ive )?no idea{_WHETHER}?|dunno|(?:i )?forgot{_WHETHER})"
)
_ACCIDENT = r"(?:accidentally |mistakenly |by mistake |by accident |just )?"
_TOO_MANY = (
    rf"(?:two|double|extra|too much|too many|one too many|two of them|(?:two|three|2|3) {_THINGS}"
    rf"|(?:a |an )?(?:double|extra|second) {_THINGS}|an extra one|a second one|double the {_THINGS}"
    rf"|another(?: one| {_THINGS})?)"
)
_EXTRA = re.compile(
    r"(?:help,? |oh no,? )?(?:i think |im afraid |what if |what do i do if |what should i do if )?"
    rf"(?:i |ive |i have |i may have |i might have )?{_ACCIDENT}"
    rf"(?:(?:took|taken|had) {_TOO_MANY}|took{_IT} twice"
    r"|double dosed|doubled up|doubled (?:my|the) dose|overdosed)"
    r"(?: by mistake| by accident| accidentally)?"
)
_ASKED = re.compile(
    r"(?:(?:help|oh no|oh dear|wait|sorry),? )?(?:"
    rf"(?:did|have|had) i (?:already |just |really )?(?:take|took|taken|have|had|forget|miss|skip)"
    rf"(?:{_IT}| two)?"
    r"(?: already| yet| or not| twice)?"
    rf"|(?:should|shall|can|may|could|must|do) i (?:still |now |also |have to |need to )?(?:take|skip|have)"
    rf"(?:{_IT}| one| two| another(?: one| {_THINGS})?)?(?: now| late| again| too)?"
    rf"|is it (?:ok|okay|safe|too late|late) to (?:still )?(?:take|skip){_IT}(?: now)?)"
)


def parse_dose_words(text: str, *, evening: bool = True) -> DoseWords | None:
    """Return what *text* says about a dose, or None where it isn't a plain statement about one.

    Args:
        text: What a patient typed.
        evening: The dose is a bedtime dose: "took it at 10" means 22:00 (see `parse_time`).
    """
    words = _plain(text)
    if "?" in words:
        said = _statement(words.replace("?", "").strip(" .,!"), evening=evening)
        return AskedWhetherTaken() if isinstance(said, TookDose | DidNotTake) else said
    return _statement(words, evening=evening)


def parse_took_number(text: str, *, evening: bool = True) -> TookDose | None:
    """Return "took 3" as 3 mg, or None where it says no bare number.

    It may as well mean three capsules, so only a caller who knows that the patient has just read amounts in
    mg, and that the number is one of them, may believe it.
    """
    words, found = _BARE_NUMBER.subn(r"\g<took> \g<number> mg", _plain(text), count=1)
    said = parse_dose_words(words, evening=evening) if found else None
    return said if isinstance(said, TookDose) and said.amount is not None else None


def _plain(text: str) -> str:
    words = normalise(text).replace("'", "")
    words = "".join(character for character in words if character not in "✅✔☑👍🙂😊\ufe0f")
    return words.strip(" .,!")


def _statement(words: str, *, evening: bool) -> DoseWords | None:
    if _NOT_SURE.fullmatch(words):
        return NotSure()
    words, when = _take_when(words)
    rest, amount = _take_amount(words)
    rest, ago = _take_ago(rest)
    rest, at = (rest, None) if ago else _take_time(rest, evening=_is_evening(when, evening=evening))
    for pattern, said in ((_EXTRA, TookExtra()), (_NOT_SURE, NotSure()), (_ASKED, AskedWhetherTaken())):
        if pattern.fullmatch(rest):
            return said
    not_taken = _NOT_TAKEN.fullmatch(words)
    if not_taken:
        return DidNotTake(forgot=not_taken["forgot"] is not None, when=when)
    if words == "not" and when in {SaidWhen.TONIGHT, SaidWhen.TODAY, SaidWhen.THIS_MORNING}:
        return DidNotTake(when=when)
    if _TAKEN.fullmatch(rest):
        return TookDose(at=at, ago=ago, when=when, amount=amount)
    return None


def _is_evening(when: SaidWhen | None, *, evening: bool) -> bool:
    if when in {SaidWhen.TONIGHT, SaidWhen.LAST_NIGHT}:
        return True
    return evening and when is not SaidWhen.THIS_MORNING


def _take_when(words: str) -> tuple[str, SaidWhen | None]:
    match = _WHOSE.search(words)
    if match:
        return words[: match.start()] + "my " + words[match.end() :], _WHENS[match["when"]]
    match = _WHEN.search(words)
    if match:
        return (words[: match.start()] + words[match.end() :]).strip(" ,"), _WHENS[match["when"]]
    return words, None


def _take_amount(words: str) -> tuple[str, DoseAmount | None]:
    match = _AMOUNT.search(words)
    amount = parse_dose(match["amount"]) if match else None
    if match and isinstance(amount, DoseAmount):
        return words[: match.start()] + words[match.end() :], amount
    return words, None


def _take_ago(words: str) -> tuple[str, timedelta | None]:
    match = _AGO.search(words)
    if match is None:
        return words, None
    minutes = 1 if match["unit"] == "min" else 60
    if match["count"] == "half an":
        return words[: match.start()], timedelta(minutes=minutes / 2)
    said = match["count"]
    count = int(said) if said.isdecimal() else 1 if said in {"a", "an"} else number_in_words(said)
    return (words, None) if count is None else (words[: match.start()], timedelta(minutes=count * minutes))


def _take_time(words: str, *, evening: bool) -> tuple[str, time | None]:
    match = _AT.search(words)
    if match is None:
        return words, None
    at = parse_time(match["said"] or match["clear"], evening=evening)
    return (words, None) if at is None else (words[: match.start()], at)
