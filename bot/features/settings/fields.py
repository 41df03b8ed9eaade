"""What can be set, and the pieces that every change shares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.message import press_data

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.regimen import Regimen as Plan
    from bot.message import Message
    from bot.storage.tables import Patient, Regimen

FEATURE_NAME = "settings"


class Field(StrEnum):
    """One screen of the settings. Buttons and dialogues hold these words."""

    REMINDER_TIME = auto()
    EVENING = auto()
    RHYTHM = auto()
    WEEKDAYS = auto()
    DAYS_OFF = auto()
    DAYS_OFF_TIME = auto()
    DAYS_OFF_CHECKIN = auto()
    CHECKIN_TIME = auto()
    CHECKIN_RHYTHM = auto()
    QUESTIONS = auto()
    SUMMARY = auto()
    SUMMARY_TIME = auto()
    ZONE = auto()
    CUE = auto()
    DISCREET = auto()
    SECOND_RE_ALERT = auto()


# Fields whose next value may be typed.
TYPED = frozenset(
    {
        Field.REMINDER_TIME,
        Field.DAYS_OFF_TIME,
        Field.DAYS_OFF_CHECKIN,
        Field.CHECKIN_TIME,
        Field.SUMMARY_TIME,
        Field.ZONE,
        Field.CUE,
    }
)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a change may write.

    Attributes:
        session: The open transaction.
        patient: An active patient.
        regimen: What was prescribed, as the table has it.
        plan: The same with its dose steps and pauses, as the rules have it.
        now: Aware UTC instant.
    """

    session: AsyncSession
    patient: Patient
    regimen: Regimen
    plan: Plan
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Return the patient's zone."""
        return ZoneInfo(self.patient.zone or "UTC")


@dataclass(frozen=True, slots=True)
class Changed:
    """A change was made.

    Attributes:
        notice: What is said above the next screen, as HTML.
        then: The screen that follows; None: the overview.
    """

    notice: str
    then: Field | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Nothing was changed yet: one more question.

    Attributes:
        message: The question.
    """

    message: Message


def open_data(field: Field | None = None, *args: object) -> str:
    """Return callback data that opens a field's screen; None: the overview."""
    return press_data("settings.open") if field is None else press_data("settings.field", None, field, *args)


def set_data(field: Field, value: object) -> str:
    """Return callback data that sets a field, as if the value had been typed there."""
    return press_data("settings.set", None, field, value)
