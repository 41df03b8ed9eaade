"""What is said about pauses: when they are in force, until when, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.pause import PAUSE_LABELS, TIME_CHANGE, PauseReason
from bot.domain.regimen import dose_dates
from bot.features.regimen.words import day_words
from bot.locale import _, ngettext

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.regimen import Pause, Regimen
    from bot.features.regimen.plan import Plan


def is_ahead(pause: Pause, plan: Plan) -> bool:
    """Tell whether the pause is in force now or still to come."""
    return pause.last_date is None or pause.last_date >= min(plan.first, plan.choice.today)


def reason_words(reason: str) -> str:
    """Return why: "surgery or dentist"; "" for a word that isn't among the reasons."""
    return _(PAUSE_LABELS[PauseReason(reason)]).lower() if reason in set(PauseReason) else ""


def in_force(pause: Pause, plan: Plan) -> str:
    """Return "Paused from tonight (3 Mar) to Tuesday 10 Mar: holiday."; discreetly without the reason."""
    if pause.reason == TIME_CHANGE:
        text = _("None for {first}: the time has moved.")
        return "⏸ " + text.format(first=day_words(plan, pause.first_date))
    first = day_words(plan, pause.first_date)
    if pause.last_date is None:
        span = _("Paused from {first} until you resume").format(first=first)
    elif pause.last_date == pause.first_date:
        span = _("Paused for {first} only").format(first=first)
    else:
        last = day_words(plan, pause.last_date)
        span = _("Paused from {first} to {last}").format(first=first, last=last)
    if plan.patient.discreet:
        return f"⏸ {span}."
    return "⏸ " + _("{span}: {why}.").format(span=span, why=reason_words(pause.reason))


def doses_left_out(regimen: Regimen, first: date, last: date, *, discreet: bool) -> str:
    """Return how many doses a pause leaves out: "8 doses aren't due."; *regimen* is without its pauses."""
    count = len(list(dose_dates(regimen, first, last)))
    if discreet:
        return ngettext("{count} reminder won't come.", "{count} reminders won't come.", count).format(
            count=count
        )
    return ngettext("{count} dose isn't due.", "{count} doses aren't due.", count).format(count=count)
