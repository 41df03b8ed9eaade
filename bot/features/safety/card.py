"""/card: the wallet card as a picture to keep on the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain.due import local_date
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.regimen import step_on
from bot.locale import _
from bot.message import Attachment, Button, Message, press_data
from bot.reports.card import draw_card
from bot.storage import patients

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.message import Press
    from bot.storage.tables import Patient
    from bot.telegram_io.turn import Turn

DRAWING = "card"


async def on_command(turn: Turn) -> None:
    """Send the card; in discreet mode ask first, because the picture names the medicine."""
    turn.reply(_ask() if turn.patient.discreet else _card(discreet=False))


async def on_open(turn: Turn, _press: Press) -> None:
    """Do the same for a button: what stood there before stays."""
    if turn.patient.discreet:
        turn.edit(_ask())
    else:
        turn.reply(_card(discreet=False))


async def on_show(turn: Turn, _press: Press) -> None:
    """Send the card after the question."""
    turn.reply(_card(discreet=turn.patient.discreet))


class CardDrawer:
    """Draws it (bot.delivery.drawing.Drawer)."""

    async def read(
        self,
        session: AsyncSession,
        patient: Patient,
        arguments: Mapping[str, Any],  # noqa: ARG002 - the protocol's argument
        now: datetime,
    ) -> Callable[[], bytes]:
        """Read what the plan says today."""
        today = local_date(now, ZoneInfo(patient.zone or "UTC"))
        regimen = await patients.regimen_of(session, patient.id)
        step = None if regimen is None else step_on(regimen.steps, today)
        amount = None if step is None else step.shown_as or format_mg(step.dose_mg)
        language = patient.language
        return lambda: draw_card(amount, today, language)


def _card(*, discreet: bool) -> Message:
    text = _(
        "Your card for any team that treats you: save the picture, or show it here. After a change of your "
        "plan ask me for a new one: /card"
    )
    if discreet:
        text = _("Here it is. After a change ask me for a new one.")
    failed = _("The picture couldn't be drawn. What it says: tell the team that you take naltrexone.")
    return Message(
        text,
        ((Button(_("‹ Back"), press_data("more.open")),),),
        attachment=Attachment("photo", DRAWING, filename="card.png", otherwise=None if discreet else failed),
    )


def _ask() -> Message:
    return Message(
        _("The picture names what you take, in large letters. Show it here now?"),
        (
            (Button(_("Show it"), press_data("card.show")),),
            (Button(_("‹ Back"), press_data("more.open")),),
        ),
    )
