"""The first count of a strength: label, unit, number, and how many make one dose; the draft is in a row."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.free_text.supply_words import parse_count
from bot.domain.supply import LONGEST_LABEL, EntryKind, Unit
from bot.features.supply import asking, dialogue, messages
from bot.features.supply.stock import read
from bot.features.supply.words import number, step_name
from bot.locale import N_, _
from bot.message import Button, Message, press_data
from bot.storage.tables import Supply, SupplyEntry
from bot.telegram_io.questions import in_rows, with_notice
from bot.telegram_io.typed_answers import echo

if TYPE_CHECKING:
    from bot.features.supply.stock import Stock
    from bot.message import Press
    from bot.telegram_io.turn import Turn

_UNITS = {
    Unit.CAPSULES: N_("Capsules"),
    Unit.TABLETS: N_("Tablets"),
    Unit.ML: N_("ml"),
    Unit.DROPS: N_("Drops"),
}


async def on_new(turn: Turn, _press: Press) -> None:
    """Ask what the label says."""
    stock = await read(turn.session, turn.patient, turn.now)
    dialogue.show(turn, _ask_label(stock), awaiting="label")


async def on_label(turn: Turn, press: Press) -> None:
    """Take an amount of the plan as the label."""
    stock = await read(turn.session, turn.patient, turn.now)
    at = int(press.args[0]) if press.args and press.args[0].isdecimal() else len(stock.steps)
    if at < len(stock.steps):
        await take_label(turn, step_name(stock.steps[at], stock))
    else:
        dialogue.show(turn, _ask_label(stock), awaiting="label")


async def take_label(turn: Turn, text: str) -> None:
    """Keep the label as it was typed, and ask what is counted."""
    label = " ".join(text.split())
    if len(label) > LONGEST_LABEL:
        stock = await read(turn.session, turn.patient, turn.now)
        problem = _("That's long. Please type just the strength, like 1.5 mg.")
        dialogue.show(turn, _ask_label(stock, problem), awaiting="label")
        return
    buttons = (Button(_(words), press_data("supply.unit", None, unit)) for unit, words in _UNITS.items())
    text = _("What do you count?")
    message = Message(text, (*in_rows(buttons, 2), messages.back()))
    dialogue.show(turn, message, awaiting="unit", label=label)


async def on_unit(turn: Turn, press: Press) -> None:
    """Ask how many there are."""
    kept = dialogue.of(turn)
    unit = press.args[0] if press.args else ""
    if "label" not in kept or unit not in set(Unit):
        await on_new(turn, press)
        return
    dialogue.show(turn, _ask_left(), awaiting="first_count", label=kept["label"], unit=unit)


async def take_first_count(turn: Turn, text: str) -> None:
    """Save the strength with its first count, and ask how many make one dose."""
    kept = dialogue.of(turn)
    found = parse_count(text)
    if found is None:
        problem = _("I couldn't read {typed} as a number. Please type it like 90.").format(typed=echo(text))
        again = _ask_left(problem)
        dialogue.show(turn, again, awaiting="first_count", label=kept["label"], unit=kept["unit"])
        return
    row = await _save(turn, kept["label"], kept["unit"], found)
    stock = await read(turn.session, turn.patient, turn.now)
    one = stock.find(row.id)
    if one is None or not stock.steps:
        await turn.plan()
        dialogue.show(turn, messages.overview(stock, _("Saved.")))
        return
    mg = stock.steps[0].dose_mg
    saved = _("Saved: {n}.").format(n=number(found))
    await turn.plan()
    dialogue.show(turn, asking.per_dose(one, stock, mg, saved), awaiting="per", supply=row.id, mg=f"{mg:f}")


async def _save(turn: Turn, label: str, unit: str, count: Decimal) -> Supply:
    """Keep a new strength and its first count."""
    row = Supply(patient_id=turn.patient.id, label=label, unit=unit, created_at=turn.now)
    turn.session.add(row)
    await turn.session.flush()
    entry = SupplyEntry(
        patient_id=turn.patient.id,
        supply_id=row.id,
        kind=EntryKind.CORRECTED.value,
        amount=count,
        at=turn.now,
    )
    turn.session.add(entry)
    return row


def mg_of(text: str) -> Decimal | None:
    """Return the amount in mg that a button or a dialogue names, or None for an invention."""
    return Decimal(text) if text.replace(".", "", 1).isdecimal() else None


def _ask_label(stock: Stock, problem: str = "") -> Message:
    text = _(
        "What strength is on the label? Type it as it stands there, like <i>1.5 mg</i> or <i>1 mg/ml</i>."
    )
    rows = []
    if stock.discreet:
        text = _("What does the label say? Type it as it stands there.")
    else:
        names = enumerate(step_name(step, stock) for step in stock.steps)
        rows = list(in_rows((Button(name, press_data("supply.label", None, at)) for at, name in names), 3))
    return with_notice(Message(text, (*rows, messages.back())), problem)


def _ask_left(problem: str = "") -> Message:
    text = _("How many do you have now? Count them and type the number.")
    return with_notice(Message(text, (messages.back(),)), problem)
