"""A change of clocks that is planned: the way back from a journey."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import UtcDateTime


class ZoneChange(Base):
    """From this day on the patient's clock is that of another zone; applied by itself."""

    __tablename__ = "zone_changes"
    __table_args__ = (Index(None, "patient_id"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    zone: Mapped[str] = mapped_column(String(64))
    # The local date, in that zone, on which it applies.
    local_date: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
