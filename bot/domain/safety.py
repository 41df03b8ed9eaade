"""Every safety text, and what brings it: one place for a clinician to read. REVIEW: sign off before a launch.

The words that bring a text stand in `safety_words/` (one file a language), how they are found in
`safety_matching.py`, and the rule for side effects in `safety_alerts.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, auto

from bot.locale import N_, _, ngettext


class Trigger(StrEnum):
    """What a safety text answers, the most urgent first."""

    EMERGENCY = auto()
    SUICIDE = auto()
    URGENT = auto()
    ALLERGY = auto()
    OPIOIDS = auto()
    LIVER = auto()
    SURGERY = auto()
    PREGNANCY = auto()
    NALTREXONE_PRODUCT = auto()
    SIDE_EFFECT = auto()


@dataclass(frozen=True, slots=True)
class SafetyRow:
    """One row of the table of safety texts.

    Attributes:
        trigger: What brings it.
        text: The full text: the first time on a local date. For a side effect that was ticked: as often as
            `SEVERE_EVERY` and `MODERATE_EVERY` say.
        repeat: The one-line repeat, each further time on that date.
        holds: The doses are on hold until the patient says that a prescriber or pharmacist called the next
            one safe.
    """

    trigger: Trigger
    text: str
    repeat: str
    holds: bool = False


SEVERE_EVERY = timedelta(days=7)
"""The same severe side effect brings its text at most this often."""
MODERATE_EVERY = timedelta(days=28)
"""So does the same moderate one, on 3 of 7 days, after the first dose, and worse than baseline."""

TABLE = (
    SafetyRow(
        Trigger.EMERGENCY,
        text=N_("Call emergency services now."),
        repeat=N_("Call emergency services now: 112, 999 or 911."),
        holds=True,  # An allergic reaction looks like this.
    ),
    SafetyRow(
        Trigger.SUICIDE,
        text=N_(
            "I'm sorry you're feeling this way. I'm automated and nobody reads this. If you might act on "
            "these thoughts, call emergency services now (112, 999 or 911). US and Canada: 988. UK and "
            "Ireland: Samaritans 116 123. Elsewhere: findahelpline.com. Please tell someone near you, and "
            "your prescriber."
        ),
        repeat=N_(
            "I'm still automated. If you might act on this, call emergency services or your helpline now "
            "(112, 999 or 911; US and Canada 988; UK and Ireland 116 123; findahelpline.com)."
        ),
    ),
    SafetyRow(
        Trigger.URGENT,
        text=N_("If new, sudden or severe, call emergency services now. Otherwise get medical advice today."),
        repeat=N_(
            "If new, sudden or severe, call emergency services now (112, 999 or 911). Otherwise get medical "
            "advice today."
        ),
    ),
    SafetyRow(
        Trigger.ALLERGY,
        text=N_(
            "Don't take LDN again until a prescriber or pharmacist says it's safe. Trouble breathing, "
            "swelling of face, lips or throat, fainting: call emergency services now."
        ),
        repeat=N_(
            "Don't take LDN until a prescriber or pharmacist says it's safe. Trouble breathing or swelling: "
            "call emergency services now (112, 999 or 911)."
        ),
        holds=True,
    ),
    SafetyRow(
        Trigger.OPIOIDS,
        text=N_(
            "Naltrexone blocks opioids; together they can cause sudden, severe withdrawal. Don't take LDN "
            "again until a prescriber or pharmacist says it's safe. Don't stop a prescribed opioid on your "
            "own. Don't take extra to overcome the block: it can stop your breathing. Vomiting, shaking, "
            "confusion or drowsiness after both: call emergency services. After a break from LDN, opioids "
            "may act more strongly."
        ),
        repeat=N_(
            "Don't take LDN until a prescriber or pharmacist says it's safe. Vomiting, shaking, confusion or "
            "drowsiness after an opioid and LDN: call emergency services (112, 999 or 911)."
        ),
        holds=True,
    ),
    SafetyRow(
        Trigger.LIVER,
        text=N_("Get medical advice today."),
        repeat=N_("Get medical advice today. Very unwell: call emergency services (112, 999 or 911)."),
        holds=True,
    ),
    SafetyRow(
        Trigger.SURGERY,
        text=N_(
            "Tell the team, as early as you can, that you take naltrexone and ask whether and when to stop."
        ),
        repeat=N_("Tell the team that you take naltrexone and ask whether and when to stop."),
    ),
    SafetyRow(
        Trigger.PREGNANCY,
        text=N_(
            "Speak to your prescriber or pharmacist before taking LDN if you are pregnant, planning to be or "
            "breastfeeding."
        ),
        repeat=N_("Speak to your prescriber or pharmacist before taking LDN."),
    ),
    SafetyRow(
        Trigger.NALTREXONE_PRODUCT,
        text=N_(
            "Speak to your prescriber or pharmacist before taking LDN if you use another product with "
            "naltrexone (Contrave, Mysimba) or bremelanotide."
        ),
        repeat=N_("Speak to your prescriber or pharmacist before taking LDN."),
    ),
    SafetyRow(
        Trigger.SIDE_EFFECT,
        text=N_("Please ask your prescriber or pharmacist before your next dose whether to take it."),
        repeat=N_("Please ask your prescriber or pharmacist before your next dose whether to take it."),
    ),
)
ROWS = {row.trigger: row for row in TABLE}

# On hold: the reminder names no amount and has no Taken button.
ON_HOLD = N_("On hold. Has a prescriber or pharmacist said that your next dose is safe?")
ON_HOLD_RESUME = N_("Yes, resume")
ON_HOLD_NOT_YET = N_("Not yet")
ON_HOLD_NOT_ME = N_("This isn't about me")

# After the crisis text, a check-in offers these two.
CRISIS_CONTINUE = N_("Continue")
CRISIS_STOP = N_("Stop for today")

# Before use: said before consent is asked.
BEFORE_USE = N_(
    "I'm a diary and a reminder, not medical advice, and nobody watches your messages. LDN for fibromyalgia "
    "is off-label: small early trials were encouraging, two larger ones found no significant benefit over "
    "placebo. I never suggest doses: follow your prescriber."
)
BEFORE_USE_SPEAK = N_(
    "Speak to your prescriber or pharmacist before taking LDN if you use or recently used opioids (codeine, "
    "tramadol, morphine, methadone, buprenorphine, some cough or diarrhoea medicines), are allergic to "
    "naltrexone or use another product with it (Contrave, Mysimba) or bremelanotide, have liver or kidney "
    "disease, are pregnant, planning to be or breastfeeding, or have had depression or suicidal thoughts."
)

# Doses.
FROM_10_MG = N_(
    "I only handle doses under 10 mg; nothing was saved. Check that your label says mg, not ml or mcg. If it "
    "says 10 mg or more, ask your pharmacist before taking it."
)
NOT_SURE = N_(
    "Not sure? Treat it as taken; don't take another. Sure you didn't, and you haven't slept: you can still "
    "take it unless your label says otherwise. You've slept: leave it; take the next at the usual time. "
    "Never two together."
)
NOT_SURE_MORNING = N_(
    "Not sure? Treat it as taken; don't take another. Sure you didn't, and it's still the same day: you can "
    "still take it unless your label says otherwise. It's the next day: leave it; take the next at the usual "
    "time. Never two together."
)
NO_ANSWER_LOGGED = N_("No answer logged. If you may have taken it, don't take another.")
EXTRA_DOSE_TODAY = N_(
    "An extra dose is recorded. Take no more today, and ask a pharmacist or poison line about your next dose."
)
"""Stands in /today for 24 hours: an extra dose must not look like nothing happened. *review*"""

EXTRA_DOSE = N_(
    "Recorded. Take no more today. Call a pharmacist or poison line about your next dose. If you've had an "
    "opioid, feel very unwell, or a child took it, call emergency services."
)


# The wallet card, for the team that treats the patient. Shown as a picture.
CARD_TITLE = N_("I take naltrexone, an opioid blocker")
CARD_LINES = (
    N_("Opioids may not work, or may cause sudden, severe withdrawal."),
    N_("Don't give more to overcome the block: it can stop breathing."),
    N_("After a break from naltrexone, opioids may act more strongly."),
    N_("Please ask a pharmacist or doctor before giving me an opioid, also in cough or diarrhoea medicines."),
)


def hours_since_text(last_time: str, hours: int) -> str:
    """Return the 12-hour warning in the language being spoken.

    Args:
        last_time: When the last dose was logged, in the patient's clock ("09:10").
        hours: Whole hours since then, 0 to 11.
    """
    if hours == 0:
        text = _(
            "Your last dose was logged at {time}, under an hour ago. Check with a pharmacist before another."
        )
    else:
        text = ngettext(
            "Your last dose was logged at {time}, {hours} hour ago. Check with a pharmacist before another.",
            "Your last dose was logged at {time}, {hours} hours ago. Check with a pharmacist before another.",
            hours,
        )
    return text.format(time=last_time, hours=hours)


@dataclass(frozen=True, slots=True)
class SafetyText:
    """One safety text to say now; `safety_text` gives its words.

    Attributes:
        trigger: The row of the table of safety texts.
        said_today: The full text was said today already: the one-line repeat will do.
    """

    trigger: Trigger
    said_today: bool


def safety_text(trigger: Trigger, *, said_today: bool) -> str:
    """Return the text for *trigger* in the language being spoken: in full, or the repeat."""
    row = ROWS[trigger]
    return _(row.repeat if said_today else row.text)
