"""/supply and its buttons. Each button carries its strength's id."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain.free_text.supply_words import parse_count
from bot.features.supply import actions, asking, dialogue, messages, setup
from bot.features.supply.typed import on_text, saved, set_warning, stock_of
from bot.features.supply.words import number
from bot.locale import N_, _
from bot.telegram_io.feature import Entry, Feature, Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.features.supply.stock import Stock, Strength
    from bot.message import Press
    from bot.telegram_io.turn import Turn


async def on_command(turn: Turn) -> None:
    """Show everything in a new message."""
    dialogue.show(turn, messages.overview(await stock_of(turn)))


async def on_open(turn: Turn, _press: Press) -> None:
    """Go back to everything."""
    dialogue.show(turn, messages.overview(await stock_of(turn)))


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
    stock = await stock_of(turn)
    one = stock.find(press.row_id)
    amount = parse_count(press.args[0]) if press.args else None
    if one is None or amount is None:
        await on_open(turn, press)
    elif len(press.args) > 1 and press.args[1] != str(one.written):
        turn.toast(_("That was added already."))
        dialogue.show(turn, messages.strength(one, stock))
    else:
        await actions.got(turn.session, one, amount, turn.now)
        await saved(turn, one, _("Added {n}.").format(n=number(amount)))


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
    one = (await stock_of(turn)).find(press.row_id)
    mg = setup.mg_of(press.args[0]) if press.args else None
    amount = parse_count(press.args[1]) if len(press.args) > 1 else None
    if one is None or mg is None or amount is None:
        await on_open(turn, press)
        return
    await actions.use(turn.session, one, mg, amount)
    await saved(turn, one, _("Saved."))


async def on_expiry(turn: Turn, press: Press) -> None:
    """Ask for the date on the label."""

    def ask(one: Strength, stock: Stock) -> None:
        dialogue.show(turn, asking.expiry(one, stock), awaiting="expiry", supply=one.row.id)

    await _with(turn, press, ask)


async def on_expiry_is(turn: Turn, press: Press) -> None:
    """Keep the date on the label, or none."""
    one = (await stock_of(turn)).find(press.row_id)
    said = press.args[0] if press.args else ""
    if one is None:
        await on_open(turn, press)
        return
    try:
        one.row.expires_on = None if said == "none" else date.fromisoformat(said)
    except ValueError:
        await on_expiry(turn, press)
        return
    await saved(turn, one, _("Saved."))


async def on_ledger(turn: Turn, press: Press) -> None:
    """Show the newest lines of the ledger."""
    await _with(turn, press, lambda one, stock: dialogue.show(turn, messages.ledger(one, stock, turn.zone)))


async def on_remove(turn: Turn, press: Press) -> None:
    """Ask whether to stop counting a strength."""
    await _with(turn, press, lambda one, stock: dialogue.show(turn, messages.remove(one, stock)))


async def on_remove_sure(turn: Turn, press: Press) -> None:
    """Stop counting a strength."""
    one = (await stock_of(turn)).find(press.row_id)
    if one is not None:
        actions.remove(turn.session, one, turn.now)
        await turn.plan()
    await on_open(turn, press)


async def on_warn(turn: Turn, _press: Press) -> None:
    """Ask how early to warn."""
    dialogue.show(turn, messages.warning_choice(await stock_of(turn)), awaiting="warn")


async def on_warn_is(turn: Turn, press: Press) -> None:
    """Keep how early to warn, or not at all."""
    await set_warning(turn, press.args[0] if press.args else "")


async def on_said(turn: Turn, press: Press) -> None:
    """Log a dose without an answer, from the screen that says it isn't counted."""
    said = press.args[0] if press.args else ""
    notice = await actions.say_dose(turn.session, turn.patient, press.row_id, turn.now, taken=said == "taken")
    await turn.plan()
    dialogue.show(turn, messages.overview(await stock_of(turn), notice))


async def _with(turn: Turn, press: Press, then: Callable[[Strength, Stock], None]) -> None:
    """Do *then* with the button's strength; everything is shown where it was removed."""
    stock = await stock_of(turn)
    one = stock.find(press.row_id)
    if one is None:
        dialogue.show(turn, messages.overview(stock))
    else:
        then(one, stock)


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
