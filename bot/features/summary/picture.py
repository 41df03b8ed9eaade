"""The picture under a summary: which span, as a few words in a row; drawn from the diary when it is sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from bot.domain.diary import LONGEST_CHART
from bot.domain.span import Span
from bot.message import Attachment
from bot.reports.picture import draw_picture
from bot.storage import diary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

DRAWING = "summary"
# Nothing that somebody who looks over the shoulder could wonder about.
_FILENAME = "diary.png"


def picture_of(span: Span) -> Attachment | None:
    """Return the picture of *span*, or None where a phone couldn't show that many days."""
    if span.days > LONGEST_CHART:
        return None
    dates = [day.isoformat() for day in (span.first, span.last, span.first_dose, span.last_dose)]
    return Attachment("photo", DRAWING, {"span": dates}, filename=_FILENAME)


class SummaryPicture:
    """Draws it (bot.delivery.drawing.Drawer)."""

    async def read(
        self,
        session: AsyncSession,
        patient: Patient,
        arguments: Mapping[str, Any],
        now: datetime,  # noqa: ARG002 - the protocol's argument
    ) -> Callable[[], bytes]:
        """Read the diary of the span that the message is about."""
        span = Span(*(date.fromisoformat(day) for day in arguments["span"]))
        rows = await diary.gather(session, patient, span)
        return lambda: draw_picture(rows.read())
