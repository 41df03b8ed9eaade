"""The check-in's buttons. Each names its row and its question, so an old one never answers another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin import HOURS, NRS_BEST, NRS_WORST, SCALES, DoseAnswer, Question
from bot.domain.checkin_echo import dose_label
from bot.domain.checkin_walk import may_copy_yesterday
from bot.domain.checkin_words import (
    PGIC_LABELS,
    SAME_AS_YESTERDAY_LABEL,
    TOO_UNWELL_LABEL,
)
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.side_effect import (
    NO_SIDE_EFFECTS_LABEL,
    SEVERITY_LABELS,
    SIDE_EFFECT_LABELS,
    Severity,
    SideEffect,
)
from bot.features.morning_checkin.actions import screen_of
from bot.locale import _
from bot.locale.dates import weekday_name
from bot.message import Button, Row, press_data
from bot.telegram_io.questions import in_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from bot.features.morning_checkin.walks import AskedDose, View

_SCALE_ROWS = ((0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10))


def for_question(view: View, *, discreet: bool, yesterday: date | None) -> tuple[Row, ...]:
    """Return the answers to the question in front of the patient, then Back, Skip and the ways out."""
    walk, row_id = view.walk, view.checkin_id
    back = Button(_("‹ Back"), press_data("checkin.back", row_id, screen_of(view)))
    if walk.rating is None and walk.position is walk.questions[0]:
        back = way_out(view, _("‹ Back"))
    if walk.position is None:
        return ()
    if walk.rating is not None:
        return (*_severities(row_id, walk.rating), (back,))
    rows = [*_answers(view, walk.position, discreet=discreet)]
    rows.append((back, Button(_("Skip"), press_data("checkin.skip", row_id, walk.position))))
    if walk.position is walk.questions[0]:
        rows.append((Button(_(TOO_UNWELL_LABEL), press_data("checkin.unwell", row_id)),))
    if yesterday is not None:
        about = _("About {weekday} instead").format(weekday=weekday_name(yesterday))
        rows.append((Button(about, press_data("checkin.day", None, yesterday.isoformat())),))
    return tuple(rows)


def for_end(view: View) -> tuple[Row, ...]:
    """Return the buttons under the thanks: an older day's also leads back to the history."""
    change = Button(_("Change"), press_data("checkin.change", view.checkin_id))
    return ((change,),) if view.is_today else ((change, way_out(view, _("‹ That day"))),)


def way_out(view: View, label: str) -> Button:
    """Return the button that leaves the check-in: to today's screen, or to its day in the history."""
    if view.is_today:
        return Button(label, press_data("today.open"))
    return Button(label, press_data("history.day", None, view.local_date.isoformat()))


def for_changes(view: View, labels: Mapping[Question, str]) -> tuple[Row, ...]:
    """Return a button for each question, and the ways out."""
    row_id = view.checkin_id
    rows: list[Row] = [
        (Button(_short(label), press_data("checkin.goto", row_id, question)),)
        for question, label in labels.items()
    ]
    if view.walk.answers.flare:
        rows.append((Button(_("Not too unwell after all"), press_data("checkin.better", row_id)),))
    rows.append((Button(_("‹ Back"), press_data("checkin.show", row_id)),))
    return tuple(rows)


def _answers(  # noqa: PLR0911 - a table: one row per kind of question
    view: View, position: Question, *, discreet: bool
) -> tuple[Row, ...]:
    row_id = view.checkin_id
    if position is Question.DOSE:
        return _dose_answers(view, discreet=discreet)
    if position is Question.SIDE_EFFECTS:
        return _side_effects(view)
    if position in SCALES:
        return tuple(
            tuple(
                Button(_scale_label(number), press_data("checkin.answer", row_id, position, number))
                for number in row
            )
            for row in _SCALE_ROWS
        )
    if position in HOURS:
        hours = [f"{hours:g}" for hours in HOURS[position]]
        return in_rows((Button(n, press_data("checkin.answer", row_id, position, n)) for n in hours), 4)
    if position is Question.PERIOD:
        yes = Button(_("Yes"), press_data("checkin.answer", row_id, position, "yes"))
        return ((yes, Button(_("No"), press_data("checkin.answer", row_id, position, "no"))),)
    if position is Question.PGIC:
        return tuple(
            (Button(_(label), press_data("checkin.answer", row_id, position, choice)),)
            for choice, label in PGIC_LABELS.items()
        )
    return ()


def _scale_label(number: int) -> str:
    ends = {NRS_BEST: _("{number} best"), NRS_WORST: _("{number} worst")}
    return ends.get(number, "{number}").format(number=number)


def _dose_answers(view: View, *, discreet: bool) -> tuple[Row, ...]:
    if view.dose is None:
        return ()
    on = view.dose.dose_date.isoformat()
    taken, *others = (
        Button(dose_label(answer, discreet=discreet), press_data("checkin.dose", view.checkin_id, on, answer))
        for answer in DoseAnswer
    )
    if view.dose.before_mg is None:
        return ((taken, *others),)
    return (_which_amount(view, view.dose, discreet=discreet), tuple(others))


def plain_amount(dose_mg: Decimal | None, shown_as: str | None) -> str:
    """Return an amount as the patient knows it, as plain text: "4.5 mg", or as it was typed."""
    if shown_as or dose_mg is None:
        return shown_as or ""
    return format_mg(dose_mg)


def _which_amount(view: View, dose: AskedDose, *, discreet: bool) -> Row:
    """Return "Took 3 mg · Took 1.5 mg": on the day of a dose step the answer names its amount."""
    new, old = (
        (_("Did the new step"), _("Did the one before"))
        if discreet
        else (
            _("Took {amount}").format(amount=plain_amount(dose.planned_mg, dose.planned_as)),
            _("Took {amount}").format(amount=plain_amount(dose.before_mg, dose.before_as)),
        )
    )
    on = dose.dose_date.isoformat()
    return tuple(
        Button(label, press_data("checkin.dose", view.checkin_id, on, DoseAnswer.TAKEN, mg))
        for label, mg in ((new, dose.planned_mg), (old, dose.before_mg))
    )


def _side_effects(view: View) -> tuple[Row, ...]:
    """Return None (or Done, once something is chosen) first, then the side effects two by two."""
    row_id, chosen = view.checkin_id, view.walk.answers.side_effects or {}
    if chosen:
        first = [(Button(_("Done"), press_data("checkin.rated", row_id), style="primary"),)]
    else:
        first = [(Button(_(NO_SIDE_EFFECTS_LABEL), press_data("checkin.none", row_id), style="primary"),)]
        if may_copy_yesterday(view.yesterday):
            first.append((Button(_(SAME_AS_YESTERDAY_LABEL), press_data("checkin.same", row_id)),))
    buttons = [_side_effect(row_id, effect, chosen.get(effect)) for effect in SideEffect]
    pairs = zip(buttons[::2], buttons[1::2], strict=True)
    return (*first, *pairs)


def _side_effect(row_id: UUID, effect: SideEffect, severity: Severity | None) -> Button:
    label = _(SIDE_EFFECT_LABELS[effect])
    if severity is None:
        return Button(label, press_data("checkin.pick", row_id, effect))
    chosen = f"✓ {label} · {_(SEVERITY_LABELS[severity])}"
    return Button(chosen, press_data("checkin.drop", row_id, effect))


def _severities(row_id: UUID, effect: SideEffect) -> tuple[Row, ...]:
    return (
        tuple(
            Button(_(label), press_data("checkin.rate", row_id, effect, severity))
            for severity, label in SEVERITY_LABELS.items()
        ),
    )


def _short(label: str, longest: int = 60) -> str:
    return label if len(label) <= longest else label[: longest - 1] + "…"
