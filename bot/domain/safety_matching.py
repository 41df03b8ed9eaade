"""Find safety words in what a patient typed: phrases, and names of medicines that may be misspelled.

Tuned to miss little. What silences a mention, and why:

- Nothing silences a mention of suicide or self-harm. "I'm not suicidal" gets the text too: it does no harm to
  somebody who is well, and the people who say so unasked are not the ones to pass over.
- A symptom or an event denied right before its words ("no chest pain", "not pregnant") gets no text:
  "call emergency services now" in answer to good news teaches a patient to ignore it.
- An opioid is denied only by "no", "never took" and the like with nothing after it. "No tramadol since
  Monday" and "not taking codeine any more" mean recent use, which is dangerous too, so they get the text.
- One mention that isn't denied is enough.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.safety import Trigger
from bot.domain.safety_words import DENIAL_ENDS, DENIED, DENIED_USE, NAMES, NOT_A_NAME, PHRASES

if TYPE_CHECKING:
    from collections.abc import Iterable

FUZZY_FROM = 7
FUZZY_TO = 24
NEAR = 60
"""Characters before a mention in which a denial is looked for."""

_TOKEN = re.compile(r"[^\W_]+(?:&[^\W_]+)?|[.,;:!?\n()…]")
_DROPPED = str.maketrans({"'": "", "’": "", "ʼ": "", "`": "", "\u200b": "", "\u00ad": ""})
_NEVER_DENIED = frozenset({Trigger.SUICIDE})
_STRICTLY_DENIED = frozenset({Trigger.OPIOIDS, Trigger.NALTREXONE_PRODUCT})


@dataclass(frozen=True, slots=True)
class _Phrase:
    language: str
    trigger: Trigger
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...] = ()


def find_triggers(text: str) -> tuple[Trigger, ...]:
    """Return what *text* triggers, the most urgent first; empty for almost every text."""
    tokens = _tokens(text)
    present = frozenset(tokens)
    line = f" {' '.join(tokens)} "
    found: set[Trigger] = set()
    for anchor in present & _ANCHORS:
        for phrase in _BY_ANCHOR[anchor]:
            if phrase.trigger in found or any(present.isdisjoint(words) for words in phrase.needs):
                continue
            if _says(line, phrase):
                found.add(phrase.trigger)
    for token in present:
        named = _named(token)
        if named and named.trigger not in found and _says(line, named):
            found.add(named.trigger)
    return tuple(trigger for trigger in Trigger if trigger in found)


def _tokens(text: str) -> list[str]:
    """Return words without capitals and apostrophes, and "." for what ends a clause."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    found = _TOKEN.findall(plain.casefold().translate(_DROPPED))
    return [token if token[0].isalnum() else "." for token in found]


def _says(line: str, phrase: _Phrase) -> bool:
    return any(not _denied(line, mention, phrase) for mention in phrase.pattern.finditer(line))


def _denied(line: str, mention: re.Match[str], phrase: _Phrase) -> bool:
    if phrase.trigger in _NEVER_DENIED:
        return False
    before = line[max(0, mention.start() - NEAR) : mention.start()]
    if phrase.trigger in _STRICTLY_DENIED:
        use, ends = _DENIED_USE[phrase.language], _DENIAL_ENDS[phrase.language]
        return bool(use.search(before) and ends.search(line[mention.end() : mention.end() + NEAR]))
    return bool(_DENIED[phrase.language].search(before))


def _named(token: str) -> _Phrase | None:
    """Return what a word that names a medicine triggers, also with one slip of the finger."""
    if token in _EXACT:
        language, trigger = _EXACT[token]
    elif FUZZY_FROM <= len(token) <= FUZZY_TO and token not in _NOT_A_NAME and (near := _nearest(token)):
        language, trigger = near
    else:
        return None
    return _Phrase(language, trigger, re.compile(f" {re.escape(token)}(?= )"))


def _nearest(token: str) -> tuple[str, Trigger] | None:
    for word in {token, _as_heard(token)}:
        # One slip leaves the first three letters or the last three as they were: most words end here.
        if word[:3] in _HEADS or word[-3:] in _TAILS:
            found = next((found for name, found in _FUZZY.items() if one_slip(word, name)), None)
            if found is not None:
                return found
    return None


def _as_heard(word: str) -> str:
    """Return *word* as people spell it by ear: "buprenorfine"."""
    return word.replace("ph", "f")


def one_slip(a: str, b: str) -> bool:
    """Tell whether *a* and *b* are equal or differ by one letter: wrong, missing, added or swapped."""
    if abs(len(a) - len(b)) > 1:
        return False
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[same:], b[same:]
    if len(a) != len(b):
        return rest_a[1:] == rest_b or rest_a == rest_b[1:]
    swapped = rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or swapped


def _compile(phrase: str) -> tuple[str, tuple[frozenset[str], ...]]:
    """Return a phrase's pattern, and the sets of words of each of which a text must have one to match it."""
    pattern, needs = "", []
    for element in phrase.translate(_DROPPED).split():
        words = element.strip("-?").split("|")
        any_word = "|".join(map(re.escape, words))
        if element == "...":
            pattern += r"(?: [^ .]+){0,3}"
        elif element.startswith("-"):
            before = "".join(rf"(?<! {re.escape(word)})" for word in words)
            pattern += rf"(?! (?:{any_word}) )" if pattern else before
        elif element.endswith("?"):
            pattern += f"(?: (?:{any_word}))?"
        else:
            pattern += f" (?:{any_word})"
            needs.append(frozenset(words))
    return pattern + "(?= )", tuple(needs)


def _index() -> dict[str, list[_Phrase]]:
    """Return the phrases under the words of their longest element: most texts have none of those."""
    index: dict[str, list[_Phrase]] = {}
    for language, table in PHRASES.items():
        for trigger, phrases in table.items():
            for line in phrases.strip().splitlines():
                pattern, needs = _compile(line)
                phrase = _Phrase(language, trigger, re.compile(pattern), needs)
                for anchor in max(needs, key=lambda words: min(map(len, words))):
                    index.setdefault(anchor, []).append(phrase)
    return index


def _patterns(sources: Iterable[tuple[str, str]]) -> dict[str, re.Pattern[str]]:
    return {language: re.compile(source) for language, source in sources}


_BY_ANCHOR = _index()
_ANCHORS = frozenset(_BY_ANCHOR)
_EXACT = {
    name: (language, trigger)
    for language, table in NAMES.items()
    for trigger, names in table.items()
    for name in names.split()
}
_LONG = {name: found for name, found in _EXACT.items() if len(name) >= FUZZY_FROM}
_FUZZY = _LONG | {_as_heard(name): found for name, found in _LONG.items()}
_HEADS = frozenset(name[:3] for name in _FUZZY)
_TAILS = frozenset(name[-3:] for name in _FUZZY)
_NOT_A_NAME = frozenset(word for words in NOT_A_NAME.values() for word in words.split())
_DENIED = _patterns(DENIED.items())
_DENIED_USE = _patterns(DENIED_USE.items())
_DENIAL_ENDS = _patterns(DENIAL_ENDS.items())
