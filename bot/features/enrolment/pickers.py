"""Screens on which an answer is picked instead of typed: what the clock shows, a month, a later date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.due import local_date
from bot.domain.zone_choice import zones_showing
from bot.features.enrolment.draft import Draft, Step
from bot.features.enrolment.messages import answer_data, view_data, zone_data
from bot.features.enrolment.review import start_dates
from bot.locale import _
from bot.locale.dates import month_text
from bot.message import Button, Message, press_data
from bot.telegram_io import questions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_MONTHS_ON_A_PAGE = 12
_LAST_PAGE = 29


def picker(name: str, argument: str, draft: Draft, now: datetime) -> tuple[Step, Message]:
    """Return the picker that a button opens, and the step that it belongs to.

    Args:
        name: "clock", "place", "since" or "later"; anything else (an older version's) opens the clock.
        argument: The clock's offset in minutes, or the page of months.
        draft: What was answered so far.
        now: Aware UTC instant.
    """
    number = int(argument) if argument.isdecimal() else 0
    if name == "since":
        return Step.STARTED, _since(min(number, _LAST_PAGE), draft, now)
    if name == "later":
        return Step.REVIEW, start_dates(draft, now)
    return Step.ZONE, _place(number, now) if name == "place" else _clock(now)


def _clock(now: datetime) -> Message:
    rows = questions.clock_rows(now, lambda offset: view_data("place", offset))
    return Message(questions.clock_question(), (*rows, (_back(Step.ZONE),)))


def _place(offset: int, now: datetime) -> Message:
    rows = questions.zone_buttons(zones_showing(offset, now), zone_data)
    back = Button(_("‹ Back"), view_data("clock"))
    return Message(questions.place_question(offset, now), (*rows, (back,)))


def _since(page: int, draft: Draft, now: datetime) -> Message:
    months = _months_back(local_date(now, ZoneInfo(draft.zone or "UTC")), page)
    buttons = (Button(month_text(month), answer_data(Step.STARTED, f"{month:%Y-%m}")) for month in months)
    turning = [Button(_("‹ Earlier"), view_data("since", page + 1))]
    if page:
        turning.append(Button(_("Later ›"), view_data("since", page - 1)))
    text = _("Since when? A month is enough. Tap, or type it, for example <i>March 2025</i>.")
    return Message(text, (*questions.in_rows(buttons, 3), tuple(turning), (_back(Step.STARTED),)))


def _months_back(today: date, page: int) -> Sequence[date]:
    """Return the first days of twelve months, newest first; page 0 begins with this month."""
    newest = today.year * 12 + today.month - 1 - page * _MONTHS_ON_A_PAGE
    years_and_months = (divmod(newest - back, 12) for back in range(_MONTHS_ON_A_PAGE))
    return [date(year, month + 1, 1) for year, month in years_and_months]


def _back(step: Step) -> Button:
    return Button(_("‹ Back"), press_data("start.go", None, step))
