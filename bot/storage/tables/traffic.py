"""What goes out and comes in: deliveries, the inbox, heartbeats."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson, SealedText
from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import Json, UtcDateTime


class Delivery(Base):
    """One message that the bot owes a patient (promise 4): pending → sending → sent, or another end."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("patient_id", "kind", "subject", "ordinal"),
        # The tick asks these, and nothing else, every second.
        Index(
            "ix_deliveries_pending",
            "run_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        # Claims are made lane by lane: ten thousand weekly summaries stand in nobody's way.
        Index(
            "ix_deliveries_lane",
            "lane",
            "run_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_deliveries_sending",
            "lease_until",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_deliveries_expiring",
            "expires_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        # What waits for one patient, however long the history is; the sweep lives on it.
        Index("ix_deliveries_of_patient", "patient_id", "state", "kind"),
        # Last night's, and those old enough to go.
        Index("ix_deliveries_due_at", "due_at"),
    )

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    kind: Mapped[str] = mapped_column(String(24))
    # What it is about: a dose's id, a local date, an update's id.
    subject: Mapped[str] = mapped_column(String(40))
    # 0 is the first message; re-alerts, snoozes and copies count on.
    ordinal: Mapped[int] = mapped_column(Integer, default=0)
    # pending, sending, sent, uncertain, failed, expired, cancelled.
    state: Mapped[str] = mapped_column(String(16), default="pending")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When to try (again): the due time first, later after a backoff.
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # 0: goes first; 1: whatever can wait until nothing else is due (storage/deliveries.py).
    lane: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    owner: Mapped[str | None] = mapped_column(String(40))
    # Grows with every claim: a mark with an older fence changes nothing.
    fence: Mapped[int] = mapped_column(Integer, default=0)
    # In the database's own time, which no wall clock of a replica can falsify.
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    # Why it failed or wasn't sent: a word of ours, never Telegram's or a patient's text.
    outcome: Mapped[str | None] = mapped_column(String(40))
    # What the renderer needs beside the subject; a reply's whole text. Blanked when done.
    payload = SealedJson[dict[str, Any] | None]()


class Inbox(Base):
    """An update, kept before it is acknowledged (promise 5)."""

    named_by = ("bot_id", "update_id")

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index(
            "ix_inbox_open",
            "chat_key",
            "seq",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("ix_inbox_done", "done_at"),
    )

    # The order of receipt.
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    # Updates with the same key are handled one after the other: the chat's or the person's id.
    chat_key: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload = SealedText()
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # done, or set_aside after three tries.
    outcome: Mapped[str | None] = mapped_column(String(16))


class Heartbeat(Base):
    """What the bot knows of itself across restarts: when it last listened to Telegram, last ticked."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)
