"""Typed words of /supply: a number, a date, how early to warn; and what is shown once they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.free_text.dates import AmbiguousDate
from bot.domain.free_text.supply_words import parse_count, parse_expiry
from bot.features.supply import actions, asking, dialogue, messages, setup
from bot.features.supply.stock import read
from bot.features.supply.words import number
from bot.locale import _
from bot.telegram_io.questions import with_notice
from bot.telegram_io.typed_answers import echo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from decimal import Decimal

    from bot.features.supply.stock import Stock, Strength
    from bot.message import Message
    from bot.telegram_io.turn import Turn

_MOST_WARN_DAYS = 90


async def on_text(turn: Turn) -> bool:
    """Take what was typed for the question that is open; else it is for another feature."""
    take = _TYPED.get(dialogue.awaited(turn) or "")
    if take is None:
        return False
    await take(turn, turn.text.strip())
    return True


async def _take_number(turn: Turn, text: str) -> None:
    stock = await stock_of(turn)
    one, kept = stock.find(dialogue.supply_id(turn)), dialogue.of(turn)
    if one is None:
        dialogue.show(turn, messages.overview(stock))
        return
    amount = parse_count(text)
    mg = setup.mg_of(kept.get("mg", ""))
    awaiting = kept["awaiting"]
    if amount is None:
        problem = _("I couldn't read {typed} as a number. Please type it like 90.").format(typed=echo(text))
        again = _ask_number_again(one, stock, awaiting, mg, problem)
        dialogue.show(turn, again, awaiting=awaiting, supply=one.row.id, mg=kept.get("mg", ""))
    elif awaiting == "per" and mg is not None:
        await actions.use(turn.session, one, mg, amount)
        await saved(turn, one, _("Saved."))
    elif awaiting == "refill":
        await actions.got(turn.session, one, amount, turn.now)
        await saved(turn, one, _("Added {n}.").format(n=number(amount)))
    else:
        await actions.counted(turn.session, one, amount, turn.now)
        await saved(turn, one, _("Saved."))


def _ask_number_again(
    one: Strength, stock: Stock, awaiting: str, mg: Decimal | None, problem: str
) -> Message:
    """Return the very question that is open: a count taken for a refill would be added to what is there."""
    if awaiting == "per" and mg is not None:
        return asking.per_dose(one, stock, mg, problem)
    ask = asking.refill if awaiting == "refill" else asking.count
    return ask(one, stock, problem)


async def _take_expiry(turn: Turn, text: str) -> None:
    stock = await stock_of(turn)
    one = stock.find(dialogue.supply_id(turn))
    found = parse_expiry(text, stock.today)
    if one is None:
        dialogue.show(turn, messages.overview(stock))
    elif found is None:
        problem = _("I couldn't read {typed} as a date. Please type it like 12/2027.").format(
            typed=echo(text)
        )
        again = asking.expiry(one, stock, problem)
        dialogue.show(turn, again, awaiting="expiry", supply=one.row.id)
    elif isinstance(found, AmbiguousDate):
        dialogue.show(turn, asking.which_expiry(one, found.choices), awaiting="expiry", supply=one.row.id)
    else:
        one.row.expires_on = found
        over = _("Saved. That date is over: ask your pharmacist before using it.")
        await saved(turn, one, over if found < stock.today else _("Saved."))


async def set_warning(turn: Turn, text: str) -> None:
    """Keep how early to warn: a number of days, or "off"."""
    days = parse_count(text)
    if text.lower() == "off":
        turn.patient.supply_warn_days = None
    elif days is not None and days == int(days) and 0 < days <= _MOST_WARN_DAYS:
        turn.patient.supply_warn_days = int(days)
    else:
        notice = _("Please type a number of days from 1 to 90, or tap.")
        message = messages.warning_choice(await stock_of(turn))
        dialogue.show(turn, with_notice(message, notice), awaiting="warn")
        return
    await turn.plan()
    dialogue.show(turn, messages.overview(await stock_of(turn), _("Saved.")))


async def saved(turn: Turn, one: Strength, notice: str) -> None:
    """Plan the warnings anew, and show the strength as it stands now (everything, where it is gone)."""
    await turn.plan()
    stock = await stock_of(turn)
    again = stock.find(one.row.id)
    message = messages.overview(stock, notice) if again is None else messages.strength(again, stock, notice)
    dialogue.show(turn, message)


async def stock_of(turn: Turn) -> Stock:
    """Return what the patient has now."""
    return await read(turn.session, turn.patient, turn.now)


_TYPED: Mapping[str, Callable[[Turn, str], Awaitable[None]]] = {
    "label": setup.take_label,
    "first_count": setup.take_first_count,
    "per": _take_number,
    "count": _take_number,
    "refill": _take_number,
    "expiry": _take_expiry,
    "warn": set_warning,
}
