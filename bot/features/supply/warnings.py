"""The two warnings about a supply, said at noon without a sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.regimen import ONE_DAY
from bot.features.supply.messages import amount_left, unanswered_words
from bot.features.supply.words import days, name
from bot.locale import _
from bot.locale.dates import day_text, short_date
from bot.message import Button, Message, Row, press_data

if TYPE_CHECKING:
    from bot.features.supply.stock import Stock, Strength


def running_out(one: Strength, stock: Stock) -> Message:
    """Return the warning, at noon, that it runs out by the plan."""
    left = one.forecast.days_left(stock.today) or 0
    runs_out_on = one.forecast.runs_out_on or stock.today
    if left <= 0:
        words = _("📦 <b>{name}</b>: by my count there isn't enough for the next dose.")
        if stock.discreet:
            words = _("📦 {name}: by my count there isn't enough left.")
        text = words.format(name=name(one, discreet=stock.discreet))
    else:
        text = _("📦 <b>{name}</b>: {left} left by my count, enough until {date} ({days}).").format(
            name=name(one, discreet=stock.discreet),
            left=amount_left(one, stock),
            date=day_text(runs_out_on - ONE_DAY),
            days=days(left),
        )
    advice = _("If you need more, ask for it now: it may take a while to be made.")
    if stock.discreet:
        advice = _("If you need more, ask for it now: it may take a while.")
    if one.unanswered:
        advice += " " + unanswered_words(stock)
    return Message(f"{text} {advice}", _warning_rows(one), silent=True)


def expiring(one: Strength, stock: Stock) -> Message:
    """Return the warning, at noon, that the bottle's date comes near."""
    expires_on = one.row.expires_on or stock.today
    left = (expires_on - stock.today).days
    when = short_date(expires_on, year=True)
    if left < 0:
        text = _("📦 <b>{name}</b>: the expiry date you gave ({date}) is over.")
    elif left == 0:
        text = _("📦 <b>{name}</b>: the expiry date you gave ({date}) is today.")
    else:
        text = _("📦 <b>{name}</b>: the expiry date you gave ({date}) is in {days}.")
    shown = text.format(name=name(one, discreet=stock.discreet), date=when, days=days(left))
    advice = _("Ask your pharmacist for a new one, and about using this one after its date.")
    if stock.discreet:
        advice = _("It's time to get a new one.")
    rows = ((Button(_("New date"), press_data("supply.expiry", one.row.id)), *_warning_rows(one)[0]),)
    return Message(f"{shown} {advice}", rows, silent=True)


def _warning_rows(one: Strength) -> tuple[Row, ...]:
    return (
        (
            Button(_("Refilled"), press_data("supply.refill", one.row.id)),
            Button(_("See more"), press_data("supply.one", one.row.id)),
        ),
    )
