"""Decisions about messages: how long each is worth sending, when again, and how it is worded then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from bot.domain.checkin_calendar import checkin_expires_at

if TYPE_CHECKING:
    from random import Random

NORMALLY_LATE = timedelta(minutes=15)
CATCH_UP = timedelta(minutes=90)
LAST_CALL = timedelta(hours=4)
"""Nothing about a dose goes out later than this after its due time."""
RE_ALERT = timedelta(minutes=20)
SECOND_RE_ALERT = timedelta(minutes=90)
SNOOZES = (timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
COPY_AFTER = timedelta(seconds=60)
MOST_COPIES = 5
"""Of one message, where its processes died again and again; then something is wrong with it."""
LEAST_ROOM = timedelta(minutes=5)
"""What is planned needs at least this long to be sent before it is too late."""
LONGEST_BACKOFF_S = 60


class DeliveryKind(StrEnum):
    """What a message is for, as far as sending it is concerned."""

    REMINDER = auto()
    CHECKIN = auto()
    WEEKLY_SUMMARY = auto()
    REPLY = auto()
    NOTICE = auto()
    SAFETY = auto()


_WORTH: dict[DeliveryKind, timedelta] = {
    DeliveryKind.WEEKLY_SUMMARY: timedelta(hours=24),
    DeliveryKind.REPLY: timedelta(hours=24),
    DeliveryKind.NOTICE: timedelta(hours=6),
    # Late beats never for a helpline's number.
    DeliveryKind.SAFETY: timedelta(days=7),
}


def expires_at(
    kind: DeliveryKind,
    due_at: datetime,
    *,
    catch_up: timedelta = CATCH_UP,
    next_dose_due_at: datetime | None = None,
    day_ends_at: datetime | None = None,
) -> datetime:
    """Return the last instant at which a message is still worth sending.

    Args:
        kind: What it is. For a reminder this is about the first message; see `PlannedAlert` for the others.
        due_at: Aware UTC instant at which it is due.
        catch_up: How late a first reminder may come; never past `LAST_CALL`.
        next_dose_due_at: For a check-in: aware UTC instant of the next dose, None if there is none.
        day_ends_at: For a notice: aware UTC instant at which the patient's evening ends, None if unlimited.
    """
    if kind is DeliveryKind.REMINDER:
        return due_at + min(catch_up, LAST_CALL)
    if kind is DeliveryKind.CHECKIN:
        return checkin_expires_at(due_at, next_dose_due_at)
    latest = due_at + _WORTH[kind]
    return min(latest, day_ends_at) if kind is DeliveryKind.NOTICE and day_ends_at else latest


class ReminderWording(StrEnum):
    """How a message about a dose is worded."""

    NORMAL = auto()
    WAS_DUE = auto()
    AGAIN = auto()
    SAME_DOSE = auto()
    TOO_LATE = auto()


def reminder_wording(
    lateness: timedelta, re_alert: int, *, uncertain_copy: bool, catch_up: timedelta = CATCH_UP
) -> ReminderWording:
    """Return how to word a message about a dose.

    Args:
        lateness: How long ago the dose was due.
        re_alert: 0 for the first message, 1 for the first re-alert or a snooze in its place, and so on.
        uncertain_copy: An earlier sending of this very message may have arrived.
        catch_up: How late a first message may come.

    Returns:
        TOO_LATE: don't send. WAS_DUE: "was due at 22:00". SAME_DOSE: "the same dose as before, don't take
        two".
    """
    if lateness > (LAST_CALL if re_alert else min(catch_up, LAST_CALL)):
        return ReminderWording.TOO_LATE
    if uncertain_copy:
        return ReminderWording.SAME_DOSE
    if re_alert:
        return ReminderWording.AGAIN
    return ReminderWording.NORMAL if lateness <= NORMALLY_LATE else ReminderWording.WAS_DUE


def makes_sound(wording: ReminderWording, re_alert: int, first_lateness: timedelta, *, snoozed: bool) -> bool:
    """Tell whether a message about a dose rings.

    A late first message is silent and so are its re-alerts: the patient may be asleep by then. So is the
    second re-alert. A snooze rings, because the patient asked for it.

    Args:
        wording: How it is worded.
        re_alert: 0 for the first message, 1 and 2 for re-alerts.
        first_lateness: How late the first message was sent.
        snoozed: The patient asked for it by snoozing.
    """
    if snoozed:
        return True
    return wording is not ReminderWording.WAS_DUE and re_alert <= 1 and first_lateness <= NORMALLY_LATE


@dataclass(frozen=True, slots=True)
class ReAlertSettings:
    """How often a reminder is repeated.

    Attributes:
        after: From the first message to the first re-alert; None for no re-alert.
        second_after: From the first message to the second re-alert; None (the default) for no second one.
    """

    after: timedelta | None = RE_ALERT
    second_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """A further message about a dose.

    Attributes:
        re_alert: Its number: 1 or 2. A snooze has the number of the re-alert that it replaces.
        at: Aware UTC instant at which to send it.
        expires_at: Aware UTC instant after which it isn't worth sending.
        snoozed: The patient asked for it.
    """

    re_alert: int
    at: datetime
    expires_at: datetime
    snoozed: bool = False


def next_re_alert(
    re_alert: int, *, due_at: datetime, first_sent_at: datetime, sent_at: datetime, settings: ReAlertSettings
) -> PlannedAlert | None:
    """Return the message that follows one about a dose that is still open, or None if none does.

    Args:
        re_alert: Number of the message that was just sent: 0 for the first one.
        due_at: Aware UTC instant at which the dose is due.
        first_sent_at: Aware UTC instant at which the first message was sent.
        sent_at: Aware UTC instant at which the message before was sent: the next keeps its distance.
        settings: The patient's.
    """
    after = {0: settings.after, 1: settings.second_after}.get(re_alert)
    if after is None:
        return None
    at = max(first_sent_at + after, sent_at + RE_ALERT) if re_alert else first_sent_at + after
    return _planned(re_alert + 1, at, due_at, snoozed=False)


def snooze(re_alert: int, now: datetime, length: timedelta, *, due_at: datetime) -> PlannedAlert | None:
    """Return the message that a snooze plans; it replaces the re-alert that is pending.

    Args:
        re_alert: Number of the message whose button was pressed: 0 for the first one.
        now: Aware UTC instant.
        length: One of `SNOOZES`.
        due_at: Aware UTC instant at which the dose is due.

    Returns:
        None if that would be (nearly) four hours after the due time, or more.
    """
    return _planned(min(re_alert + 1, 2), now + length, due_at, snoozed=True)


def _planned(re_alert: int, at: datetime, due_at: datetime, *, snoozed: bool) -> PlannedAlert | None:
    last_call = due_at + LAST_CALL
    # A message planned for the very last moment would expire before it is sent: a promise not kept.
    if at > last_call - LEAST_ROOM:
        return None
    return PlannedAlert(re_alert, at, min(at + CATCH_UP, last_call), snoozed=snoozed)


def after_failure(attempts: int, rng: Random) -> timedelta:
    """Return how long to wait before a message that certainly was not sent is tried again.

    Args:
        attempts: Tries so far, at least 1.
        rng: Source of the jitter, so that many messages don't come back in one second.

    Returns:
        1, 2, 4 … 60 seconds, and up to half as much again.
    """
    seconds = min(2 ** min(attempts - 1, LONGEST_BACKOFF_S), LONGEST_BACKOFF_S)
    return timedelta(seconds=seconds * (1 + rng.random() / 2))


def copy_at(uncertain_at: datetime, copies: int, until: datetime) -> datetime | None:
    """Return when to send the one copy of a message that may or may not have arrived.

    Args:
        uncertain_at: Aware UTC instant at which its fate became uncertain.
        copies: Copies sent so far.
        until: Aware UTC instant after which it isn't worth sending.

    Returns:
        60 seconds later; None if a copy went out before, or it would be too late.
    """
    at = uncertain_at + COPY_AFTER
    return at if copies == 0 and at <= until else None


def is_said_again(copies: int, *, died: bool) -> bool:
    """Tell whether to repeat what may have arrived, where nothing follows that would ask again.

    Args:
        copies: Copies sent so far.
        died: A process died with it. Else Telegram's answer was unclear: a slow server may deliver every
            try, so one copy is enough.
    """
    return copies < (MOST_COPIES if died else 1)
