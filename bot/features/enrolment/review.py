"""The enrolment's last screen: everything read back, and the evening from which the plan starts."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.regimen import NOON, ONE_DAY, DoseStep, Regimen, is_morning_dose
from bot.domain.start_choice import StartChoice, can_start_on, daily_plan, start_choice
from bot.features.enrolment.draft import Draft, Step
from bot.locale import _
from bot.locale.dates import month_text, short_date, time_text, weekday_name
from bot.message import Button, Message, press_data
from bot.telegram_io import questions

if TYPE_CHECKING:
    from datetime import datetime

    from bot.message import Row

# Further back than any evening that could be offered.
_LONG_AGO = timedelta(days=30)
_DATES_OFFERED = 14


def planned(draft: Draft, now: datetime, starts_on: date | None = None) -> Regimen:
    """Return the plan that the draft describes, from *starts_on* (None: as if it had long begun)."""
    return daily_plan(
        time.fromisoformat(draft.reminder_time or "22:00"),
        draft.day_offset or 0,
        starts_on or now.date() - _LONG_AGO,
        Decimal(draft.dose_mg or "0"),
    )


def dose_steps(draft: Draft, starts_on: date) -> list[DoseStep]:
    """Return the plan's steps, oldest first, if its first dose is that of *starts_on*."""
    first = DoseStep(starts_on, Decimal(draft.dose_mg or "0"), draft.dose_as)
    later = (DoseStep(starts_on + days * ONE_DAY, Decimal(mg), typed) for days, mg, typed in draft.later)
    return [first, *later]


def choice_of(draft: Draft, now: datetime) -> StartChoice:
    """Return the evenings that the plan can start on, seen from *now* (aware UTC)."""
    choice = start_choice(planned(draft, now), ZoneInfo(draft.zone or "UTC"), now)
    if choice is None:
        raise ValueError("a daily plan without pauses always has a next dose")
    return choice


def chosen_start(draft: Draft, choice: StartChoice) -> date:
    """Return the dose date that the patient chose while it can still be, else the next one."""
    chosen = date.fromisoformat(draft.starts_on) if draft.starts_on else choice.next_date
    return chosen if can_start_on(choice, chosen) else choice.next_date


def review(draft: Draft, now: datetime) -> Message:
    """Return the screen that reads everything back; its first button starts the plan."""
    choice = choice_of(draft, now)
    start = chosen_start(draft, choice)
    lines = [_("<b>Please check:</b>"), *_facts(draft, now), _start_line(draft, choice, start)]
    lines += [_later_line(step) for step in dose_steps(draft, start)[1:]]
    if choice.just_passed is not None and start != choice.just_passed:
        passed = _("{clock} has already passed, so it starts at the next one.")
        lines.append(passed.format(clock=_clock(draft)))
    if start > choice.next_date:
        lines.append(
            _("Until then I only send check-ins: they show how you were before.")
            if draft.started in {None, "no"}
            else _("Until then I only send check-ins, no reminders.")
        )
    return Message("\n".join(lines), (*_start_rows(draft, choice, start), *_change_rows()))


def start_dates(draft: Draft, now: datetime) -> Message:
    """Return the picker for a later start: two weeks of dates; any other is typed."""
    choice = choice_of(draft, now)
    days = [choice.next_date + number * ONE_DAY for number in range(_DATES_OFFERED)]
    morning = is_morning_dose(planned(draft, now))
    buttons = (
        Button(
            questions.evening_words(day, choice, morning=morning),
            press_data("start.answer", None, Step.REVIEW, day.isoformat()),
        )
        for day in days
    )
    back = Button(_("‹ Back"), press_data("start.go", None, Step.REVIEW))
    text = _("When is the first dose of this plan? Tap, or type a date such as <i>1 December</i>.")
    return Message(text, (*questions.in_rows(buttons, 2), (back,)))


def _facts(draft: Draft, now: datetime) -> list[str]:
    shown = draft.dose_as or questions.amount_text(draft.dose_mg or "0")
    checkin = time.fromisoformat(draft.checkin_time or "09:00")
    return [
        _("🌍 {zone}").format(zone=questions.zone_echo(draft.zone or "UTC", now)),
        _("💊 LDN {amount}, one dose a day").format(amount=escape(shown)),
        _("🔔 Reminder at {clock}").format(clock=_reminder_words(draft)),
        _("📝 Check-in at {clock}").format(clock=time_text(checkin)),
        _("📅 {started}").format(started=_started_words(draft.started)),
    ]


def first_day(started: str) -> date:
    """Return the first day of what the draft keeps: "2026", "2026-03" or "2026-03-12"."""
    return date.fromisoformat(started + "-01-01"[: len("2026-03-12") - len(started)])


def _started_words(started: str | None) -> str:
    if started is None or started == "no":
        return _("LDN not started yet")
    day = first_day(started)
    said = {
        len("2026"): str(day.year),
        len("2026-03"): month_text(day),
        len("2026-03-12"): short_date(day, year=True),
    }
    return _("LDN since {date}").format(date=said[len(started)])


def _start_line(draft: Draft, choice: StartChoice, start: date) -> str:
    evening, day = _evening(draft, choice, start), short_date(start)
    if day in evening:
        return _("▶️ From {evening}").format(evening=evening)
    return _("▶️ From {evening}, {date}").format(evening=evening, date=day)


def _later_line(step: DoseStep) -> str:
    return _("⏫ From {weekday} {date}: {amount}").format(
        weekday=weekday_name(step.starts_on),
        date=short_date(step.starts_on),
        amount=escape(step.shown_as or questions.amount_text(f"{step.dose_mg:f}")),
    )


def _start_rows(draft: Draft, choice: StartChoice, start: date) -> tuple[Row, ...]:
    text = _("✓ All correct, start {evening}").format(evening=_evening(draft, choice, start))
    rows: list[Row] = [(Button(text, _finish(start), style="success"),)]
    if choice.just_passed is not None and start != choice.just_passed:
        rows.append((Button(_("The dose of {clock} is still to come").format(clock=_clock(draft)),
                            _finish(choice.just_passed)),))  # fmt: skip
    elif start == choice.today:
        tomorrow = start + ONE_DAY
        rows.append((Button(_("✓ Start {evening}").format(evening=_evening(draft, choice, tomorrow)),
                            _finish(tomorrow)),))  # fmt: skip
    rows.append((Button(_("Start on a later date …"), press_data("start.view", None, "later")),))
    return tuple(rows)


def _change_rows() -> tuple[Row, ...]:
    changes = (
        (_("Time zone"), Step.ZONE),
        (_("Reminder"), Step.REMINDER_TIME),
        (_("Check-in"), Step.CHECKIN_TIME),
        (_("Dose"), Step.DOSE),
    )
    # Four in a row would break "Reminder" in two on a phone.
    return questions.in_rows(
        (Button(label, press_data("start.go", None, step)) for label, step in changes), 2
    )


def _finish(start: date) -> str:
    return press_data("start.finish", None, start.isoformat())


def _evening(draft: Draft, choice: StartChoice, day: date) -> str:
    morning = time.fromisoformat(draft.reminder_time or "22:00").hour < NOON and not draft.day_offset
    return questions.evening_words(day, choice, morning=morning)


def _clock(draft: Draft) -> str:
    return time_text(time.fromisoformat(draft.reminder_time or "22:00"))


def _reminder_words(draft: Draft) -> str:
    if draft.day_offset:
        return _("{clock} (after midnight, counts for the evening before)").format(clock=_clock(draft))
    return _clock(draft)
