"""The kind "supply": a warning at noon that something runs out, or that a bottle's date comes near."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.notices import NoticeKind, Wanted
from bot.domain.supply import WARN_AGAIN_DAYS, WARN_DAYS
from bot.features.supply import warnings
from bot.features.supply.stock import read
from bot.storage import supplies

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.features.supply.stock import Stock, Strength
    from bot.message import Message
    from bot.storage.tables import Patient

_FIRST, _AGAIN = "0", "1"
# What lies further ahead is planned when it comes nearer: every logged dose plans anew.
_LONGEST_AHEAD = timedelta(days=90)


class SupplyKind(NoticeKind):
    """Warns by days left, twice at most for one count or refill, and once for a bottle's date."""

    kind = "supply"

    async def wanted(self, session: AsyncSession, patient: Patient, now: datetime) -> Sequence[Wanted]:
        """Return the warnings to come."""
        if not await supplies.in_use(session, patient.id):
            return []
        stock = await read(session, patient, now)
        found: list[Wanted] = []
        for one in stock.strengths:
            found += _running_out(one, stock) + _expiring(one, stock)
        return sorted(found, key=lambda wanted: wanted.on)

    async def say(
        self, session: AsyncSession, patient: Patient, subject: str, now: datetime
    ) -> Message | None:
        """Read the stock again: a refill, a count or a pause since then settles it."""
        stock = await read(session, patient, now)
        for one in stock.strengths:
            for wanted in _running_out(one, stock):
                if wanted.subject == subject and wanted.on <= stock.today:
                    return warnings.running_out(one, stock)
            for wanted in _expiring(one, stock):
                if wanted.subject == subject and wanted.on <= stock.today:
                    return warnings.expiring(one, stock)
        return None


def _running_out(one: Strength, stock: Stock) -> list[Wanted]:
    """Return the first warning and, if that comes much earlier, a second and last one."""
    out, basis = one.forecast.runs_out_on, one.basis
    if out is None or basis is None or stock.warn_days is None:
        return []
    # The cautious reading: a dose that nobody answered for may have been taken.
    out -= timedelta(days=len(one.unanswered))
    found = [Wanted(f"{basis.id.hex}:{_FIRST}", out - timedelta(days=stock.warn_days))]
    if stock.warn_days > WARN_AGAIN_DAYS:
        found.append(Wanted(f"{basis.id.hex}:{_AGAIN}", out - timedelta(days=WARN_AGAIN_DAYS)))
    if found[-1].on <= stock.today:
        # Both are due: one is enough.
        return found[-1:]
    return [wanted for wanted in found if wanted.on - stock.today <= _LONGEST_AHEAD]


def _expiring(one: Strength, stock: Stock) -> list[Wanted]:
    expires_on = one.row.expires_on
    if expires_on is None or one.left <= 0:
        return []
    on = expires_on - timedelta(days=stock.warn_days or WARN_DAYS)
    subject = f"{one.row.id.hex}:{expires_on:%y%m%d}"
    return [Wanted(subject, on)] if on - stock.today <= _LONGEST_AHEAD else []
