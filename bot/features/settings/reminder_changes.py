"""Changes to how a reminder reads and rings: its routine, discreet mode, the second one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.regimen import is_morning_dose
from bot.features.settings.fields import Changed, Rows
from bot.locale import N_, _
from bot.telegram_io.typed_answers import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.regimen import Regimen as Plan
    from bot.features.settings.plan_changes import Result

LONGEST_CUE = 100
NO_CUE = "-"
_EVENING_CUES = (N_("after brushing teeth"), N_("with my evening tea"), N_("when I plug in my phone"))
_MORNING_CUES = (N_("after brushing teeth"), N_("with my morning tea"), N_("when I unplug my phone"))


def discreet(rows: Rows, value: str) -> Result:
    """Turn discreet mode on or off."""
    rows.patient.discreet = value == "on"
    if rows.patient.discreet:
        return Changed(_("Discreet mode is on: no amounts and no names of medicines in messages."))
    return Changed(_("Discreet mode is off."))


def second_re_alert(rows: Rows, value: str) -> Result:
    """Turn the second, silent re-alert on or off."""
    rows.patient.second_re_alert = value == "on"
    if rows.patient.second_re_alert:
        return Changed(_("A second, silent reminder comes when there's no answer."))
    return Changed(_("The second reminder is off."))


def cues(rows: Rows) -> Sequence[str]:
    """Return routines to offer, marked for translation: a morning dose isn't tied to an evening."""
    return _MORNING_CUES if is_morning_dose(rows.plan) else _EVENING_CUES


def cue_after_moving(rows: Rows, moved: Plan) -> str | None:
    """Let the routine follow a dose that moves between evening and morning; return what to say, or None.

    One of ours becomes its counterpart. The patient's own words stay, since nobody else knows what they fit.

    Args:
        rows: The rows, with the plan as it was.
        moved: The plan as it is now.
    """
    kept, morning = rows.patient.cue, is_morning_dose(moved)
    if kept is None or morning == is_morning_dose(rows.plan):
        return None
    ours = zip(_EVENING_CUES, _MORNING_CUES, strict=True)
    for old, new in ours if morning else ((new, old) for old, new in ours):
        if kept == _(old):
            rows.patient.cue = _(new)
            return None if old == new else _("Its routine is now: {words}.").format(words=_(new))
    return _("Its routine is still: {words}. Change it if it no longer fits.").format(words=escape(kept))


def cue(rows: Rows, text: str) -> Result:
    """Tie the dose to a routine in the patient's words, or to one of ours ("#0"); "-" takes it off."""
    offered = {f"#{number}": _(cue) for number, cue in enumerate(cues(rows))}
    words = offered.get(text, " ".join(text.split()))
    if words == NO_CUE:
        rows.patient.cue = None
        return Changed(_("Saved: no routine."))
    if len(words) > LONGEST_CUE:
        return Problem(
            _("That's too long for a reminder. Please put it in a few words; nothing was changed.")
        )
    if not words:
        return Problem(_("Please type a few words, such as: after brushing teeth."))
    rows.patient.cue = words
    return Changed(_("Saved: the reminder will mention your routine."))
