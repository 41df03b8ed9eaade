"""What the plan was before each change, and why it was changed: kept for good, never rewritten."""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.domain.due import local_date
from bot.features.regimen.screens import PLAN
from bot.features.regimen.words import choices, shown
from bot.locale import N_, _
from bot.locale.dates import short_date, weekday_name
from bot.message import Button, Message, press_data
from bot.storage import plans

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from bot.domain.regimen import DoseStep
    from bot.features.regimen.plan import Plan
    from bot.storage.tables import Change

LATEST = 6
MOST_STEPS = 6
"""Steps named of a plan before or after a change: the message must stay under Telegram's 4,096 letters."""
LONGEST_REASON = 200

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "side_effects": N_("Side effects"),
        "works_here": N_("It works well here"),
        "prescriber": N_("My prescriber said so"),
        "supply": N_("I ran out"),
        "other": N_("Another reason"),
    }
)
_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "step": N_("new step"),
        "line": N_("new steps"),
        "hold": N_("stayed longer"),
        "back": N_("went back"),
        "postpone": N_("moved a step"),
        "remove": N_("took a step out"),
        "amount": N_("another amount"),
        "wait": N_("went on where the pause began"),
        "reminder_time": N_("another time"),
        "evening": N_("another time"),
        "rhythm": N_("other days"),
        "weekdays": N_("other days"),
        "days_off": N_("days off"),
        "days_off_time": N_("the time on days off"),
    }
)


def ask_why(change_id: UUID) -> Message:
    """Return the question why, which can be skipped; typing it works."""
    options = [(_(words), press_data("regimen.why", change_id, name)) for name, words in REASONS.items()]
    skip = (_("Skip"), press_data("regimen.why", change_id))
    return choices(_("Why? Tap, type it, or skip."), [*options, skip], width=2)


def saved(notice: str) -> Message:
    """Return what was saved, with the ways on."""
    return Message(notice, ((Button(_("The plan"), PLAN), Button(_("Today"), press_data("today.open"))),))


def keep_reason(change: Change, reason: str) -> None:
    """Keep why: a word of REASONS, or the patient's own words."""
    change.before = {**change.before, "reason": reason[:LONGEST_REASON]}


async def screen(plan: Plan) -> Message:
    """Return the latest changes, the newest first."""
    changes = await plans.history(plan.session, plan.patient.id, LATEST)
    lines = [_("<b>What was changed</b>"), *(_line(plan, change) for change in changes)]
    if not changes:
        lines.append(_("Nothing yet."))
    if not plan.patient.discreet:
        lines.append(_("Every past dose keeps the amount that the plan gave it then."))
    return Message("\n\n".join(lines), ((Button(_("‹ Back"), PLAN),),))


def _line(plan: Plan, change: Change) -> str:
    day = short_date(local_date(change.at, plan.zone), year=True)
    text = _("{date}: {action}").format(date=day, action=_(_ACTIONS.get(change.action, change.action)))
    reason = change.before.get("reason")
    if reason:
        text += " (" + escape(_(REASONS[reason]) if reason in REASONS else reason) + ")"
    if change.noun == plans.TIMES:
        return "\n".join([text, _("before: {steps}").format(steps=_times(change.before))])
    if plan.patient.discreet:
        return text
    before = _short(plan, plans.from_json(change.before.get("steps", [])))
    after = _short(plan, plans.from_json(change.before.get("after", [])))
    return "\n".join(
        [text, _("before: {steps}").format(steps=before), _("then: {steps}").format(steps=after)]
    )


def _times(before: dict[str, Any]) -> str:
    """Return times and days as they were: "22:00, every other day; days off 23:30"."""
    days = [weekday_name(int(day)) for day in before.get("weekdays", [])]
    rhythms = {"daily": _("every day"), "every_other_day": _("every other day")}
    usual = f"{before['local_time'][:5]}, {rhythms.get(before['rhythm'], ', '.join(days))}"
    other = before.get("time_on_days_off")
    if other is None or not before.get("days_off"):
        return usual
    return _("{usual}; days off {other}").format(usual=usual, other=other[:5])


def _short(plan: Plan, steps: tuple[DoseStep, ...]) -> str:
    parts = [f"{shown(plan, step)} ({short_date(step.starts_on)})" for step in steps[-MOST_STEPS:]]
    earlier = ["…"] if len(steps) > MOST_STEPS else []
    return " → ".join([*earlier, *parts]) or "–"
