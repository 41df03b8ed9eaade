"""The page for the doctor: what the patient typed for it, and every row that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from bot.domain.doctor_page import DoctorPage, Paper, PauseFact
from bot.domain.due import local_date, to_instant
from bot.domain.regimen import ONE_DAY
from bot.domain.safety import Trigger
from bot.storage import diary, patients
from bot.storage.tables import Pause, ReportDraft, SafetyAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.regimen import Regimen
    from bot.domain.span import Span
    from bot.storage.diary import DiaryRows
    from bot.storage.tables import Patient


@dataclass(frozen=True, slots=True)
class PageRows:
    """What the rows say, free of the session: `read` may run in another thread."""

    diary: DiaryRows
    regimen: Regimen | None
    made_on: date
    safety: Sequence[tuple[date, Trigger]]
    pauses: Sequence[PauseFact]
    identification: str
    questions: str
    paper: Paper

    def read(self) -> DoctorPage:
        """Return the page."""
        return DoctorPage(
            diary=self.diary.read(),
            regimen=self.regimen,
            made_on=self.made_on,
            safety=self.safety,
            pauses=self.pauses,
            identification=self.identification,
            questions=self.questions,
            paper=self.paper,
        )


async def draft_of(session: AsyncSession, patient_id: UUID) -> ReportDraft | None:
    """Return what the patient typed for the page, or None."""
    return await session.get(ReportDraft, patient_id)


async def get_or_create_draft(session: AsyncSession, patient_id: UUID) -> ReportDraft:
    """Return the patient's draft, an empty one if need be."""
    draft = await draft_of(session, patient_id)
    if draft is None:
        draft = ReportDraft(patient_id=patient_id, paper="a4")
        session.add(draft)
        await session.flush()
    return draft


async def gather(
    session: AsyncSession, patient: Patient, span: Span, paper: Paper, now: datetime
) -> PageRows:
    """Read the rows of the page about *span*."""
    draft = await draft_of(session, patient.id)
    zone = ZoneInfo(patient.zone or "UTC")
    return PageRows(
        diary=await diary.gather(session, patient, span),
        regimen=await patients.regimen_of(session, patient.id),
        made_on=local_date(now, zone),
        safety=await _safety(session, patient.id, span, zone),
        pauses=await _pauses(session, patient.id, span, zone),
        identification=(draft and draft.identification) or "",
        questions=(draft and draft.questions) or "",
        paper=paper,
    )


async def _safety(
    session: AsyncSession, patient_id: UUID, span: Span, zone: ZoneInfo
) -> list[tuple[date, Trigger]]:
    """Return the safety texts that were said in the span, each once a day."""
    first = to_instant(span.first, time(0), zone)
    last = to_instant(span.last + ONE_DAY, time(0), zone)
    query = (
        select(SafetyAnswer)
        .where(SafetyAnswer.patient_id == patient_id, SafetyAnswer.at >= first, SafetyAnswer.at < last)
        .order_by(SafetyAnswer.at)
    )
    known = {trigger.value: trigger for trigger in Trigger}
    said = [
        (local_date(row.at, zone), known[row.trigger])
        for row in (await session.execute(query)).scalars()
        if row.trigger in known
    ]
    return list(dict.fromkeys(said))


async def _pauses(session: AsyncSession, patient_id: UUID, span: Span, zone: ZoneInfo) -> list[PauseFact]:
    """Return pauses and holds that touch the span, oldest first; also those that have ended."""
    query = (
        select(Pause)
        .where(
            Pause.patient_id == patient_id,
            Pause.first_date <= span.last,
            or_(Pause.last_date.is_(None), Pause.last_date >= span.first_dose),
        )
        .order_by(Pause.first_date)
    )
    rows = (await session.execute(query)).scalars().all()
    facts = [
        PauseFact(row.first_date, diary.paused_until(row, zone), row.reason, row.is_hold) for row in rows
    ]
    return [fact for fact in facts if fact.last is None or fact.last >= max(fact.first, span.first_dose)]
