"""A kind of message for the delivery tests: says a word, and writes down what it was told afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from telegram.ext import ExtBot

from bot.delivery.drawing import Studio
from bot.delivery.kinds import NotSent, Outcome
from bot.delivery.sender import Sender
from bot.delivery.tick import Tick
from bot.message import Attachment, Message
from bot.metrics import Metrics
from bot.sandbox.server import SANDBOX_TOKEN
from bot.storage import deliveries, patients
from bot.storage.tables import Delivery, Patient
from bot.telegram_io.contact import Contact
from bot.telegram_io.outgoing import Outgoing
from bot.telegram_io.rate import Pacer
from bot.telegram_io.request import LeanRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import ManualClock
    from bot.delivery.drawing import Drawer
    from bot.sandbox.server import SandboxServer
    from bot.storage.database import Database

WORTH = timedelta(minutes=90)


@dataclass
class NoteKind:
    """Renders "note <subject>" unless the subject was withdrawn; of some with a picture."""

    withdrawn: set[str] = field(default_factory=set)
    drawn: set[str] = field(default_factory=set)
    told: list[tuple[str, int, Outcome]] = field(default_factory=list)
    # What follows from these fails.
    broken: set[str] = field(default_factory=set)
    # Lets a test hold up what follows from a delivery.
    hook: Callable[[AsyncSession, Delivery], Awaitable[None]] | None = None

    async def render(
        self, _session: AsyncSession, delivery: Delivery, _patient: Patient, _now: datetime
    ) -> Outgoing | NotSent:
        if delivery.subject in self.withdrawn:
            return NotSent(Outcome.CANCELLED, "withdrawn")
        attachment = Attachment("photo", delivery.subject) if delivery.subject in self.drawn else None
        return Outgoing("send", Message(f"note {delivery.subject}", attachment=attachment))

    async def after(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, outcome: Outcome, now: datetime
    ) -> None:
        if self.hook is not None:
            await self.hook(session, delivery)
        if delivery.subject in self.broken:
            raise RuntimeError("on purpose")
        self.told.append((delivery.subject, delivery.ordinal, outcome))
        if outcome is Outcome.UNCERTAIN and delivery.ordinal == 0:
            await deliveries.plan_another(
                session,
                patient_id=patient.id,
                kind="note",
                subject=delivery.subject,
                due_at=now + timedelta(seconds=60),
                expires_at=delivery.expires_at,
            )

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Plan nothing: the tests do."""


@dataclass
class Sketch:
    """Draws what it is given: bytes, or a call that makes them."""

    make: Callable[[], bytes]
    seen: list[Mapping[str, Any]] = field(default_factory=list)

    async def read(
        self, _session: AsyncSession, _patient: Patient, arguments: Mapping[str, Any], _now: datetime
    ) -> Callable[[], bytes]:
        self.seen.append(arguments)
        return self.make


class Office:
    """A sender and its tick on a test's database, sending to the sandbox."""

    def __init__(
        self,
        database: Database,
        server: SandboxServer,
        clock: ManualClock,
        owner: str = "one",
        per_second: float = 1000,
    ) -> None:
        self.database, self.server, self.clock = database, server, clock
        self.kind = NoteKind()
        self.request = LeanRequest(16, read_timeout=1)
        self.bot = ExtBot(SANDBOX_TOKEN, base_url=server.base_url, request=self.request)
        self.metrics = Metrics(1000)
        self.pacer = Pacer(per_second, chat_per_second=float("inf"))
        self.drawers: dict[str, Drawer] = {}
        self.studio = Studio(database, clock, self.drawers)
        self.sender = Sender(
            database=database,
            clock=clock,
            bot=self.bot,
            pacer=self.pacer,
            kinds={"note": self.kind, "weekly_summary": self.kind},
            per_second=per_second,
            studio=self.studio,
            metrics=self.metrics,
            contact=Contact(),
        )
        self.tick = Tick(database=database, clock=clock, sender=self.sender, owner=owner)

    async def open(self) -> None:
        await self.request.initialize()
        self.sender.start()

    async def close(self) -> None:
        await self.sender.stop()
        self.studio.close()
        await self.pacer.close()
        await self.request.shutdown()

    async def work(self) -> None:
        """Tick once and wait until everything that was claimed is recorded."""
        await self.tick.claim()
        await self.sender.idle()

    async def plan(
        self, telegram_id: int, subject: str, *, due_in: timedelta = timedelta(0), kind: str = "note"
    ) -> UUID:
        due_at = self.clock.now() + due_in
        async with self.database.write() as session:
            patient = await patients.get_or_create(session, telegram_id, self.clock.now())
            row = await deliveries.plan_first(
                session,
                patient_id=patient.id,
                kind=kind,
                subject=subject,
                due_at=due_at,
                expires_at=due_at + WORTH,
            )
            return row.id

    async def row(self, delivery_id: UUID) -> Delivery:
        async with self.database.read() as session:
            return (await session.execute(select(Delivery).where(Delivery.id == delivery_id))).scalar_one()

    def received(self) -> list[str]:
        """Return the texts that took effect at the API, in the order of arrival."""
        return [
            str(arrival.params["text"])
            for arrival in self.server.traffic.of("sendMessage")
            if arrival.took_effect
        ]
