"""The kind "reply": what the bot says at once to a tap or a text. A row like every other message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update

from bot.delivery.kinds import NotSent, Outcome
from bot.domain.delivery import is_said_again
from bot.storage import claims, deliveries
from bot.storage.sealing import SealError
from bot.storage.tables import Checkin, Delivery, Dose, Patient
from bot.telegram_io.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

REPLY = "reply"
_OF_UPDATE = "update "
_COPY = "copy"
# Later than this an answer only confuses.
WORTH_SENDING = timedelta(hours=1)
# An answer that may have been lost is said again; a doubled answer harms nobody.
COPY_AFTER = timedelta(seconds=5)

_KEEPERS: dict[str, type[Checkin | Dose]] = {"dose": Dose, "checkin": Checkin}


def add_replies(
    session: AsyncSession,
    patient: Patient,
    subject: str,
    calls: Sequence[Outgoing],
    *,
    owner: str,
    now: datetime,
) -> list[Delivery]:
    """Write down what is to be said, claimed already by *owner*, who sends it right after the commit."""
    rows = [
        Delivery(
            patient_id=patient.id,
            kind=REPLY,
            subject=subject,
            ordinal=ordinal,
            state="sending",
            due_at=now,
            run_at=now,
            expires_at=now + WORTH_SENDING,
            attempts=1,
            owner=owner,
            fence=1,
            outcome=claims.ON_THE_WAY,
            lease_until=claims.lease_end(session),
            payload=call.to_json(),
        )
        for ordinal, call in enumerate(calls)
    ]
    session.add_all(rows)
    return rows


class ReplyKind:
    """Renders the stored words; remembers the message's id for the row that asked for it."""

    async def render(
        self,
        session: AsyncSession,
        delivery: Delivery,
        patient: Patient,  # noqa: ARG002 - the protocol's arguments
        now: datetime,  # noqa: ARG002
    ) -> Outgoing | NotSent:
        """Return what was written down, unless a later screen stands in the same message by now.

        This is asked about what couldn't be sent at once: an older edit would turn the screen back.
        """
        if delivery.payload is None:
            return NotSent(Outcome.CANCELLED, "empty")
        outgoing = Outgoing.from_json(delivery.payload)
        if outgoing.message_id is not None and await _is_overtaken(session, delivery, outgoing.message_id):
            return NotSent(Outcome.CANCELLED, "overtaken")
        return outgoing

    async def after(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, outcome: Outcome, now: datetime
    ) -> None:
        """Keep the message's id where it is needed; repeat what may have been lost."""
        if outcome not in {Outcome.SENT, Outcome.UNCERTAIN} or delivery.payload is None:
            return
        outgoing = Outgoing.from_json(delivery.payload)
        if outcome is Outcome.SENT and outgoing.keep_for and delivery.message_id:
            table = _KEEPERS[outgoing.keep_for[0]]
            await session.execute(
                update(table)
                .where(table.id == UUID(outgoing.keep_for[1]), table.patient_id == patient.id)
                .values(message_id=delivery.message_id)
            )
        is_copy = delivery.subject.endswith(_COPY)
        copies = delivery.ordinal + 1 if is_copy else 0
        died = delivery.outcome == claims.PROCESS_DIED
        if outcome is Outcome.UNCERTAIN and is_said_again(copies, died=died):
            await deliveries.plan_another(
                session,
                patient_id=patient.id,
                kind=REPLY,
                subject=delivery.subject if is_copy else f"{delivery.subject}.{delivery.ordinal}{_COPY}",
                due_at=now + COPY_AFTER,
                expires_at=delivery.expires_at,
                payload=delivery.payload,
            )

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Plan nothing: replies come from updates."""


async def _is_overtaken(session: AsyncSession, delivery: Delivery, message_id: int) -> bool:
    """Tell whether a reply to a later update edits the same message, or has done so."""
    place = _place(delivery)
    if place is None:
        return False
    query = select(Delivery).where(
        Delivery.patient_id == delivery.patient_id,
        Delivery.kind == REPLY,
        Delivery.due_at >= delivery.due_at - WORTH_SENDING,
        Delivery.state.in_((*deliveries.OPEN, "sent")),
    )
    return any(
        (later := _place(other)) is not None
        and later > place
        and message_id in {other.message_id, _target(other)}
        for other in (await session.execute(query)).scalars()
    )


def _place(reply: Delivery) -> tuple[int, int] | None:
    """Return the order of replies: by the update that they answer ("update 7", a copy: "update 7.0copy").

    Returns:
        None where it answers no update: a re-alert takes the buttons off the reminder before it.
    """
    if not reply.subject.startswith(_OF_UPDATE):
        return None
    update_id, _dot, copied = reply.subject.removeprefix(_OF_UPDATE).partition(".")
    return int(update_id), int(copied.removesuffix(_COPY) or reply.ordinal)


def _target(reply: Delivery) -> int | None:
    """Return the message that an open reply is to edit; None also for one that can't be read."""
    try:
        return None if reply.payload is None else Outgoing.from_json(reply.payload).message_id
    except SealError:
        # Set aside when it is its own turn.
        return None
