"""The screens of /pause and /resume."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from bot.domain import safety
from bot.domain.pause import (
    DISCREET_PAUSE_LABELS,
    PAUSE_LABELS,
    SAFETY_TEXTS,
    PauseReason,
    never_ends_by_itself,
)
from bot.domain.regimen import ONE_DAY
from bot.domain.titration import coming_steps
from bot.features.regimen.pause_words import doses_left_out, in_force
from bot.features.regimen.screens import PLAN
from bot.features.regimen.words import choices, day_words, read_back
from bot.locale import _
from bot.message import Button, Message, press_data
from bot.storage.patients import pause_rule
from bot.telegram_io import questions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from bot.features.regimen.plan import Plan
    from bot.message import Row
    from bot.storage.tables import Pause

LENGTHS = (1, 3, 7, 14)
PAUSE = press_data("pause.open")


def overview(plan: Plan, rows: Sequence[Pause]) -> Message:
    """Return the pauses that are in force or to come, or the question why to pause."""
    if not rows:
        return reasons(discreet=plan.patient.discreet)
    lines = [in_force(pause_rule(row), plan) for row in rows]
    buttons: list[Row] = [(Button(_("▶️ Resume"), press_data("pause.resume")),)]
    for row in rows:
        buttons.append((_checkins_button(row),))
        lines.append(_checkin_words(row))
    buttons.append((Button(_("Pause for another reason"), press_data("pause.new")),))
    buttons.append((Button(_("‹ Back"), PLAN),))
    return Message("\n".join(lines), tuple(buttons))


def reasons(*, discreet: bool) -> Message:
    """Return the question why."""
    labels = DISCREET_PAUSE_LABELS if discreet else PAUSE_LABELS
    options = [(_(words), press_data("pause.reason", None, reason)) for reason, words in labels.items()]
    return choices(_("Pause the reminders: why?"), options, PLAN, width=2)


def _checkin_words(row: Pause) -> str:
    return _("Check-ins pause too.") if row.checkins_too else _("Check-ins go on.")


def _checkins_button(row: Pause) -> Button:
    words = _("📝 Let check-ins go on") if row.checkins_too else _("📝 Pause check-ins too")
    return Button(words, press_data("pause.checkins", row.id, "on" if row.checkins_too else "off"))


def safety_words(reason: PauseReason) -> str | None:
    """Return the safety text of an opioid or surgery, as HTML; None for other reasons."""
    trigger = SAFETY_TEXTS.get(reason)
    return None if trigger is None else escape(safety.safety_text(trigger, said_today=False), quote=False)


def how_long(plan: Plan, reason: PauseReason, first: date, *, is_chosen: bool) -> Message:
    """Return the question until when; an opioid or surgery has no last day, only a first one."""
    evening = day_words(plan, first)
    text = safety_words(reason)
    begin = (reason.value, first.isoformat())
    later = (_("It starts later …"), press_data("pause.later", None, reason))
    if never_ends_by_itself(reason):
        open_ended = _(
            "The pause lasts until you say that a prescriber or pharmacist called the next one safe."
        )
        go = _("⏸ Pause from {evening}").format(evening=evening)
        options = [(go, press_data("pause.start", None, *begin, "open"))]
        if not is_chosen:
            options.append(later)
        return choices(f"{text}\n\n{open_ended}", options, PAUSE)
    options = [
        (_last_label(plan, first, days), press_data("pause.start", None, *begin, days)) for days in LENGTHS
    ]
    options.append((_("Until I resume"), press_data("pause.start", None, *begin, "open")))
    if not is_chosen:
        options.append(later)
    question = _("Pause from {evening}: until when? You can also type the last day, or <i>10 days</i>.")
    return choices(question.format(evening=evening), options, PAUSE)


def _last_label(plan: Plan, first: date, days: int) -> str:
    if days == 1:
        return _("Only {evening}").format(evening=day_words(plan, first))
    last = first + ONE_DAY * (days - 1)
    return _("Until {evening}").format(evening=day_words(plan, last))


def ask_first() -> Message:
    """Return the question for the first paused day."""
    return choices(_("Which is the first day without? Type it, such as <i>12 June</i>."), (), PAUSE)


def started(plan: Plan, row: Pause, coming: str | None) -> Message:
    """Return what was paused, what goes on, and the ways back."""
    rule = pause_rule(row)
    lines = [in_force(rule, plan)]
    if rule.last_date is not None:
        open_plan = replace(plan.regimen, pauses=())
        lines.append(
            doses_left_out(open_plan, rule.first_date, rule.last_date, discreet=plan.patient.discreet)
        )
    lines.append(_checkin_words(row))
    if coming is not None:
        lines.append(coming)
    buttons: list[Row] = [(_checkins_button(row), Button(_("▶️ Resume"), press_data("pause.resume")))]
    steps = coming_steps(plan.steps, rule.first_date)
    if rule.last_date is not None and steps and steps[0].starts_on <= rule.last_date:
        days = (rule.last_date - rule.first_date).days + 1
        lines.append(
            _("Your plan has a step in that time. Shall the coming steps wait as long as the pause?")
        )
        move = press_data("regimen.move", None, steps[0].starts_on.isoformat(), days)
        buttons.append((Button(_("Let the steps wait"), move),))
    buttons.append((Button(_("The plan"), PLAN), Button(_("Today"), press_data("today.open"))))
    return Message("\n".join(lines), tuple(buttons))


def clearance() -> Message:
    """Return the question before a pause for an opioid or surgery is ended."""
    options = (
        (_(safety.ON_HOLD_RESUME), press_data("pause.resume", None, "sure")),
        (_(safety.ON_HOLD_NOT_YET), PAUSE),
    )
    return choices(_(safety.ON_HOLD), options, PLAN)


def resumed(
    plan: Plan, *, was_paused: bool, hold_id: UUID | None, coming: str | None, as_before: UUID | None
) -> Message:
    """Return that reminders go on, and what the plan says now.

    Args:
        plan: The plan without the pause.
        was_paused: There was something to end.
        hold_id: A safety hold that is still in force, or None.
        coming: When the next reminder comes, or None.
        as_before: The ended pause after which the steps can go on where they were, or None.
    """
    lines = [_("Reminders follow your plan again.") if was_paused else _("Nothing was paused.")]
    if coming is not None:
        lines.append(coming)
    buttons: list[Row] = []
    if as_before is not None:
        lines.append(_("While it was paused a step of your plan came. Now:") + "\n" + _now_says(plan))
        words = Button(_("Go on where I was instead"), press_data("pause.as_before", as_before))
        buttons.append((words,))
    message = Message(
        "\n".join(lines),
        (*buttons, (Button(_("The plan"), PLAN), Button(_("Today"), press_data("today.open")))),
    )
    if hold_id is None:
        return message
    resume = (Button(_(safety.ON_HOLD_RESUME), press_data("safety.resume", hold_id)),)
    return questions.with_notice(Message(message.text, (resume, *message.rows)), _(safety.ON_HOLD))


def _now_says(plan: Plan) -> str:
    return read_back(plan, plan.steps)
