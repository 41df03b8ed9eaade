"""/supply and its buttons. Each button carries its strength's id."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain.free_text.dates import AmbiguousDate
from bot.domain.supply import parse_count, parse_expiry
from bot.features.supply import actions, asking, dialogue, messages, setup
from bot.features.supply.stock import read
from bot.features.supply.words import number
from bot.locale import N_, _
from bot.telegram_io.feature import Entry, Feature, Section
from bot.telegram_io.typed_answers import echo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.features.supply.stock import Stock, Strength
    from bot.message import Press
    from bot.telegram_io.turn import Turn

_MOST_WARN_DAYS = 90


async def on_command(turn: Turn) -> None:
    """Show everything in a new message."""
    dialogue.show(turn, messages.overview(await _stock(turn)))


async def on_open(turn: Turn, _press: Press) -> None:
    """Go back to everything."""
    dialogue.show(turn, messages.overview(await _stock(turn)))


async def on_one(turn: Turn, press: Press) -> None:
    """Show a strength's own screen."""
    await _with(turn, press, lambda one, stock: dialogue.show(turn, messages.strength(one, stock)))


async def on_refill(turn: Turn, press: Press) -> None:
    """Ask how many came."""

    def ask(one: Strength, stock: Stock) -> None:
        dialogue.show(turn, asking.refill(one, stock), awaiting="refill", supply=one.row.id)

    await _with(turn, press, ask)


async def on_got(turn: Turn, press: Press) -> None:
    """Add what came; a doubled tap adds once."""
    stock = await _stock(turn)
    one = stock.find(press.row_id)
    amount = parse_count(press.args[0]) if press.args else None
    if one is None or amount is None:
        await on_open(turn, press)
    elif len(press.args) > 1 and press.args[1] != str(one.written):
        turn.toast(_("That was added already."))
        dialogue.show(turn, messages.strength(one, stock))
    else:
        await actions.got(turn.session, one, amount, turn.now)
        await _saved(turn, one, _("Added {n}.").format(n=number(amount)))


async def on_count(turn: Turn, press: Press) -> None:
    """Ask how many are there."""

    def ask(one: Strength, stock: Stock) -> None:
        dialogue.show(turn, asking.count(one, stock), awaiting="count", supply=one.row.id)

    await _with(turn, press, ask)


async def on_per(turn: Turn, press: Press) -> None:
    """Show how many make one dose, for each amount of the plan."""
    await _with(turn, press, lambda one, stock: dialogue.show(turn, asking.per_dose_list(one, stock)))


async def on_per_of(turn: Turn, press: Press) -> None:
    """Ask how many make one dose of an amount."""
    mg = setup.mg_of(press.args[0]) if press.args else None

    def ask(one: Strength, stock: Stock) -> None:
        if mg is None:
            dialogue.show(turn, asking.per_dose_list(one, stock))
            return
        message = asking.per_dose(one, stock, mg)
        dialogue.show(turn, message, awaiting="per", supply=one.row.id, mg=f"{mg:f}")

    await _with(turn, press, ask)


async def on_per_is(turn: Turn, press: Press) -> None:
    """Keep how many make one dose of an amount."""
    one = (await _stock(turn)).find(press.row_id)
    mg = setup.mg_of(press.args[0]) if press.args else None
    amount = parse_count(press.args[1]) if len(press.args) > 1 else None
    if one is None or mg is None or amount is None:
        await on_open(turn, press)
        return
    await actions.use(turn.session, one, mg, amount)
    await _saved(turn, one, _("Saved."))


async def on_expiry(turn: Turn, press: Press) -> None:
    """Ask for the date on the label."""

    def ask(one: Strength, stock: Stock) -> None:
        dialogue.show(turn, asking.expiry(one, stock), awaiting="expiry", supply=one.row.id)

    await _with(turn, press, ask)


async def on_expiry_is(turn: Turn, press: Press) -> None:
    """Keep the date on the label, or none."""
    one = (await _stock(turn)).find(press.row_id)
    said = press.args[0] if press.args else ""
    if one is None:
        await on_open(turn, press)
        return
    try:
        one.row.expires_on = None if said == "none" else date.fromisoformat(said)
    except ValueError:
        await on_expiry(turn, press)
        return
    await _saved(turn, one, _("Saved."))


async def on_ledger(turn: Turn, press: Press) -> None:
    """Show the newest lines of the ledger."""
    await _with(turn, press, lambda one, stock: dialogue.show(turn, messages.ledger(one, stock, turn.zone)))


async def on_remove(turn: Turn, press: Press) -> None:
    """Ask whether to stop counting a strength."""
    await _with(turn, press, lambda one, stock: dialogue.show(turn, messages.remove(one, stock)))


async def on_remove_sure(turn: Turn, press: Press) -> None:
    """Stop counting a strength."""
    one = (await _stock(turn)).find(press.row_id)
    if one is not None:
        actions.remove(turn.session, one, turn.now)
        await turn.plan()
    await on_open(turn, press)


async def on_warn(turn: Turn, _press: Press) -> None:
    """Ask how early to warn."""
    dialogue.show(turn, messages.warning_choice(await _stock(turn)), awaiting="warn")


async def on_warn_is(turn: Turn, press: Press) -> None:
    """Keep how early to warn, or not at all."""
    await _set_warning(turn, press.args[0] if press.args else "")


async def on_said(turn: Turn, press: Press) -> None:
    """Log a dose without an answer, from the screen that says it isn't counted."""
    said = press.args[0] if press.args else ""
    notice = await actions.say_dose(turn.session, turn.patient, press.row_id, turn.now, taken=said == "taken")
    await turn.plan()
    dialogue.show(turn, messages.overview(await _stock(turn), notice))


async def on_text(turn: Turn) -> bool:
    """Take what was typed for the question that is open; else it is for another feature."""
    take = _TYPED.get(dialogue.awaited(turn) or "")
    if take is None:
        return False
    await take(turn, turn.text.strip())
    return True


async def _take_number(turn: Turn, text: str) -> None:
    stock = await _stock(turn)
    one, kept = stock.find(dialogue.supply_id(turn)), dialogue.of(turn)
    if one is None:
        dialogue.show(turn, messages.overview(stock))
        return
    amount = parse_count(text)
    mg = setup.mg_of(kept.get("mg", ""))
    awaiting = kept["awaiting"]
    if amount is None:
        problem = _("I couldn't read {typed} as a number. Please type it like 90.").format(typed=echo(text))
        if awaiting == "per" and mg is not None:
            again = asking.per_dose(one, stock, mg, problem)
        else:
            again = asking.count(one, stock, problem)
        dialogue.show(turn, again, awaiting=awaiting, supply=one.row.id, mg=kept.get("mg", ""))
    elif awaiting == "per" and mg is not None:
        await actions.use(turn.session, one, mg, amount)
        await _saved(turn, one, _("Saved."))
    elif awaiting == "refill":
        await actions.got(turn.session, one, amount, turn.now)
        await _saved(turn, one, _("Added {n}.").format(n=number(amount)))
    else:
        await actions.counted(turn.session, one, amount, turn.now)
        await _saved(turn, one, _("Saved."))


async def _take_expiry(turn: Turn, text: str) -> None:
    stock = await _stock(turn)
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
        await _saved(turn, one, over if found < stock.today else _("Saved."))


async def _set_warning(turn: Turn, text: str) -> None:
    days = parse_count(text)
    if text.lower() == "off":
        turn.patient.supply_warn_days = None
    elif days is not None and days == int(days) and 0 < days <= _MOST_WARN_DAYS:
        turn.patient.supply_warn_days = int(days)
    else:
        notice = _("Please type a number of days from 1 to 90, or tap.")
        message = messages.warning_choice(await _stock(turn))
        dialogue.show(turn, messages.noticed(message, notice), awaiting="warn")
        return
    await turn.plan()
    dialogue.show(turn, messages.overview(await _stock(turn), _("Saved.")))


async def _saved(turn: Turn, one: Strength, notice: str) -> None:
    await turn.plan()
    stock = await _stock(turn)
    again = stock.find(one.row.id)
    message = messages.overview(stock, notice) if again is None else messages.strength(again, stock, notice)
    dialogue.show(turn, message)


async def _stock(turn: Turn) -> Stock:
    return await read(turn.session, turn.patient, turn.now)


async def _with(turn: Turn, press: Press, then: Callable[[Strength, Stock], None]) -> None:
    """Do *then* with the button's strength; everything is shown where it was removed."""
    stock = await _stock(turn)
    one = stock.find(press.row_id)
    if one is None:
        dialogue.show(turn, messages.overview(stock))
    else:
        then(one, stock)


_TYPED: Mapping[str, Callable[[Turn, str], Awaitable[None]]] = {
    "label": setup.take_label,
    "first_count": setup.take_first_count,
    "per": _take_number,
    "count": _take_number,
    "refill": _take_number,
    "expiry": _take_expiry,
    "warn": _set_warning,
}

FEATURE = Feature(
    name=dialogue.NAME,
    commands={"supply": on_command},
    presses={
        "supply.open": on_open,
        "supply.new": setup.on_new,
        "supply.label": setup.on_label,
        "supply.unit": setup.on_unit,
        "supply.one": on_one,
        "supply.refill": on_refill,
        "supply.got": on_got,
        "supply.count": on_count,
        "supply.per": on_per,
        "supply.per_of": on_per_of,
        "supply.per_is": on_per_is,
        "supply.expiry": on_expiry,
        "supply.expiry_is": on_expiry_is,
        "supply.ledger": on_ledger,
        "supply.remove": on_remove,
        "supply.remove_sure": on_remove_sure,
        "supply.warn": on_warn,
        "supply.warn_is": on_warn_is,
        "supply.said": on_said,
    },
    on_text=on_text,
    entries=(Entry(N_("📦 Supply"), "supply.open", Section.TREATMENT, command="supply"),),
)
