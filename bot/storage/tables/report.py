"""What a patient typed for the page for their doctor; the page itself is kept nowhere."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedText
from bot.storage.tables.base import Base


class ReportDraft(Base):
    """The typed parts of the page: one row a patient, until the patient lets it be forgotten."""

    __tablename__ = "report_drafts"

    named_by = ("patient_id",)

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True)
    # "a4" or "us-letter".
    paper: Mapped[str] = mapped_column(String(12), default="a4")
    # Name, birth date, whatever the patient wants on it; None: nothing.
    identification = SealedText()
    # "My questions"; None: none.
    questions = SealedText()
