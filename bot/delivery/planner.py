"""Sees to it that every active patient always has a next delivery of each kind."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, not_, or_, select

from bot.locale import speaking
from bot.storage import ahead, deliveries, patients
from bot.storage.database import is_passing
from bot.storage.tables import Delivery, Patient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.delivery.kinds import Kind
    from bot.storage.database import Database

log = logging.getLogger(__name__)

# 100,000 patients in under four minutes, at a call every ten seconds.
_PAGE = 5_000
_IN_VAIN_FOR = timedelta(hours=6)


class Planner:
    """Asks every kind to plan; sweeps the patients in small bites for those who were left without."""

    def __init__(self, kinds: Mapping[str, Kind], *, always_planned: tuple[str, ...]) -> None:
        self._kinds = kinds
        self._always_planned = always_planned
        self._swept_to = UUID(int=0)
        # Who lacked a delivery and had none to add, and when that was seen.
        self._in_vain: dict[UUID, datetime] = {}

    async def plan_all(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Plan the patient's next delivery of every kind, or nothing while enrolment isn't finished."""
        if patient.state != "active":
            return
        # Locked first, as what is read before may be another transaction's a moment later.
        await patients.lock(session, patient.id)
        # Every kind asks for it, and from here on for the plan, which is kept: a tap waits for each question.
        await ahead.read_pending(session, [patient.id], self._kinds)
        with speaking(patient.language):
            for kind in self._kinds.values():
                await kind.plan(session, patient, now)

    async def sweep(self, database: Database, now: datetime) -> int:
        """Repair patients without a planned delivery of some kind; return how many.

        Each call looks at one page of patients, in the order of their ids, and goes on there the next time:
        a hundred thousand patients cost no more per call than five thousand, and how long the history is
        doesn't matter. Who has nothing to add (a paused plan), or can't be planned for, is left alone for
        some hours.
        """
        async with database.read() as session:
            last = (await session.execute(end_of_page(self._swept_to))).scalar_one_or_none()
            query = without_plan(self._always_planned, self._swept_to, last)
            missing = (await session.execute(query)).scalars().all()
        self._swept_to = last or UUID(int=0)
        repaired = 0
        for patient_id in missing:
            looked_at = self._in_vain.get(patient_id)
            if looked_at is not None and timedelta(0) <= now - looked_at < _IN_VAIN_FOR:
                continue
            if await self._is_repaired(database, patient_id, now):
                repaired += 1
            else:
                self._in_vain[patient_id] = now
        if last is None:
            self._in_vain = {
                patient_id: at for patient_id, at in self._in_vain.items() if now - at < _IN_VAIN_FOR
            }
        return repaired

    async def plan_each(self, database: Database, patient_ids: Sequence[UUID], now: datetime) -> int:
        """Plan for these patients, together if that works; return how many it worked for."""
        try:
            async with database.write() as session:
                for patient_id in patient_ids:
                    patient = await session.get(Patient, patient_id)
                    if patient is not None:
                        await self.plan_all(session, patient, now)
        except Exception as error:  # noqa: BLE001 - what passes is raised again
            _unless_passing(error, log_it=len(patient_ids) == 1)
            if len(patient_ids) == 1:
                return 0
            return sum([await self.plan_each(database, [patient_id], now) for patient_id in patient_ids])
        return len(patient_ids)

    async def _is_repaired(self, database: Database, patient_id: UUID, now: datetime) -> bool:
        try:
            return await self._repair(database, patient_id, now)
        except Exception as error:  # noqa: BLE001 - the same
            _unless_passing(error)
            return False

    async def _repair(self, database: Database, patient_id: UUID, now: datetime) -> bool:
        """Plan for one patient; tell whether that added anything (a paused plan has nothing to add)."""
        async with database.write() as session:
            patient = await session.get(Patient, patient_id)
            if patient is None:
                return False
            waiting = await deliveries.count_pending(session, patient_id)
            await self.plan_all(session, patient, now)
            await session.flush()
            return await deliveries.count_pending(session, patient_id) > waiting


def _unless_passing(error: Exception, *, log_it: bool = True) -> None:
    """Let whatever is wrong about one patient keep nobody else from being planned for.

    Raises:
        Exception: The database's trouble passes; whoever plans tries again.
    """
    if is_passing(error):
        raise error
    if log_it:
        log.error("a patient can't be planned for; the others are", exc_info=error)


def end_of_page(after: UUID) -> Select[UUID]:
    """Return the query for the last patient of a page; no row: the page is the last one."""
    return select(Patient.id).where(Patient.id > after).order_by(Patient.id).offset(_PAGE - 1).limit(1)


def without_plan(kinds: Sequence[str], after: UUID, last: UUID | None) -> Select[UUID]:
    """Return the query for active patients in (after, last] who lack an open delivery of one of *kinds*."""
    lacks = [
        not_(
            exists().where(
                Delivery.patient_id == Patient.id,
                Delivery.state.in_(deliveries.OPEN),
                Delivery.kind == kind,
            )
        )
        for kind in kinds
    ]
    query = select(Patient.id).where(Patient.id > after, Patient.state == "active", or_(*lacks))
    return query if last is None else query.where(Patient.id <= last)
