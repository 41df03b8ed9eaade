"""The safety texts themselves, and when a check-in's side effects bring one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain import safety
from bot.domain.safety import ROWS, TABLE, Trigger, hours_since_text, safety_text
from bot.domain.safety_alerts import Alert, AlertKind, ReportedDay, side_effect_alerts
from bot.domain.side_effect import Severity, SideEffect

START = date(2026, 11, 1)
ONE_DAY = timedelta(days=1)
HEADACHE, NAUSEA, LOW_MOOD = SideEffect.HEADACHE, SideEffect.NAUSEA, SideEffect.LOW_MOOD
MILD, MODERATE, SEVERE = Severity.MILD, Severity.MODERATE, Severity.SEVERE


def test_every_trigger_has_its_row_and_the_table_is_in_order_of_urgency() -> None:
    """A clinician reads the table from top to bottom."""
    assert [row.trigger for row in TABLE] == list(Trigger)
    assert ROWS.keys() == set(Trigger)


def test_opioid_liver_and_allergy_texts_hold_the_doses_and_no_other_text_does() -> None:
    """The reminder then names no amount."""
    holding = {row.trigger for row in TABLE if row.holds}
    assert holding == {Trigger.EMERGENCY, Trigger.ALLERGY, Trigger.OPIOIDS, Trigger.LIVER}


def test_the_crisis_text_is_the_reviewed_one_word_for_word() -> None:
    """Changing it must be meant."""
    assert safety_text(Trigger.SUICIDE, said_today=False) == (
        "I'm sorry you're feeling this way. I'm automated and nobody reads this. If you might act on these "
        "thoughts, call emergency services now (112, 999 or 911). US and Canada: 988. UK and Ireland: "
        "Samaritans 116 123. Elsewhere: findahelpline.com. Please tell someone near you, and your prescriber."
    )
    repeat = safety_text(Trigger.SUICIDE, said_today=True)
    assert repeat.startswith(
        "I'm still automated. If you might act on this, call emergency services or your helpline now"
    )
    assert all(number in repeat for number in ("112", "999", "911", "988", "116 123", "findahelpline.com"))


def test_the_opioid_text_says_what_domain_md_says() -> None:
    """Word for word."""
    assert safety_text(Trigger.OPIOIDS, said_today=False) == (
        "Naltrexone blocks opioids; together they can cause sudden, severe withdrawal. Don't take LDN again "
        "until a prescriber or pharmacist says it's safe. Don't stop a prescribed opioid on your own. Don't "
        "take extra to overcome the block: it can stop your breathing. Vomiting, shaking, confusion or "
        "drowsiness after both: call emergency services. After a break from LDN, opioids may act more "
        "strongly."
    )


@pytest.mark.parametrize("trigger", [Trigger.EMERGENCY, Trigger.URGENT, Trigger.OPIOIDS, Trigger.LIVER])
def test_a_repeat_is_one_line_with_the_numbers(trigger: Trigger) -> None:
    """Short, and nobody has to scroll up for whom to call."""
    repeat = ROWS[trigger].repeat
    assert "112, 999 or 911" in repeat
    assert "\n" not in repeat


def test_no_text_suggests_a_dose_or_a_number_of_days() -> None:
    """The bot repeats what was prescribed and nothing else; 10 mg is its own limit."""
    texts = [row.text + row.repeat for row in TABLE] + [safety.NOT_SURE, safety.EXTRA_DOSE]
    assert not any(" mg" in text or " days" in text for text in texts)


@pytest.mark.parametrize(
    ("hours", "words"), [(11, "11 hours ago"), (1, "1 hour ago"), (0, "under an hour ago")]
)
def test_the_twelve_hour_warning_counts_in_plain_words(hours: int, words: str) -> None:
    """DOMAIN.md's sentence, in singular and plural."""
    assert hours_since_text("09:10", hours) == (
        f"Your last dose was logged at 09:10, {words}. Check with a pharmacist before another."
    )


def day(number: int, **effects: Severity) -> ReportedDay:
    """Return a day of treatment (0 is the day of the first dose, negative ones are baseline)."""
    return ReportedDay(START + number * ONE_DAY, {SideEffect(name): value for name, value in effects.items()})


def alerts(days: list[ReportedDay], answered: int, last: dict[str, int] | None = None) -> tuple[Alert, ...]:
    return side_effect_alerts(
        days,
        START + answered * ONE_DAY,
        today=START + answered * ONE_DAY,
        started_on=START,
        last_alerts={key: START + number * ONE_DAY for key, number in (last or {}).items()},
    )


def test_a_severe_side_effect_alerts_at_most_once_in_seven_days() -> None:
    """On the seventh day after, it alerts again."""
    days = [day(n, headache=SEVERE) for n in range(1, 12)]
    severe = Alert(AlertKind.SEVERE, HEADACHE)
    assert alerts(days, 3) == (severe,)
    assert alerts(days, 9, {severe.key: 3}) == ()
    assert alerts(days, 10, {severe.key: 3}) == (severe,)


def test_each_severe_side_effect_alerts_for_itself() -> None:
    """Yesterday's headache doesn't hide today's nausea."""
    days = [day(3, headache=SEVERE, nausea=SEVERE)]
    assert alerts(days, 3, {"severe:headache": 2}) == (Alert(AlertKind.SEVERE, NAUSEA),)


def test_the_same_moderate_one_on_three_of_seven_days_alerts_once_in_28_days() -> None:
    """Two days don't, and days further back than seven don't count."""
    moderate = Alert(AlertKind.MODERATE, NAUSEA)
    assert alerts([day(1, nausea=MODERATE), day(2, nausea=MODERATE)], 2) == ()
    three = [day(1, nausea=MODERATE), day(4, nausea=SEVERE), day(7, nausea=MODERATE)]
    assert alerts(three, 7) == (moderate,)
    assert alerts([*three[:2], day(8, nausea=MODERATE)], 8) == ()
    assert alerts(three, 7, {moderate.key: -20}) == ()
    assert alerts(three, 7, {moderate.key: -21}) == (moderate,)


def test_what_was_as_frequent_before_the_first_dose_is_not_worse() -> None:
    """Three moderate days in seven at baseline, and three in seven now."""
    pattern = (MODERATE, MILD, MODERATE, MILD, MODERATE, MILD, MILD)
    baseline = [day(n - 6, nausea=severity) for n, severity in enumerate(pattern)]
    now = [day(n + 1, nausea=severity) for n, severity in enumerate(reversed(pattern))]
    assert alerts([*baseline, *now], 7) == ()
    worse = [day(n, nausea=MODERATE) for n in range(1, 6)]
    assert alerts([*baseline, *worse], 5) == (Alert(AlertKind.MODERATE, NAUSEA),)


def test_days_before_the_first_dose_do_not_count_among_the_three() -> None:
    """Two moderate days of treatment and one before it are not three."""
    days = [day(-1, nausea=MODERATE), *(day(n) for n in (-5, -4, -3, -2)), day(1, nausea=MODERATE)]
    assert alerts([*days, day(2, nausea=MODERATE)], 2) == ()


def test_nothing_but_the_crisis_text_comes_before_the_first_dose() -> None:
    """'Before your next dose' means nothing yet; despair does."""
    days = [day(-3, headache=SEVERE, low_mood=SEVERE)]
    assert alerts(days, -3) == (Alert(AlertKind.LOW_MOOD, LOW_MOOD),)


def test_severe_low_mood_brings_the_crisis_text_each_time() -> None:
    """It is never held back by an earlier one, and asks for no prescriber beside."""
    found = alerts([day(3, low_mood=SEVERE)], 3, {"low_mood:low_mood": 3, "severe:low_mood": 3})
    assert found == (Alert(AlertKind.LOW_MOOD, LOW_MOOD),)
    assert found[0].trigger is Trigger.SUICIDE


def test_a_day_filled_in_a_week_later_alerts_nobody() -> None:
    """The next dose it warns of was taken long ago."""
    found = side_effect_alerts(
        [day(3, headache=SEVERE)],
        START + 3 * ONE_DAY,
        today=START + 10 * ONE_DAY,
        started_on=START,
        last_alerts={},
    )
    assert found == ()


def test_alert_keys_fit_their_column() -> None:
    """At most 40 characters."""
    assert max(len(Alert(kind, effect).key) for kind in AlertKind for effect in SideEffect) <= 40
