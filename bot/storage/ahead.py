"""What a transaction has read already: its queries need not ask the database again.

Whoever renders or records many deliveries in one transaction reads ahead what their kinds will ask for; who
handles an update or plans for one patient, whom it has locked, keeps what is asked for again and again. The
query functions of `patients`, `doses`, `deliveries` and `checkins` look here first; what isn't here they ask
for as always. Rows added in the transaction are noticed; once one was deleted, or a savepoint was rolled
back, nothing here is believed any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import event, func, or_, select, tuple_
from sqlalchemy.orm import Session

from bot.storage.tables import Checkin, Delivery, Dose, DoseStep, Heartbeat, Patient, Pause, Regimen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import ORMExecuteState

Subject = tuple[UUID, str, str]
"""A patient's id, a kind and what the deliveries are about."""

OPEN_DOSES = ("planned", "asked", "held")
NOT_COUNTED = ("cancelled", "held", "unreached")
"""States of doses that say nothing about whether the patient is silent."""
_RECENT = 6
_KEY = "ahead"


class Ahead:
    """What one transaction has read ahead. A patient or subject that is no key wasn't read."""

    def __init__(self) -> None:
        self.regimens: dict[UUID, Regimen | None] = {}
        self.steps: dict[UUID, list[DoseStep]] = {}
        # Ended ones too, by their first date.
        self.pauses: dict[UUID, list[Pause]] = {}
        # By dose date: those that are open, and those that a delivery in hand is about.
        self.open_doses: dict[UUID, list[Dose]] = {}
        self.newest_dose: dict[UUID, date | None] = {}
        # The newest first: up to _RECENT that count, and fell due since the patient was seen last.
        self.unseen_doses: dict[UUID, list[Dose]] = {}
        # In the order of their ordinals.
        self.about: dict[Subject, list[Delivery]] = {}
        self.pending: dict[tuple[UUID, str], list[Delivery]] = {}
        self.checkins: dict[tuple[UUID, date], Checkin | None] = {}
        self.heartbeats: dict[str, Heartbeat | None] = {}
        # Rows made in this transaction: nothing older can be about them.
        self._born: set[str] = set()

    def deliveries_about(self, patient_id: UUID, kind: str, subject: str) -> list[Delivery] | None:
        """Return every delivery about the subject, or None when that isn't known."""
        known = self.about.get((patient_id, kind, subject))
        if known is None and subject in self._born:
            known = self.about[patient_id, kind, subject] = []
        return known

    def still_pending(self, patient_id: UUID, kind: str) -> list[Delivery] | None:
        """Return the patient's deliveries of this kind that wait yet, the next one first; None: not known."""
        rows = self.pending.get((patient_id, kind))
        if rows is None:
            return None
        return sorted((row for row in rows if row.state == "pending"), key=lambda row: row.run_at)

    def take(self, dose: Dose) -> None:
        """Keep a dose that was asked for meanwhile: it may be open again soon."""
        rows = self.open_doses.get(dose.patient_id)
        if rows is not None and dose not in rows:
            rows.append(dose)
            rows.sort(key=lambda row: row.dose_date)

    def unseen_before(self, dose: Dose, limit: int) -> list[Dose] | None:
        """Return the counted doses before *dose* that nothing was heard since; None: not known.

        The newest first, at most *limit*. Fewer mean that the patient was seen before the next one.
        """
        rows = self.unseen_doses.get(dose.patient_id)
        if rows is None:
            return None
        before = [row for row in rows if row.due_at < dose.due_at and row.state not in NOT_COUNTED]
        return before[:limit] if len(before) >= limit or len(rows) < _RECENT else None

    def note(self, row: object) -> None:
        """Take in a row that was added in this transaction."""
        match row:
            case Delivery():
                key = (row.patient_id, row.kind, row.subject)
                if (known := self.deliveries_about(*key)) is not None:
                    known.append(row)
                if (waiting := self.pending.get(key[:2])) is not None:
                    waiting.append(row)
            case Dose():
                self._born.add(str(row.id))
                self.take(row)
                if row.patient_id in self.newest_dose:
                    newest = self.newest_dose[row.patient_id]
                    self.newest_dose[row.patient_id] = max(newest or row.dose_date, row.dose_date)
                self.unseen_doses.pop(row.patient_id, None)
            case Checkin():
                self.checkins[row.patient_id, row.local_date] = row
            case Pause():
                self.pauses.pop(row.patient_id, None)
            case DoseStep():
                self.steps.pop(row.patient_id, None)
            case Regimen():
                self.regimens.pop(row.patient_id, None)


def of(session: AsyncSession) -> Ahead | None:
    """Return what the transaction has read ahead, or None."""
    known: Ahead | None = session.info.get(_KEY)
    if known is not None and session.deleted:
        del session.info[_KEY]
        return None
    return known


def begin(session: AsyncSession) -> Ahead:
    """Keep from now on what is asked for again and again; the patients must be locked (see `patients`)."""
    known: Ahead = session.info.setdefault(_KEY, Ahead())
    return known


async def read_plans(session: AsyncSession, patient_ids: Collection[UUID]) -> None:
    """Read the patients' regimens, steps and pauses."""
    known = begin(session)
    known.regimens |= dict.fromkeys(patient_ids)
    known.steps |= {patient_id: [] for patient_id in patient_ids}
    known.pauses |= {patient_id: [] for patient_id in patient_ids}
    regimens = select(Regimen).where(Regimen.patient_id.in_(patient_ids))
    for regimen in (await session.execute(regimens)).scalars():
        known.regimens[regimen.patient_id] = regimen
    steps = select(DoseStep).where(DoseStep.patient_id.in_(patient_ids)).order_by(DoseStep.starts_on)
    for step in (await session.execute(steps)).scalars():
        known.steps[step.patient_id].append(step)
    pauses = select(Pause).where(Pause.patient_id.in_(patient_ids)).order_by(Pause.first_date)
    for pause in (await session.execute(pauses)).scalars():
        known.pauses[pause.patient_id].append(pause)


async def read_doses(
    session: AsyncSession, patient_ids: Collection[UUID], dose_ids: Collection[UUID]
) -> list[Dose]:
    """Read the patients' open doses and these ones, and what shows how long a patient has been silent.

    Returns:
        The open doses and these ones, by dose date.
    """
    known = begin(session)
    known.open_doses |= {patient_id: [] for patient_id in patient_ids}
    own = Dose.patient_id.in_(patient_ids)
    rows = select(Dose).where(own, or_(Dose.state.in_(OPEN_DOSES), Dose.id.in_(dose_ids)))
    doses = list((await session.execute(rows.order_by(Dose.dose_date))).scalars())
    for dose in doses:
        known.open_doses[dose.patient_id].append(dose)
    newest = select(Dose.patient_id, func.max(Dose.dose_date)).where(own).group_by(Dose.patient_id)
    known.newest_dose |= dict.fromkeys(patient_ids)
    known.newest_dose |= {row[0]: row[1] for row in await session.execute(newest)}
    known.unseen_doses |= {patient_id: [] for patient_id in patient_ids}
    place = func.row_number().over(partition_by=Dose.patient_id, order_by=Dose.due_at.desc())
    unseen = (
        select(Dose.id, place.label("place"))
        .join(Patient, Patient.id == Dose.patient_id)
        .where(own, Dose.state.not_in(NOT_COUNTED))
        .where(or_(Patient.last_seen_at.is_(None), Dose.due_at > Patient.last_seen_at))
        .subquery()
    )
    recent = select(Dose).join(unseen, unseen.c.id == Dose.id).where(unseen.c.place <= _RECENT)
    for dose in (await session.execute(recent.order_by(Dose.due_at.desc()))).scalars():
        known.unseen_doses[dose.patient_id].append(dose)
    return doses


async def read_about(session: AsyncSession, subjects: Collection[Subject]) -> None:
    """Read every delivery about these subjects."""
    known = begin(session)
    known.about |= {subject: [] for subject in subjects}
    query = select(Delivery).where(
        tuple_(Delivery.patient_id, Delivery.kind, Delivery.subject).in_(list(subjects))
    )
    for row in (await session.execute(query.order_by(Delivery.ordinal))).scalars():
        known.about[row.patient_id, row.kind, row.subject].append(row)


async def read_pending(
    session: AsyncSession, patient_ids: Collection[UUID], kinds: Collection[str]
) -> list[Delivery]:
    """Read the patients' pending deliveries of these kinds; return them all, the next ones first."""
    known = begin(session)
    known.pending |= {(patient_id, kind): [] for patient_id in patient_ids for kind in kinds}
    query = select(Delivery).where(
        Delivery.patient_id.in_(patient_ids), Delivery.kind.in_(kinds), Delivery.state == "pending"
    )
    rows = list((await session.execute(query.order_by(Delivery.run_at))).scalars())
    for row in rows:
        known.pending[row.patient_id, row.kind].append(row)
    return rows


async def read_checkins(session: AsyncSession, days: Iterable[tuple[UUID, date]]) -> None:
    """Read the check-ins of these patients' dates."""
    known, wanted = begin(session), list(days)
    known.checkins |= dict.fromkeys(wanted)
    query = select(Checkin).where(tuple_(Checkin.patient_id, Checkin.local_date).in_(wanted))
    for row in (await session.execute(query)).scalars():
        known.checkins[row.patient_id, row.local_date] = row


async def read_heartbeat(session: AsyncSession, name: str) -> None:
    """Read one heartbeat."""
    begin(session).heartbeats[name] = await session.get(Heartbeat, name)


@event.listens_for(Session, "transient_to_pending")
def _added(session: Session, row: Any) -> None:  # noqa: ANN401 - any table's
    known: Ahead | None = session.info.get(_KEY)
    if known is not None:
        known.note(row)


@event.listens_for(Session, "persistent_to_deleted")
def _deleted(session: Session, _row: Any) -> None:  # noqa: ANN401 - any table's
    session.info.pop(_KEY, None)


@event.listens_for(Session, "do_orm_execute")
def _deleted_at_once(state: ORMExecuteState) -> None:
    if state.is_delete:
        state.session.info.pop(_KEY, None)


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, _transaction: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    # Also a savepoint's (a preview): what was read since is expired, and may never have been.
    session.info.pop(_KEY, None)
