"""The safety texts as `/help` lists them: keyword lists miss cases, so each stands here with what brings it.

REVIEW: a clinician reads this beside safety.py, whose texts it repeats.
"""

from __future__ import annotations

from bot.domain.safety import BEFORE_USE_SPEAK, NOT_SURE, ROWS, Trigger
from bot.locale import N_

HELP_TEXTS: tuple[tuple[str, str], ...] = (
    (
        N_("Trouble breathing, swelling of face, lips or throat, fainting"),
        ROWS[Trigger.EMERGENCY].text,
    ),
    (
        N_("Chest pain, confusion, seeing or hearing things while awake"),
        ROWS[Trigger.URGENT].text,
    ),
    (N_("Thoughts of suicide or self-harm, severe low mood"), ROWS[Trigger.SUICIDE].text),
    (N_("Allergic reaction, hives"), ROWS[Trigger.ALLERGY].text),
    (N_("Opioids"), ROWS[Trigger.OPIOIDS].text),
    (
        N_("Yellow skin or eyes, dark urine, pale stools, pain in the upper right belly"),
        ROWS[Trigger.LIVER].text,
    ),
    (N_("Surgery, dentist, emergency"), ROWS[Trigger.SURGERY].text),
    (
        N_("A severe side effect, or the same moderate one again and again"),
        ROWS[Trigger.SIDE_EFFECT].text,
    ),
    (N_("Not sure or forgotten"), NOT_SURE),
    (N_("Before use"), BEFORE_USE_SPEAK),
)
"""What happened, and what to do then; the most urgent first.

"Before use" says what pregnancy and other products with naltrexone bring.
"""
