"""Names and numbers of a supply as the patient reads them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.free_text.dose_amount import format_mg
from bot.domain.supply import Unit
from bot.locale import _, ngettext
from bot.locale.dates import short_date

if TYPE_CHECKING:
    from decimal import Decimal

    from bot.domain.regimen import DoseStep
    from bot.features.supply.stock import Stock, Strength


def number(amount: Decimal) -> str:
    """Return plain digits without trailing zeros: "90", "1.5"."""
    return f"{amount.normalize():f}"


def counted(amount: Decimal, unit: str, *, discreet: bool = False) -> str:
    """Return "42 capsules"; in discreet mode the number alone."""
    shown = number(amount)
    if discreet:
        return shown
    count = 1 if amount == 1 else 2
    texts = {
        Unit.CAPSULES: ngettext("{n} capsule", "{n} capsules", count),
        Unit.TABLETS: ngettext("{n} tablet", "{n} tablets", count),
        Unit.ML: _("{n} ml"),
        Unit.DROPS: ngettext("{n} drop", "{n} drops", count),
    }
    return texts[Unit(unit)].format(n=shown)


def unit_name(unit: str) -> str:
    """Return "capsules"."""
    texts = {
        Unit.CAPSULES: _("capsules"),
        Unit.TABLETS: _("tablets"),
        Unit.ML: _("ml"),
        Unit.DROPS: _("drops"),
    }
    return texts[Unit(unit)]


def name(one: Strength, *, discreet: bool) -> str:
    """Return what a strength is called, as HTML: its label, in discreet mode "Item 1"."""
    return _("Item {n}").format(n=one.number) if discreet else escape(one.row.label)


def plain_name(one: Strength, *, discreet: bool) -> str:
    """Return the same for a button."""
    return _("Item {n}").format(n=one.number) if discreet else one.row.label


def step_name(step: DoseStep, stock: Stock) -> str:
    """Return which dose of the plan: "4.5 mg", in discreet mode "now" or "from 1 Dec"."""
    if stock.discreet:
        if step.starts_on <= stock.today:
            return _("now")
        return _("from {date}").format(date=short_date(step.starts_on))
    return step.shown_as or format_mg(step.dose_mg)


def days(count: int) -> str:
    """Return "14 days"."""
    return ngettext("{n} day", "{n} days", count).format(n=count)
