"""Puts claimed deliveries into words just before they go out: each subject is read again (promise 4)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.delivery.claimed import Claimed, Ready
from bot.delivery.kinds import Kind, NotSent, Outcome, read_ahead
from bot.delivery.marks import Mark, Retry
from bot.delivery.replies import REPLY
from bot.locale import speaking
from bot.storage.claims import set_out
from bot.storage.database import is_passing, trouble
from bot.storage.sealing import SealError
from bot.storage.tables import Delivery, Patient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import Clock
    from bot.operator_log import Operator
    from bot.storage.database import Database
    from bot.telegram_io.outgoing import Outgoing

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rendered:
    """What became of a batch.

    Attributes:
        ready: What can be sent, in the batch's order.
        marks: What is not sent, and why.
        gone: Claims about which nothing is to be recorded: the patient left and took every row along, or
            another replica has taken them over.
    """

    ready: list[Ready] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    gone: list[Claimed] = field(default_factory=list)


class Renderer:
    """Reads and words a few deliveries at once."""

    def __init__(
        self, database: Database, clock: Clock, kinds: Mapping[str, Kind], operator: Operator
    ) -> None:
        self._database = database
        self._clock = clock
        self._kinds = kinds
        self._operator = operator

    async def render(self, batch: Sequence[Claimed]) -> Rendered:
        """Return what can be sent; the database's trouble is waited out, one broken delivery fails alone.

        What can't be read or put into words is set aside, and the operator hears of it: tried again it would
        break again.
        """
        try:
            return await self._still_ours(await self._render(batch))
        except Exception as error:  # noqa: BLE001 - logged below
            if is_passing(error):
                log.warning("deliveries can't be read (%s): they are tried again", trouble(error))
                return Rendered(marks=[Mark(*one.claim, Retry.NOW, "not read") for one in batch])
            if len(batch) > 1:
                # PostgreSQL refuses everything that follows an error in its transaction.
                return await self._one_by_one(batch)
            self._tell(batch, error)
            return Rendered(marks=[Mark(*one.claim, Outcome.FAILED, "not rendered") for one in batch])

    async def set_out_again(self, claimed: Claimed) -> bool:
        """Give a claim a new lease before its call; False where another replica has it by now."""
        async with self._database.write() as session:
            return bool(await set_out(session, [claimed.claim]))

    def _tell(self, batch: Sequence[Claimed], error: Exception) -> None:
        if isinstance(error, SealError):
            why = f"a value can't be opened ({error}). A missing key belongs into encryption.old_keys."
        else:
            log.error("a delivery could not be rendered", exc_info=error)
            why = "it couldn't be read or put into words. The log says where it failed: report that, please."
        for one in batch:
            self._operator.tell(
                f"The message {one.delivery_id} was set aside, nobody else is affected: {why}"
            )

    async def _one_by_one(self, batch: Sequence[Claimed]) -> Rendered:
        together = Rendered()
        for claimed in batch:
            alone = await self.render([claimed])
            together.ready += alone.ready
            together.marks += alone.marks
            together.gone += alone.gone
        return together

    async def _render(self, batch: Sequence[Claimed]) -> Rendered:
        rendered = Rendered()
        async with self._database.read() as session:
            query = (
                select(Delivery, Patient)
                .join(Patient, Patient.id == Delivery.patient_id)
                .where(Delivery.id.in_([claimed.delivery_id for claimed in batch]))
            )
            rows = {row.Delivery.id: (row.Delivery, row.Patient) for row in await session.execute(query)}
            await read_ahead(session, self._kinds, rows.values())
            for claimed in batch:
                if claimed.delivery_id not in rows:
                    rendered.gone.append(claimed)
                    continue
                delivery, patient = rows[claimed.delivery_id]
                words = await self._words(session, delivery, patient)
                if isinstance(words, NotSent):
                    rendered.marks.append(Mark(*claimed.claim, words.outcome, words.reason))
                else:
                    rendered.ready.append(Ready(claimed, patient.telegram_id, words))
        return rendered

    async def _words(self, session: AsyncSession, delivery: Delivery, patient: Patient) -> Outgoing | NotSent:
        now = self._clock.now()
        # Whom the operator has blocked is answered when they take their diary along.
        answers_a_way_out = delivery.kind == REPLY and patient.barred_at is not None
        if patient.blocked_at is not None and not answers_a_way_out:
            return NotSent(Outcome.FAILED, "blocked")
        if delivery.expires_at <= now:
            return NotSent(Outcome.EXPIRED, "too late")
        with speaking(patient.language):
            return await self._kinds[delivery.kind].render(session, delivery, patient, now)

    async def _still_ours(self, rendered: Rendered) -> Rendered:
        """Write down that these are sent now; let go of what another replica has taken over meanwhile.

        What was claimed and not yet set out wasn't sent for sure: after a crash it waits again, and only the
        few that had set out are uncertain.
        """
        if not rendered.ready:
            return rendered
        async with self._database.write() as session:
            ours = await set_out(session, [one.claimed.claim for one in rendered.ready])
        ready = [one for one in rendered.ready if one.claimed.delivery_id in ours]
        taken = [one.claimed for one in rendered.ready if one.claimed.delivery_id not in ours]
        return Rendered(ready, rendered.marks, [*rendered.gone, *taken])
