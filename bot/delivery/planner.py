"""Sees to it that every active patient always has a next delivery of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, not_, or_, select

from bot.locale import speaking
from bot.storage import deliveries
from bot.storage.tables import Delivery, Patient

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.delivery.kinds import Kind
    from bot.storage.database import Database

_SWEEP_SIZE = 200


class Planner:
    """Asks every kind to plan; sweeps the patients in small bites for those who were left without."""

    def __init__(self, kinds: Mapping[str, Kind], *, always_planned: tuple[str, ...]) -> None:
        self._kinds = kinds
        self._always_planned = always_planned
        self._swept_to = UUID(int=0)

    async def plan_all(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Plan the patient's next delivery of every kind, or nothing while enrolment isn't finished."""
        if patient.state != "active":
            return
        with speaking(patient.language):
            for kind in self._kinds.values():
                await kind.plan(session, patient, now)

    async def sweep(self, database: Database, now: datetime) -> int:
        """Repair the next few patients without a planned delivery of some kind; return how many.

        Each call looks at one page of patients, in the order of their ids, and goes on there the next time:
        a hundred thousand patients cost no more per call than a hundred.
        """
        async with database.read() as session:
            page = (
                (
                    await session.execute(
                        select(Patient.id)
                        .where(Patient.id > self._swept_to)
                        .order_by(Patient.id)
                        .limit(_SWEEP_SIZE)
                    )
                )
                .scalars()
                .all()
            )
            missing = (
                (await session.execute(self._without_plan(page[0], page[-1]))).scalars().all() if page else []
            )
        self._swept_to = page[-1] if len(page) == _SWEEP_SIZE else UUID(int=0)
        return sum([await self._repair(database, patient_id, now) for patient_id in missing])

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

    def _without_plan(self, first: UUID, last: UUID):  # type: ignore[no-untyped-def]  # noqa: ANN202
        lacks = [
            not_(
                exists().where(
                    Delivery.patient_id == Patient.id,
                    Delivery.kind == kind,
                    Delivery.state.in_(("pending", "sending")),
                )
            )
            for kind in self._always_planned
        ]
        return select(Patient.id).where(
            Patient.id >= first, Patient.id <= last, Patient.state == "active", or_(*lacks)
        )
