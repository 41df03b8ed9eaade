"""Which keys have sealed values in this database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedText
from bot.storage.tables.base import Base
from bot.storage.types import UtcDateTime


class SealKey(Base):
    """A key by its name, and a known word that it sealed: a wrong or lost key is found out at start."""

    __tablename__ = "seal_keys"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    word = SealedText(nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
