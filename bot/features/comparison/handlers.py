"""/compare and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.comparison import actions, messages
from bot.locale import N_
from bot.telegram_io.feature import Entry, Feature, Offer, Section

if TYPE_CHECKING:
    from bot.features.comparison.actions import Treatment
    from bot.message import Press
    from bot.telegram_io.turn import Turn


async def on_command(turn: Turn) -> None:
    """Offer what can be compared."""
    turn.reply(messages.choices(await _treatment(turn), discreet=turn.patient.discreet))


async def on_open(turn: Turn, _press: Press) -> None:
    """Offer it in a message of its own: a summary or an earlier comparison stays readable."""
    await on_command(turn)


async def on_show(turn: Turn, press: Press) -> None:
    """Show what the button names in place of the choices."""
    one = actions.chosen(await _treatment(turn), press.args)
    if one is None:
        turn.edit(messages.gone())
    else:
        turn.edit(messages.comparison(one, discreet=turn.patient.discreet))


async def _treatment(turn: Turn) -> Treatment:
    return await actions.treatment(turn.session, turn.patient, turn.today)


FEATURE = Feature(
    name="comparison",
    commands={"compare": on_command},
    presses={"compare.open": on_open, "compare.show": on_show},
    entries=(Entry(N_("⚖️ Compare"), "compare.open", Section.DATA, command="compare"),),
    under_summary=(Offer(N_("Compare"), "compare.open", 1),),
)
