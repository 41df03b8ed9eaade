"""A check-in in the patient's own words: "pain 6, slept badly 8, bad headache and dreams".

Only what is plain is taken; the rest stands in `unclear` and is asked. "Slept well 8" is unclear, because 10
is the worst sleep; "slept 7" may be hours; "pain 6 or 7" and "pain 11" are no answer yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.free_text.checkin_tokens import Kind, Token, tokens
from bot.domain.free_text.words import normalise
from bot.domain.side_effect import Severity, SideEffect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_CHECKIN = 1000
MIDDLE = 5
"""Good words go with 0 to 5, bad ones with 5 to 10: otherwise the patient's scale may stand on its head."""


@dataclass(frozen=True, slots=True)
class CheckinWords:
    """What was understood of a typed check-in.

    Attributes:
        pain: 0 to 10; None if not said, or unclear.
        sleep: 0 (best) to 10 (worst); None if not said, or unclear.
        side_effects: Severity by side effect, None where it must be asked; empty if the patient said "none";
            None if nothing was said about them.
        other_text: What a side effect "other" was called; None without one.
        unclear: Pieces that were not understood, in the patient's words (lower case; escape them), to be
            shown when asking again.
    """

    pain: int | None = None
    sleep: int | None = None
    side_effects: Mapping[SideEffect, Severity | None] | None = None
    other_text: str | None = None
    unclear: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been found so far."""

    scales: dict[Kind, set[int]] = field(default_factory=dict)
    effects: dict[SideEffect, Severity | None] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    none_said: bool = False
    exception_said: bool = False
    last_denied: bool = False

    def note_unclear(self, piece: Sequence[Token]) -> None:
        if piece:
            self.unclear.append(" ".join(token.text for token in piece))


_UNCLEAR = -1
_SCALES = frozenset({Kind.PAIN, Kind.SLEEP, Kind.SLEPT})
_ABOUT_EFFECTS = frozenset({Kind.EFFECT, Kind.SEVERITY, Kind.NOT, Kind.NO_EFFECTS})
_BREAKS = frozenset({Kind.SEPARATOR, Kind.EXCEPT})


def parse_checkin(text: str) -> CheckinWords:
    """Return what *text* says about pain, sleep and side effects, and what of it must be asked again."""
    words = normalise(text.replace("\n", " ; "), LONGEST_CHECKIN).replace("'", "")
    reading = _Reading()
    found = _take_two_numbers(tokens(words), reading)
    clause: list[Token] = []
    joint = ""
    for token in found:
        if token.kind not in _BREAKS:
            clause.append(token)
            continue
        _read_clause(clause, joint, reading)
        reading.exception_said |= token.kind is Kind.EXCEPT
        clause, joint = [], token.text
    _read_clause(clause, joint, reading)
    return _result(reading)


def _take_two_numbers(found: list[Token], reading: _Reading) -> list[Token]:
    """Read "6 4 none" and "6, 4, headache": pain and sleep in the order in which they are asked."""
    kinds = {token.kind for token in found}
    content = [(at, token) for at, token in enumerate(found) if token.text not in {",", "and", ";"}]
    numbers = [token for _at, token in content if token.kind is Kind.NUMBER]
    first_two = [token for _at, token in content[:2]]
    if kinds & (_SCALES | {Kind.DOUBT, Kind.OR}) or len(numbers) != 2 or numbers != first_two:  # noqa: PLR2004
        return found
    pain, sleep = (token.value for token in numbers)
    if not isinstance(pain, int) or not isinstance(sleep, int):
        return found
    reading.scales = {Kind.PAIN: {pain}, Kind.SLEEP: {sleep}}
    rest = found[content[1][0] + 1 :]
    if [token.text for token in rest if token.kind not in _BREAKS] == ["no"]:
        reading.none_said = True
        return []
    return rest


def _read_clause(clause: list[Token], joint: str, reading: _Reading) -> None:
    """Read what stands between two separators: scales and side effects, in the order in which they come."""
    pieces = _pieces(clause)
    denied_before = reading.last_denied and joint in {",", "and", "&"}
    reading.last_denied = False
    for piece in pieces:
        kinds = {token.kind for token in piece}
        if kinds & _SCALES:
            _read_scale(piece, len(pieces), reading)
        elif denied_before and piece[0].kind is Kind.EFFECT and Kind.SEVERITY not in kinds:
            # "No headache, nausea": is nausea denied as well?
            reading.note_unclear(piece)
        else:
            _read_effects(piece, reading)


def _pieces(clause: list[Token]) -> list[list[Token]]:
    """Cut a clause where another scale begins, or where a scale gives way to side effects."""
    pieces: list[list[Token]] = []
    for token in clause:
        last = pieces[-1] if pieces else None
        last_kinds = {earlier.kind for earlier in last or ()}
        next_scale = token.kind in _SCALES and bool(last_kinds & (_SCALES | {Kind.EFFECT, Kind.NO_EFFECTS}))
        if last is None or next_scale or (token.kind in _ABOUT_EFFECTS and bool(last_kinds & _SCALES)):
            pieces.append([token])
        else:
            last.append(token)
    return pieces


def _read_scale(piece: list[Token], pieces_in_clause: int, reading: _Reading) -> None:
    at = next(index for index, token in enumerate(piece) if token.kind in _SCALES)
    scale = Kind.PAIN if piece[at].kind is Kind.PAIN else Kind.SLEEP
    value = _scale_value(piece, at, pieces_in_clause)
    if value is None:
        reading.note_unclear(piece)
        value = _UNCLEAR
    reading.scales.setdefault(scale, set()).add(value)


def _scale_value(piece: list[Token], at: int, pieces_in_clause: int) -> int | None:
    """Return the NRS that *piece* gives for the scale at index *at*, or None where it isn't plain."""
    before, after = piece[:at], piece[at + 1 :]
    kinds = [token.kind for token in piece]
    content = [token for token in piece if token.kind is not Kind.FILLER]
    if piece[at].kind is Kind.PAIN and [token.text for token in content] == ["no", piece[at].text]:
        return 0
    numbers = [token for token in piece if token.kind is Kind.NUMBER]
    if len(numbers) != 1 or {Kind.DOUBT, Kind.OR, Kind.NOT} & set(kinds):
        return None
    number = numbers[0]
    if number in before and pieces_in_clause > 1:
        return None
    until_number = before if number in before else after[: after.index(number)]
    if not isinstance(number.value, int) or any(token.kind is Kind.UNKNOWN for token in until_number):
        return None
    return number.value if _agrees(piece[at].kind, set(kinds), number.value) else None


def _agrees(scale: Kind, kinds: set[Kind], value: int) -> bool:
    if scale is Kind.PAIN:
        return True
    good, bad = Kind.GOOD in kinds, Kind.BAD in kinds
    if scale is Kind.SLEPT and not (good or bad):
        return False  # "slept 7" may be hours
    return not (good and (bad or value > MIDDLE)) and not (bad and value < MIDDLE)


def _read_effects(piece: list[Token], reading: _Reading) -> None:
    kinds = {token.kind for token in piece}
    if not kinds - {Kind.FILLER}:
        return
    effects = [token for token in piece if token.kind is Kind.EFFECT]
    if Kind.DOUBT in kinds or not (effects or Kind.NO_EFFECTS in kinds):
        reading.note_unclear(piece)
        return
    if Kind.NO_EFFECTS in kinds and not effects:
        text = next(token.text for token in piece if token.kind is Kind.NO_EFFECTS)
        reading.none_said = True
        reading.exception_said |= any(word in text.split() for word in ("other", "more", "else"))
        return
    denied = _denied(piece)
    if denied is None or (Kind.OR in kinds and len(denied) < len(effects)):
        reading.note_unclear(piece)
        return
    reading.last_denied = bool(denied)
    said = [token for token in piece if token not in denied]
    for effect, severity in _with_severity(said):
        reading.effects[effect] = severity if reading.effects.get(effect, severity) == severity else None
    reading.other += [token.text for token in said if token.value is SideEffect.OTHER]


def _denied(piece: list[Token]) -> list[Token] | None:
    """Return the side effects that *piece* denies, or None where it can't be told."""
    content = [token for token in piece if token.kind not in {Kind.FILLER, Kind.UNKNOWN}]
    denied: list[Token] = []
    denying = False
    for at, token in enumerate(content):
        before = content[at - 1] if at else None
        if token.kind is Kind.EFFECT:
            if denying and before and before.kind not in {Kind.NOT, Kind.OR}:
                return None
            if denying:
                denied.append(token)
        elif token.kind is Kind.NO_EFFECTS or (token.kind is Kind.NUMBER and token.value == 0):
            denied += [before] if before and before.kind is Kind.EFFECT else []
        elif token.kind is Kind.NOT and before and before.kind is Kind.EFFECT and token is content[-1]:
            denied.append(before)
        elif token.kind is Kind.NOT:
            denying = True
        elif denying and token.kind is not Kind.OR:
            return None
    return None if denying and not denied else denied


def _with_severity(said: list[Token]) -> list[tuple[SideEffect, Severity | None]]:
    """Pair side effects with severities where "mild headache" or "headache mild" leaves no doubt."""
    content = [token for token in said if token.kind in {Kind.EFFECT, Kind.SEVERITY}]
    effects = [token.value for token in content if isinstance(token.value, SideEffect)]
    severities = [token.value for token in content if isinstance(token.value, Severity)]
    kinds = [token.kind for token in content]
    in_turns = len(effects) == len(severities) and len(set(kinds[::2])) <= 1 and len(set(kinds[1::2])) <= 1
    if in_turns:
        return list(zip(effects, severities, strict=True))
    return [(effect, None) for effect in effects]


def _result(reading: _Reading) -> CheckinWords:
    reading.unclear += [scale.name.lower() for scale, values in reading.scales.items() if len(values) > 1]
    one = {scale: values.copy().pop() for scale, values in reading.scales.items() if len(values) == 1}
    pain, sleep = (one.get(scale) for scale in (Kind.PAIN, Kind.SLEEP))
    effects: Mapping[SideEffect, Severity | None] | None = None
    if reading.effects and reading.none_said and not reading.exception_said:
        reading.unclear += [str(effect).replace("_", " ") for effect in reading.effects]
    elif reading.effects or reading.none_said:
        effects = MappingProxyType(reading.effects)
    return CheckinWords(
        pain=None if pain == _UNCLEAR else pain,
        sleep=None if sleep == _UNCLEAR else sleep,
        side_effects=effects,
        other_text=", ".join(reading.other) or None if effects else None,
        unclear=tuple(reading.unclear),
    )
