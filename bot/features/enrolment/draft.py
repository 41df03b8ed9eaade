"""What a patient has told the enrolment so far, and which step comes next: pure data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import time
from enum import StrEnum, auto
from typing import TYPE_CHECKING, Any

from bot.domain.regimen import needs_day_offset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Step(StrEnum):
    """One screen of the enrolment, in the order of asking. A dialogue's row holds these words."""

    READ = auto()
    AGREE = auto()
    ZONE = auto()
    ZONE_SURE = auto()
    STARTED = auto()
    REMINDER_TIME = auto()
    EVENING = auto()
    CHECKIN_TIME = auto()
    DOSE = auto()
    DOSE_SURE = auto()
    REVIEW = auto()


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers so far, as JSON keeps them; None: not answered yet.

    Attributes:
        read: The safety texts were shown and tapped away.
        agreed: Consent was tapped.
        zone: Confirmed IANA zone.
        zone_asked: IANA zone that waits for "yes, that's my time".
        started: "no", or a year, month or date ("2026", "2026-03", "2026-03-12").
        reminder_time: ISO wall time.
        day_offset: 1 for a bedtime after midnight that belongs to the evening before; None: not asked.
        checkin_time: ISO wall time.
        dose_mg: Milligrams, plain digits.
        dose_as: The amount as typed where that isn't plain mg.
        later: The coming steps of a titration: days after the first dose, mg, and the amount as typed.
        asked_mg: An amount that waits for the second question.
        asked_as: The same as typed.
        asked_dose: The whole dose with its steps that waits, by attribute; None: the amount alone.
        starts_on: ISO dose date that was chosen instead of the next one.
        location_button: The keyboard button that shares a location is on the patient's screen.
    """

    read: bool = False
    agreed: bool = False
    zone: str | None = None
    zone_asked: str | None = None
    started: str | None = None
    reminder_time: str | None = None
    day_offset: int | None = None
    checkin_time: str | None = None
    dose_mg: str | None = None
    dose_as: str | None = None
    later: Sequence[tuple[int, str, str | None]] = ()
    asked_mg: str | None = None
    asked_as: str | None = None
    asked_dose: Mapping[str, Any] | None = None
    starts_on: str | None = None
    location_button: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Draft:
        """Rebuild a draft; what another version of the bot wrote and this one doesn't know is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in plain.items() if name in known})


def steps_of(draft: Draft) -> Sequence[Step]:
    """Return the steps that this patient meets, in order: some questions arise from an answer."""
    after_midnight = draft.reminder_time is not None and needs_day_offset(
        time.fromisoformat(draft.reminder_time)
    )
    arises = {
        Step.ZONE_SURE: draft.zone_asked is not None,
        Step.EVENING: after_midnight,
        Step.DOSE_SURE: draft.asked_mg is not None,
    }
    return [step for step in Step if arises.get(step, True)]


def is_answered(draft: Draft, step: Step) -> bool:
    """Tell whether *step* needs no answer any more; the review ends with the enrolment itself."""
    return {
        Step.READ: draft.read,
        Step.AGREE: draft.agreed,
        Step.ZONE: draft.zone is not None or draft.zone_asked is not None,
        Step.ZONE_SURE: draft.zone_asked is None,
        Step.STARTED: draft.started is not None,
        Step.REMINDER_TIME: draft.reminder_time is not None,
        Step.EVENING: draft.day_offset is not None,
        Step.CHECKIN_TIME: draft.checkin_time is not None,
        Step.DOSE: draft.dose_mg is not None or draft.asked_mg is not None,
        Step.DOSE_SURE: draft.asked_mg is None,
        Step.REVIEW: False,
    }[step]


def next_step(draft: Draft) -> Step:
    """Return the first step that waits for an answer."""
    return next(step for step in steps_of(draft) if not is_answered(draft, step))


def step_before(draft: Draft, step: Step) -> Step:
    """Return the step that "Back" leads to; the first one leads to itself."""
    earlier = [other for other in steps_of(draft) if list(Step).index(other) < list(Step).index(step)]
    # "Are you sure?" is the same question as the one before it.
    plain = [other for other in earlier if other not in {Step.ZONE_SURE, Step.DOSE_SURE}]
    return plain[-1] if plain else step
