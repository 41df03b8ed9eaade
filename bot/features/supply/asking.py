"""What is asked about a strength; each answer can be tapped or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.supply.messages import back_to, per_dose_shown
from bot.features.supply.words import name, number, step_name, unit_name
from bot.locale import _
from bot.locale.dates import short_date
from bot.message import Button, Message, press_data
from bot.telegram_io.questions import in_rows, with_notice

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from bot.features.supply.stock import Stock, Strength

_REFILLS = ("30", "60", "90")
_PER_DOSE = ("1", "2", "3", "4")


def refill(one: Strength, stock: Stock, problem: str = "") -> Message:
    """Return the question how many came; each button adds once."""
    last = () if one.last_refill is None else (number(one.last_refill),)
    amounts = [*last, *(amount for amount in _REFILLS if amount not in last)]
    buttons = (
        Button(f"+{amount}", press_data("supply.got", one.row.id, amount, one.written)) for amount in amounts
    )
    text = _("{name}: how many did you get? Tap, or type the number.")
    rows = (*in_rows(buttons, 4), back_to(one))
    return with_notice(Message(text.format(name=name(one, discreet=stock.discreet)), rows), problem)


def count(one: Strength, stock: Stock, problem: str = "") -> Message:
    """Return the question how many are there now."""
    text = _("{name}: how many do you have now? Count them and type the number.")
    return with_notice(
        Message(text.format(name=name(one, discreet=stock.discreet)), (back_to(one),)), problem
    )


def per_dose_list(one: Strength, stock: Stock) -> Message:
    """Return the amounts of the plan, each with how many make one dose."""
    buttons = (
        Button(
            f"{step_name(step, stock)}: {per_dose_shown(one.uses.get(step.dose_mg), one, stock)}",
            press_data("supply.per_of", one.row.id, f"{step.dose_mg:f}"),
        )
        for step in stock.steps
    )
    text = _("{name}: how many make one dose? I never work it out: copy it from your label.")
    if stock.discreet:
        text = _("{name}: how many each time?")
    return Message(text.format(name=name(one, discreet=stock.discreet)), (*in_rows(buttons, 1), back_to(one)))


def per_dose(one: Strength, stock: Stock, mg: Decimal, problem: str = "") -> Message:
    """Return the question how many make one dose of *mg*."""
    step = next((step for step in stock.steps if step.dose_mg == mg), None)
    shown = "" if step is None else step_name(step, stock)
    others = [
        f"{per_dose_shown(other.uses[mg], other, stock)} × {name(other, discreet=stock.discreet)}"
        for other in stock.strengths
        if other.row.id != one.row.id and other.uses.get(mg)
    ]
    text = _("One dose of {dose}: how many {unit} of <b>{name}</b>? Tap, or type it (0 if none).").format(
        dose=shown, unit=unit_name(one.row.unit), name=name(one, discreet=stock.discreet)
    )
    if stock.discreet:
        text = _("How many of <b>{name}</b> each time ({when})? Tap, or type it (0 if none).").format(
            name=name(one, discreet=True), when=shown
        )
    if others:
        text += "\n" + _("Beside it you take: {others}.").format(others=", ".join(others))
    buttons = (Button(n, press_data("supply.per_is", one.row.id, f"{mg:f}", n)) for n in ("0", *_PER_DOSE))
    return with_notice(Message(text, (*in_rows(buttons, 5), back_to(one))), problem)


def expiry(one: Strength, stock: Stock, problem: str = "") -> Message:
    """Return the question for the date on the label."""
    text = _("{name}: which expiry date is on the label? Type it, like 12/2027 or 31 Dec 2027.").format(
        name=name(one, discreet=stock.discreet)
    )
    none = Button(_("No date"), press_data("supply.expiry_is", one.row.id, "none"))
    return with_notice(Message(text, ((none,), back_to(one))), problem)


def which_expiry(one: Strength, choices: tuple[date, date]) -> Message:
    """Return the question which of two dates was meant."""
    buttons = tuple(
        Button(short_date(when, year=True), press_data("supply.expiry_is", one.row.id, when.isoformat()))
        for when in choices
    )
    return Message(_("Which date do you mean?"), (buttons, back_to(one)))
