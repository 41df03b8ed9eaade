"""How long messages are worth sending, and when they are sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery import (
    LAST_CALL,
    DeliveryKind,
    PlannedAlert,
    ReAlertSettings,
    ReminderWording,
    after_failure,
    copy_at,
    expires_at,
    makes_sound,
    next_re_alert,
    reminder_wording,
    snooze,
)

DUE = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
USUAL = ReAlertSettings()
TWICE = ReAlertSettings(second_after=timedelta(minutes=90))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("late", "wording"),
    [
        (0, ReminderWording.NORMAL),
        (15, ReminderWording.NORMAL),
        (16, ReminderWording.WAS_DUE),
        (90, ReminderWording.WAS_DUE),
        (91, ReminderWording.TOO_LATE),
        (360, ReminderWording.TOO_LATE),
    ],
)
def test_a_first_reminder_is_worded_by_its_lateness(late: float, wording: ReminderWording) -> None:
    """Up to 15 minutes is normal, up to 90 'was due at', past it nothing is sent."""
    assert reminder_wording(minutes(late), 0, uncertain_copy=False) is wording


def test_the_catch_up_is_adjustable_but_never_past_the_last_call() -> None:
    """Nobody is woken at 4 a.m., whatever the setting."""
    assert reminder_wording(minutes(100), 0, uncertain_copy=False, catch_up=minutes(120)) is (
        ReminderWording.WAS_DUE
    )
    assert reminder_wording(minutes(241), 0, uncertain_copy=False, catch_up=minutes(600)) is (
        ReminderWording.TOO_LATE
    )
    assert expires_at(DeliveryKind.REMINDER, DUE, catch_up=minutes(600)) == DUE + LAST_CALL


@pytest.mark.parametrize(
    ("late", "re_alert", "wording"),
    [
        (1, 0, ReminderWording.SAME_DOSE),
        (21, 1, ReminderWording.SAME_DOSE),
        (91, 0, ReminderWording.TOO_LATE),
    ],
)
def test_a_copy_of_an_uncertain_message_says_the_same_dose(
    late: float, re_alert: int, wording: ReminderWording
) -> None:
    """'Don't take two' stands on whatever may be the second of one kind, inside the same window."""
    assert reminder_wording(minutes(late), re_alert, uncertain_copy=True) is wording


def test_a_re_alert_may_come_until_four_hours_after_the_due_time() -> None:
    """Later than the first message may."""
    assert reminder_wording(minutes(240), 1, uncertain_copy=False) is ReminderWording.AGAIN
    assert reminder_wording(minutes(241), 1, uncertain_copy=False) is ReminderWording.TOO_LATE


@pytest.mark.parametrize(
    ("wording", "re_alert", "first_late", "snoozed", "rings"),
    [
        (ReminderWording.NORMAL, 0, 0, False, True),
        (ReminderWording.WAS_DUE, 0, 60, False, False),
        (ReminderWording.AGAIN, 1, 0, False, True),
        (ReminderWording.AGAIN, 1, 60, False, False),
        (ReminderWording.AGAIN, 2, 0, False, False),
        (ReminderWording.AGAIN, 2, 0, True, True),
    ],
)
def test_what_comes_late_or_twice_is_silent_unless_it_was_asked_for(
    wording: ReminderWording, re_alert: int, first_late: float, *, snoozed: bool, rings: bool
) -> None:
    """A snooze rings because the patient wanted it to."""
    assert makes_sound(wording, re_alert, minutes(first_late), snoozed=snoozed) is rings


def test_one_re_alert_follows_after_twenty_minutes() -> None:
    """By default there is no second one."""
    first = next_re_alert(0, due_at=DUE, first_sent_at=DUE, sent_at=DUE, settings=USUAL)
    assert first == PlannedAlert(1, DUE + minutes(20), DUE + minutes(110))
    assert next_re_alert(1, due_at=DUE, first_sent_at=DUE, sent_at=DUE + minutes(20), settings=USUAL) is None


def test_a_second_re_alert_comes_ninety_minutes_after_the_first_message() -> None:
    """And keeps its distance from a snooze just before it; a third never comes."""
    second = next_re_alert(1, due_at=DUE, first_sent_at=DUE, sent_at=DUE + minutes(20), settings=TWICE)
    assert second is not None
    assert (second.re_alert, second.at) == (2, DUE + minutes(90))
    snoozed = next_re_alert(1, due_at=DUE, first_sent_at=DUE, sent_at=DUE + minutes(85), settings=TWICE)
    assert snoozed is not None
    assert snoozed.at == DUE + minutes(105)
    assert next_re_alert(2, due_at=DUE, first_sent_at=DUE, sent_at=DUE + minutes(90), settings=TWICE) is None


def test_re_alerts_can_be_switched_off() -> None:
    """Then the first message is the only one."""
    off = ReAlertSettings(after=None)
    assert next_re_alert(0, due_at=DUE, first_sent_at=DUE, sent_at=DUE, settings=off) is None


def test_a_snooze_takes_the_place_of_the_next_re_alert() -> None:
    """It has its number, so that what follows it is what would have followed the re-alert."""
    planned = snooze(0, DUE + minutes(5), minutes(30), due_at=DUE)
    assert planned == PlannedAlert(1, DUE + minutes(35), DUE + minutes(125), snoozed=True)


def test_a_snooze_past_the_last_call_is_not_planned() -> None:
    """At 01:30 a dose of 22:00 can be snoozed for 15 minutes, not to 02:00, when nothing is sent any more."""
    at_half_past_one = DUE + minutes(210)
    assert snooze(1, at_half_past_one, minutes(60), due_at=DUE) is None
    assert snooze(1, at_half_past_one, minutes(30), due_at=DUE) is None
    planned = snooze(1, at_half_past_one, minutes(15), due_at=DUE)
    assert planned is not None
    assert (planned.at, planned.expires_at) == (DUE + minutes(225), DUE + LAST_CALL)


@given(st.integers(0, 2), st.integers(0, 600), st.integers(0, 600))
def test_nothing_about_a_dose_is_planned_past_four_hours(re_alert: int, first: int, then: int) -> None:
    """Neither a re-alert nor a snooze."""
    sent = DUE + minutes(first)
    latest = sent + minutes(then)
    planned = [
        next_re_alert(re_alert, due_at=DUE, first_sent_at=sent, sent_at=latest, settings=TWICE),
        snooze(re_alert, latest, minutes(60), due_at=DUE),
    ]
    assert all(alert is None or alert.at <= alert.expires_at <= DUE + LAST_CALL for alert in planned)


def test_each_kind_stays_worth_sending_for_its_own_time() -> None:
    """As DOMAIN.md lists them."""
    hours = {kind: (expires_at(kind, DUE) - DUE) / timedelta(hours=1) for kind in DeliveryKind}
    assert hours[DeliveryKind.REMINDER] == 1.5
    assert hours[DeliveryKind.WEEKLY_SUMMARY] == 24
    assert hours[DeliveryKind.NOTICE] == 6
    morning = DUE + timedelta(hours=10)
    assert expires_at(DeliveryKind.CHECKIN, morning, next_dose_due_at=DUE + timedelta(days=1)) == (
        DUE + timedelta(hours=20)
    )


def test_a_notice_ends_with_the_day() -> None:
    """Six hours inside the day: the evening cuts them short."""
    evening = DUE - timedelta(hours=1)
    assert expires_at(DeliveryKind.NOTICE, DUE - timedelta(hours=3), day_ends_at=evening) == evening


@given(st.integers(1, 10_000), st.integers())
def test_retries_wait_longer_and_longer_up_to_a_minute_and_a_half(attempts: int, seed: int) -> None:
    """1, 2, 4 … 60 seconds, each with at most half as much jitter."""
    wait = after_failure(attempts, Random(seed)).total_seconds()
    base = min(2 ** (attempts - 1), 60) if attempts < 10 else 60
    assert base <= wait <= base * 1.5


def test_many_failures_do_not_come_back_in_the_same_second() -> None:
    """Jitter spreads them."""
    rng = Random(1)
    assert len({after_failure(7, rng) for _ in range(100)}) > 90


def test_an_uncertain_message_gets_one_copy_a_minute_later() -> None:
    """Never a second one, and none when it would be too late."""
    assert copy_at(DUE, 0, DUE + minutes(90)) == DUE + minutes(1)
    assert copy_at(DUE, 1, DUE + minutes(90)) is None
    assert copy_at(DUE, 0, DUE + minutes(0.5)) is None
