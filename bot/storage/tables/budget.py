"""The one budget of a bot token, shared by its replicas on PostgreSQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base
from bot.storage.types import UtcDateTime


class Budget(Base):
    """What may be sent when (GCRA), in the database's own time."""

    __tablename__ = "budgets"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # Theoretical arrival time: the first instant that no replica has reserved.
    tat: Mapped[datetime] = mapped_column(UtcDateTime)
    # Telegram said 429: nobody sends before this.
    blocked_until: Mapped[datetime] = mapped_column(UtcDateTime)
