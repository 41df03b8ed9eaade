"""The morning check-in: its questions, and the answers of one local date as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.domain.side_effect import Severity, SideEffect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NRS_BEST = 0
NRS_WORST = 10
MAX_TYPED = 1000
"""Characters kept of a note or of the words for "other"."""
MAX_HOURS = 24


class Question(StrEnum):
    """One step of a check-in, in the order in which it is asked."""

    DOSE = auto()
    PAIN = auto()
    SLEEP = auto()
    SIDE_EFFECTS = auto()
    HOURS_SLEPT = auto()
    FATIGUE = auto()
    BRAIN_FOG = auto()
    STIFFNESS = auto()
    PERIOD = auto()
    NOTE = auto()
    INTERFERENCE = auto()
    PGIC = auto()


SCALES = frozenset(
    {
        Question.PAIN,
        Question.SLEEP,
        Question.FATIGUE,
        Question.BRAIN_FOG,
        Question.STIFFNESS,
        Question.INTERFERENCE,
    }
)
"""Questions answered on an NRS from 0 (best) to 10 (worst)."""
HOURS: Mapping[Question, tuple[float, ...]] = MappingProxyType(
    {Question.HOURS_SLEPT: (3, 4, 5, 6, 7, 8, 9, 10)}
)
"""Questions answered in hours, 0 to `MAX_HOURS` in steps of a half: the hours that stand on buttons."""
OPTIONAL = (
    Question.HOURS_SLEPT,
    Question.FATIGUE,
    Question.BRAIN_FOG,
    Question.STIFFNESS,
    Question.PERIOD,
    Question.NOTE,
)
"""Questions that are off until the patient chooses them."""


class DoseAnswer(StrEnum):
    """Answers to Q0; the dose itself is logged on its own row."""

    TAKEN = auto()
    NOT_TAKEN = auto()
    NOT_SURE = auto()


class Pgic(StrEnum):
    """Patient global impression of change: listed, never averaged."""

    VERY_MUCH_IMPROVED = auto()
    MUCH_IMPROVED = auto()
    MINIMALLY_IMPROVED = auto()
    NO_CHANGE = auto()
    MINIMALLY_WORSE = auto()
    MUCH_WORSE = auto()
    VERY_MUCH_WORSE = auto()


_CHOICES: Mapping[Question, type[StrEnum]] = MappingProxyType(
    {Question.DOSE: DoseAnswer, Question.PGIC: Pgic}
)

AnswerValue = int | float | bool | str | DoseAnswer | Pgic


@dataclass(frozen=True, slots=True)
class Answers:
    """What one check-in holds. None means not answered, which is never the same as 0 or "none".

    Attributes:
        dose: Answer to Q0.
        pain: NRS 0–10; likewise sleep, fatigue, brain_fog, stiffness and interference.
        side_effects: Severity of each reported side effect; empty means "none of these".
        other_text: The patient's words for the side effect "other".
        hours_slept: Hours, in steps of a half.
        period: Whether the patient has their period.
        note: The patient's words.
        pgic: Monthly impression of change.
        skipped: Questions that the patient chose to leave out.
        flare: "Too unwell today".
    """

    dose: DoseAnswer | None = None
    pain: int | None = None
    sleep: int | None = None
    side_effects: Mapping[SideEffect, Severity] | None = None
    other_text: str | None = None
    hours_slept: float | None = None
    fatigue: int | None = None
    brain_fog: int | None = None
    stiffness: int | None = None
    period: bool | None = None
    note: str | None = None
    interference: int | None = None
    pgic: Pgic | None = None
    skipped: frozenset[Question] = field(default=frozenset())
    flare: bool = False

    def value(self, question: Question) -> object | None:
        """Return the answer to *question*, or None if there is none."""
        answer: object | None = getattr(self, question.value)
        return answer

    def settled(self, question: Question) -> bool:
        """Tell whether *question* was answered or skipped."""
        return question in self.skipped or self.value(question) is not None

    def with_value(self, question: Question, value: AnswerValue) -> Answers:
        """Return these answers with *question* answered (side effects have their own function).

        Raises:
            ValueError: The question cannot have that answer.
        """
        return replace(self, **{question.value: checked(question, value)}, skipped=self.skipped - {question})

    def with_side_effects(
        self, side_effects: Mapping[SideEffect, Severity], other_text: str | None = None
    ) -> Answers:
        """Return these answers with Q3 answered; an empty mapping is "None", and words need "other"."""
        kept = (other_text or "").strip()[:MAX_TYPED] if SideEffect.OTHER in side_effects else ""
        return replace(
            self,
            side_effects=MappingProxyType(dict(side_effects)),
            other_text=kept or None,
            skipped=self.skipped - {Question.SIDE_EFFECTS},
        )

    def skipping(self, question: Question) -> Answers:
        """Return these answers with *question* left out; an earlier answer to it is withdrawn."""
        withdrawn: dict[str, Any] = {question.value: None}
        if question is Question.SIDE_EFFECTS:
            withdrawn["other_text"] = None
        return replace(self, **withdrawn, skipped=self.skipped | {question})

    def filled_with(self, other: Answers) -> Answers:
        """Return these answers with everything that *other* answers put over them."""
        changes = {
            f.name: getattr(other, f.name) for f in fields(other) if f.name not in ("skipped", "flare")
        }
        said = {name: value for name, value in changes.items() if value is not None}
        answered = {question for question in Question if question.value in said}
        return replace(
            self,
            **said,
            skipped=(self.skipped - answered) | (other.skipped - answered),
            flare=self.flare or other.flare,
        )

    def to_json(self) -> dict[str, Any]:
        """Return a plain dict for json.dumps and `from_json`; what is unanswered is absent."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain["side_effects"] = None if self.side_effects is None else dict(self.side_effects)
        plain["skipped"] = sorted(self.skipped) or None
        plain["flare"] = self.flare or None
        return {name: value for name, value in plain.items() if value is not None}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Answers:
        """Return the answers that `to_json` made *plain* from.

        Raises:
            ValueError: It holds an answer that its question cannot have, or something that is no answer.
        """
        known = {f.name for f in fields(cls)}
        if unknown := plain.keys() - known:
            raise ValueError(f"{len(unknown)} unknown keys in a check-in")
        special = {"side_effects", "other_text", "skipped", "flare"}
        values = {
            name: checked(Question(name), value) for name, value in plain.items() if name not in special
        }
        effects = plain.get("side_effects")
        return cls(
            **values,
            side_effects=None if effects is None else _side_effects(effects),
            other_text=plain.get("other_text"),
            skipped=_skipped(plain.get("skipped", ())),
            flare=bool(plain.get("flare")),
        )


def checked(question: Question, value: AnswerValue) -> Any:  # noqa: ANN401 - the type depends on the question
    """Return *value* in the type that *question* stores.

    Raises:
        ValueError: The question cannot have that answer. The message doesn't repeat it: it may reach a log.
    """
    choices = _CHOICES.get(question)
    if choices is not None and value in list(choices):
        return choices(value)
    if question in SCALES and type(value) is int and NRS_BEST <= value <= NRS_WORST:
        return value
    if question is Question.PERIOD and isinstance(value, bool):
        return value
    if question is Question.NOTE and isinstance(value, str) and value.strip():
        return value.strip()[:MAX_TYPED]
    if question in HOURS and _is_hours(value):
        return float(value)
    raise ValueError(f"not an answer to {question.value}")


def _is_hours(value: AnswerValue) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= float(value) <= MAX_HOURS and (float(value) * 2).is_integer()


def _side_effects(plain: Mapping[str, str]) -> Mapping[SideEffect, Severity]:
    if not (plain.keys() <= set(SideEffect) and set(plain.values()) <= set(Severity)):
        raise ValueError("not an answer to side_effects")
    return MappingProxyType({SideEffect(name): Severity(severity) for name, severity in plain.items()})


def _skipped(plain: Iterable[str]) -> frozenset[Question]:
    if not set(plain) <= set(Question):
        raise ValueError("an unknown question was skipped")
    return frozenset(Question(name) for name in plain)
