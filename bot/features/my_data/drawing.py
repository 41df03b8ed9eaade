"""The two files as attachments: made when they are sent, and kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.locale import _
from bot.message import Attachment
from bot.reports.tables import csv_zip, json_file
from bot.storage.portable.reading import document_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

JSON, TABLES = "data_json", "data_tables"
_SUFFIXES = {JSON: "json", TABLES: "zip"}


def attachment(drawing: str, today: date, *, discreet: bool) -> Attachment:
    """Return one of the files; a discreet patient's phone shows a neutral name."""
    name = f"diary-{today.isoformat()}.{_SUFFIXES[drawing]}"
    return Attachment(
        "document",
        drawing,
        filename=name if discreet else f"LDN-{name}",
        otherwise=_("I couldn't make the file just now. Nothing is lost; please try again in a minute."),
    )


class DataDrawer:
    """Makes one of them (bot.delivery.drawing.Drawer)."""

    def __init__(self, write: Callable[[Mapping[str, Any]], bytes]) -> None:
        self._write = write

    async def read(
        self,
        session: AsyncSession,
        patient: Patient,
        arguments: Mapping[str, Any],  # noqa: ARG002 - the protocol's
        now: datetime,
    ) -> Callable[[], bytes]:
        """Read every row of the patient."""
        document = await document_of(session, patient, now)
        return lambda: self._write(document)


DRAWERS: Mapping[str, DataDrawer] = {JSON: DataDrawer(json_file), TABLES: DataDrawer(csv_zip)}
