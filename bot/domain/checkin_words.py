"""The fixed wording of the check-in: questions, ends of the scales, echoes and labels.

Numbers are only comparable if the question is the same, so a change here is a change of the instrument.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.checkin import DoseAnswer, Pgic, Question
from bot.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

QUESTION_TEXTS: Mapping[Question, str] = MappingProxyType(
    {
        Question.DOSE: N_("Did you take {weekday}'s dose ({dose})?"),
        Question.PAIN: N_("In the past 24 hours, how strong was your pain on average?"),
        Question.SLEEP: N_("How was your sleep last night?"),
        Question.SIDE_EFFECTS: N_("Did you notice any of these in the past 24 hours?"),
        Question.HOURS_SLEPT: N_("How many hours did you sleep last night?"),
        Question.FATIGUE: N_("In the past 24 hours, how strong was your fatigue on average?"),
        Question.BRAIN_FOG: N_("In the past 24 hours, how strong was your brain fog on average?"),
        Question.STIFFNESS: N_("In the past 24 hours, how strong was your stiffness on average?"),
        Question.PERIOD: N_("Are you having your period today?"),
        Question.NOTE: N_("Anything to note about the past 24 hours?"),
        Question.INTERFERENCE: N_(
            "In the past week, how much did pain get in the way of everyday activities?"
        ),
        Question.PGIC: N_("Since I started LDN, my overall status is:"),
    }
)
"""DOSE takes {weekday} and {dose}."""

DISCREET_DOSE_TEXT = N_("Did you do {weekday}'s routine?")
DISCREET_MORNING_DOSE_TEXT = N_("Did you do {weekday}'s morning routine?")
DISCREET_PGIC_TEXT = N_("Since I started, my overall status is:")

SCALE_ENDS: Mapping[Question, tuple[str, str]] = MappingProxyType(
    {
        Question.PAIN: (N_("0 = no pain"), N_("10 = worst possible pain")),
        Question.SLEEP: (N_("0 = best possible"), N_("10 = worst")),
        Question.FATIGUE: (N_("0 = no fatigue"), N_("10 = worst possible fatigue")),
        Question.BRAIN_FOG: (N_("0 = no brain fog"), N_("10 = worst possible brain fog")),
        Question.STIFFNESS: (N_("0 = no stiffness"), N_("10 = worst possible stiffness")),
        Question.INTERFERENCE: (N_("0 = not at all"), N_("10 = completely")),
    }
)
"""What stands at the two ends of each scale."""

ECHOES: Mapping[Question, str] = MappingProxyType(
    {
        Question.PAIN: N_("Pain {value}"),
        Question.SLEEP: N_("Sleep {value} (10 = worst)"),
        Question.FATIGUE: N_("Fatigue {value}"),
        Question.BRAIN_FOG: N_("Brain fog {value}"),
        Question.STIFFNESS: N_("Stiffness {value}"),
        Question.INTERFERENCE: N_("Pain in the way {value}"),
    }
)
"""How an answered scale reads afterwards; takes {value}."""

MEASURE_LABELS: Mapping[Question, str] = MappingProxyType(
    {
        Question.PAIN: N_("pain"),
        Question.SLEEP: N_("sleep problems"),
        Question.FATIGUE: N_("fatigue"),
        Question.BRAIN_FOG: N_("brain fog"),
        Question.STIFFNESS: N_("stiffness"),
        Question.INTERFERENCE: N_("pain in the way of everyday activities"),
        Question.HOURS_SLEPT: N_("hours slept"),
        Question.PERIOD: N_("period"),
        Question.NOTE: N_("a note"),
    }
)
"""What a summary, a chart or the settings call a measure."""

DOSE_ANSWER_LABELS: Mapping[DoseAnswer, str] = MappingProxyType(
    {
        DoseAnswer.TAKEN: N_("Taken"),
        DoseAnswer.NOT_TAKEN: N_("Not taken"),
        DoseAnswer.NOT_SURE: N_("Not sure"),
    }
)

PGIC_LABELS: Mapping[Pgic, str] = MappingProxyType(
    {
        Pgic.VERY_MUCH_IMPROVED: N_("very much improved"),
        Pgic.MUCH_IMPROVED: N_("much improved"),
        Pgic.MINIMALLY_IMPROVED: N_("minimally improved"),
        Pgic.NO_CHANGE: N_("no change"),
        Pgic.MINIMALLY_WORSE: N_("minimally worse"),
        Pgic.MUCH_WORSE: N_("much worse"),
        Pgic.VERY_MUCH_WORSE: N_("very much worse"),
    }
)

TOO_UNWELL_LABEL = N_("Too unwell today")
SAME_AS_YESTERDAY_LABEL = N_("Same as yesterday")
