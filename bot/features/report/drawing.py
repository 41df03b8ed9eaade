"""The page as an attachment: which days on which paper, as a few words in a row; drawn when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.domain.span import span_ending
from bot.locale import _
from bot.message import Attachment
from bot.reports.doctor import draw_pdf, draw_preview
from bot.storage import reports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.doctor_page import DoctorPage, Paper
    from bot.storage.tables import Patient

PDF, PREVIEW = "report", "report_preview"
SPANS = (30, 90, 365)
PAPERS: Mapping[str, Paper] = {"a4": "a4", "us-letter": "us-letter"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which page.

    Attributes:
        days: How many.
        last: The last one.
        paper: Its size.
    """

    days: int
    last: date
    paper: Paper

    @property
    def args(self) -> tuple[object, ...]:
        """Return what a button keeps; `read_choice` reads it."""
        return self.days, self.last.isoformat(), self.paper


def read_choice(args: tuple[str, ...], today: date, paper: Paper) -> Choice:
    """Return what a button names; whatever it doesn't name (well) is the usual.

    Args:
        args: Days, last date, paper; as many as there are.
        today: The patient's local date.
        paper: The size that the patient chose before.
    """
    days = int(args[0]) if args and args[0].isdecimal() else 0
    # A summary of a week is too short for a doctor: the next longer span.
    days = min((span for span in SPANS if span >= days), default=SPANS[-1]) if days else SPANS[1]
    return Choice(days, _last(args, today), PAPERS.get(args[2], paper) if len(args) > 2 else paper)  # noqa: PLR2004


def _last(args: tuple[str, ...], today: date) -> date:
    try:
        return min(date.fromisoformat(args[1]), today)
    except (IndexError, ValueError):
        return today


def attachment(choice: Choice, drawing: str, *, discreet: bool) -> Attachment:
    """Return the PDF or its preview; a discreet patient's phone shows a neutral name."""
    name = f"diary-{choice.last.isoformat()}"
    return Attachment(
        "document" if drawing == PDF else "photo",
        drawing,
        {"choice": list(choice.args)},
        filename=f"{name if discreet else f'LDN-{name}'}.pdf" if drawing == PDF else "preview.png",
        otherwise=_("I couldn't make the page just now. Nothing is lost; please try again in a minute."),
    )


class PageDrawer:
    """Draws it (bot.delivery.drawing.Drawer)."""

    def __init__(self, draw: Callable[[DoctorPage], bytes]) -> None:
        self._draw = draw

    async def read(
        self, session: AsyncSession, patient: Patient, arguments: Mapping[str, Any], now: datetime
    ) -> Callable[[], bytes]:
        """Read every row that the page is made of."""
        days, last, paper = arguments["choice"]
        span = span_ending(date.fromisoformat(last), days)
        rows = await reports.gather(session, patient, span, PAPERS[paper], now)
        return lambda: self._draw(rows.read())


DRAWERS: Mapping[str, PageDrawer] = {PDF: PageDrawer(draw_pdf), PREVIEW: PageDrawer(draw_preview)}
