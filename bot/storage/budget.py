"""Reserving slots of the shared budget: PostgreSQL alone, in its own time (promise 7).

Each is one statement: a replica that freezes can't hold the row that all of them need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_OPEN = text(
    "INSERT INTO budgets (bot_id, tat, blocked_until) VALUES (:bot_id, clock_timestamp(), clock_timestamp()) "
    "ON CONFLICT DO NOTHING"
)
# UPDATE evaluates this again once it has waited for the row: the clock is that of the reservation.
_AFTER = (
    "greatest(tat, blocked_until, clock_timestamp() + :lead * interval '1 s') "
    "+ :count * :seconds * interval '1 s'"
)
_RESERVE = text(
    f"UPDATE budgets SET tat = {_AFTER} "  # noqa: S608 - a constant
    f"WHERE bot_id = :bot_id AND {_AFTER} <= clock_timestamp() + :within * interval '1 s' "
    "RETURNING extract(epoch FROM tat)::float8, extract(epoch FROM clock_timestamp())::float8"
)
_BLOCK = text(
    "UPDATE budgets "
    "SET blocked_until = greatest(blocked_until, clock_timestamp() + :seconds * interval '1 s') "
    "WHERE bot_id = :bot_id"
)
_BLOCKED_FOR = text(
    "SELECT extract(epoch FROM blocked_until - clock_timestamp())::float8 FROM budgets WHERE bot_id = :bot_id"
)


async def open_budget(connection: AsyncConnection, bot_id: int) -> None:
    """Make the bot's row, if no replica has made it."""
    await connection.execute(_OPEN, {"bot_id": bot_id})


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was reserved, in seconds since the epoch by the database's clock.

    Attributes:
        slots: When each slot is.
        said_at: When the database said so.
    """

    slots: list[float]
    said_at: float


async def reserve(
    connection: AsyncConnection,
    bot_id: int,
    count: int,
    *,
    interval_s: float,
    within_s: float,
    lead_s: float = 0.0,
) -> Reserved | None:
    """Reserve *count* slots that follow each other.

    Args:
        connection: From Database.statement: a reservation is one statement.
        bot_id: Whose budget.
        count: How many slots.
        interval_s: Seconds between two slots.
        within_s: Reserve nothing when the last slot's end would lie further ahead than this.
        lead_s: Reserve nothing sooner than this: what the answer takes to come back.

    Returns:
        The slots, or None: nothing was reserved.
    """
    values = {
        "bot_id": bot_id,
        "count": count,
        "seconds": interval_s,
        "within": within_s + lead_s,
        "lead": lead_s,
    }
    row = (await connection.execute(_RESERVE, values)).one_or_none()
    if row is None:
        return None
    end, said_at = row
    return Reserved([end - (count - number) * interval_s for number in range(count)], said_at)


async def block(connection: AsyncConnection, bot_id: int, seconds: float) -> None:
    """Let no replica send for so many seconds; a longer block that stands is kept."""
    await connection.execute(_BLOCK, {"bot_id": bot_id, "seconds": seconds})


async def blocked_for(connection: AsyncConnection, bot_id: int) -> float:
    """Return for how many seconds nobody may send; 0 or less: everybody may."""
    return float((await connection.execute(_BLOCKED_FOR, {"bot_id": bot_id})).scalar_one_or_none() or 0.0)
