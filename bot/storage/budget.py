"""Reserving slots of the shared budget: PostgreSQL alone, in its own time (promise 7).

Each is one statement: a replica that freezes can't hold the row that all of them need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_OPEN = text(
    "INSERT INTO budgets (bot_id, tat, blocked_until) VALUES (:bot_id, clock_timestamp(), clock_timestamp()) "
    "ON CONFLICT DO NOTHING"
)
# UPDATE evaluates this again once it has waited for the row: the clock is that of the reservation.
_AFTER = "greatest(tat, blocked_until, clock_timestamp()) + :count * :seconds * interval '1 s'"
_RESERVE = text(
    f"UPDATE budgets SET tat = {_AFTER} "  # noqa: S608 - a constant
    f"WHERE bot_id = :bot_id AND {_AFTER} <= clock_timestamp() + :within * interval '1 s' "
    "RETURNING extract(epoch FROM tat - clock_timestamp())::float8"
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


async def reserve(
    connection: AsyncConnection, bot_id: int, count: int, *, interval_s: float, within_s: float
) -> list[float] | None:
    """Reserve *count* slots that follow each other.

    Args:
        connection: From Database.statement: a reservation is one statement.
        bot_id: Whose budget.
        count: How many slots.
        interval_s: Seconds between two slots.
        within_s: Reserve nothing when the last slot's end would lie further ahead than this.

    Returns:
        Seconds from now to each slot, or None: nothing was reserved.
    """
    values = {"bot_id": bot_id, "count": count, "seconds": interval_s, "within": within_s}
    end = (await connection.execute(_RESERVE, values)).scalar_one_or_none()
    return None if end is None else [end - (count - number) * interval_s for number in range(count)]


async def block(connection: AsyncConnection, bot_id: int, seconds: float) -> None:
    """Let no replica send for so many seconds; a longer block that stands is kept."""
    await connection.execute(_BLOCK, {"bot_id": bot_id, "seconds": seconds})


async def blocked_for(connection: AsyncConnection, bot_id: int) -> float:
    """Return for how many seconds nobody may send; 0 or less: everybody may."""
    return float((await connection.execute(_BLOCKED_FOR, {"bot_id": bot_id})).scalar_one_or_none() or 0.0)
