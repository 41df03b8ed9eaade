"""Notices at a start that a zone's rules have changed (a new tzdata), and plans its patients anew.

Due times are instants, computed when they were planned (promise 2): a government that moves its clocks moves
them. Rows are updated, not added, in small bites beside everything else.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.storage import heartbeats
from bot.storage.tables import Heartbeat, Patient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.delivery.planner import Planner
    from bot.storage.database import Database

log = logging.getLogger(__name__)

ZONE_RULES = "zone rules"
_AHEAD = timedelta(days=400)
_STEP = timedelta(hours=6)
_BITE = 20


def fingerprint(zone: str, now: datetime) -> str:
    """Return what the zone's rules say about the 400 days from *now*'s month on, in a few letters."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rules = ZoneInfo(zone)
    probes = (first + number * _STEP for number in range(_AHEAD // _STEP))
    offsets = ",".join(str(probe.astimezone(rules).utcoffset()) for probe in probes)
    return f"{first:%Y-%m}:{hashlib.sha256(offsets.encode()).hexdigest()[:16]}"


def is_changed(zone: str, before: str | None) -> bool:
    """Tell whether the zone's rules differ from the ones that *before* is the fingerprint of."""
    if before is None:
        return True
    month = datetime.fromisoformat(f"{before.partition(':')[0]}-01T00:00:00+00:00")
    return fingerprint(zone, month) != before


async def replan(database: Database, planner: Planner, now: datetime) -> int:
    """Plan every patient anew whose zone's rules aren't those of the last start; return how many.

    The first start only notes the rules. One that is cut off begins again the next time.
    """
    async with database.read() as session:
        zones = (await session.execute(select(Patient.zone).distinct())).scalars().all()
        kept = await session.get(Heartbeat, ZONE_RULES)
        before: Mapping[str, str] | None = None if kept is None else (kept.detail or {})
    named = [zone for zone in zones if zone is not None]
    changed, rules = await asyncio.to_thread(_compare, named, before, now)
    planned = await _plan(database, planner, changed, now) if changed else 0
    if planned:
        log.warning("the rules of %s zones are new: %s patients were planned anew", len(changed), planned)
    await _note(database, rules, now)
    return planned


async def remember(database: Database, now: datetime) -> None:
    """Note the rules of zones that patients have chosen since the start: none has changed meanwhile."""
    async with database.read() as session:
        zones = (await session.execute(select(Patient.zone).distinct())).scalars().all()
        kept = await session.get(Heartbeat, ZONE_RULES)
    known = {} if kept is None else (kept.detail or {})
    new = [zone for zone in zones if zone is not None and zone not in known]
    if new:
        await _note(database, known | {zone: fingerprint(zone, now) for zone in new}, now)


def _compare(
    zones: Sequence[str], before: Mapping[str, str] | None, now: datetime
) -> tuple[list[str], dict[str, str]]:
    changed = [] if before is None else [zone for zone in zones if is_changed(zone, before.get(zone))]
    return changed, {zone: fingerprint(zone, now) for zone in zones}


async def _plan(database: Database, planner: Planner, zones: Sequence[str], now: datetime) -> int:
    planned, last = 0, UUID(int=0)
    while True:
        page = select(Patient.id).where(Patient.id > last, Patient.zone.in_(zones), Patient.state == "active")
        async with database.read() as session:
            ids = (await session.execute(page.order_by(Patient.id).limit(_BITE))).scalars().all()
        if not ids:
            return planned
        planned, last = planned + await planner.plan_each(database, ids, now), ids[-1]


async def _note(database: Database, rules: Mapping[str, str], now: datetime) -> None:
    async with database.write() as session:
        row, _is_first = await heartbeats.locked(session, ZONE_RULES, now)
        row.at, row.detail = now, dict(rules)
