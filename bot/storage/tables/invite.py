"""Codes that admit new patients."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, row_id
from bot.storage.types import UtcDateTime


class Invite(Base):
    """One code; only its hash is kept: whoever reads the database can't let anybody in."""

    __tablename__ = "invites"

    id: Mapped[UUID] = row_id()
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    uses_left: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
