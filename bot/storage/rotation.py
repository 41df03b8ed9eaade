"""Seals every value anew with the present key, in small bites, while the bot goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, inspect, or_, select

from bot.storage.sealing import Keyring, SealError, beginning, sealed_attributes, sealed_with
from bot.storage.tables import Base, SealKey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.database import Database

_BITE = 200


async def to_reseal(database: Database) -> int:
    """Return how many rows have sealed columns, for a progress bar."""
    async with database.read() as session:
        counts = [
            (await session.execute(select(func.count()).select_from(owner))).scalar_one()
            for owner in _owners()
        ]
    return sum(counts)


async def resealing(database: Database, ring: Keyring) -> AsyncIterator[tuple[int, int]]:
    """Seal every value that isn't sealed with the present key.

    Each bite is a transaction of its own that locks its rows: what the bot writes meanwhile isn't lost. A
    value that can't be opened stays as it is.

    Yields:
        Of each bite, how many rows it looked at, and how many values in them can't be opened.
    """
    for owner in _owners():
        key = inspect(owner).primary_key[0]
        last = None
        while True:
            query = select(owner).order_by(key).limit(_BITE).with_for_update()
            if last is not None:
                query = query.where(key > last)
            async with database.write() as session:
                rows = (await session.execute(query)).scalars().all()
                unopened = sum(_reseal(row, ring) for row in rows)
                if rows:
                    last = getattr(rows[-1], str(key.key))
            yield len(rows), unopened
            if len(rows) < _BITE:
                break


async def forget_unused_keys(database: Database, ring: Keyring) -> None:
    """Forget the keys that seal nothing any more: the next start doesn't ask for them."""
    async with database.write() as session:
        known = (await session.execute(select(SealKey.id))).scalars().all()
        for name in known:
            if name != ring.current and not [
                owner for owner in _owners() if await _uses(session, owner, name)
            ]:
                await session.execute(delete(SealKey).where(SealKey.id == name))


async def _uses(session: AsyncSession, owner: type[Base], name: str) -> bool:
    columns = [inspect(owner).local_table.c[attribute] for attribute in sealed_attributes(owner)]
    query = select(func.count()).where(or_(*(column.startswith(beginning(name)) for column in columns)))
    return bool((await session.execute(query.select_from(owner))).scalar_one())


def _owners() -> Iterator[type[Base]]:
    for mapper in Base.registry.mappers:
        if sealed_attributes(mapper.class_) and mapper.class_ is not SealKey:
            yield mapper.class_


def _reseal(row: Base, ring: Keyring) -> int:
    """Seal the row's values anew; return how many of them can't be opened."""
    unopened = 0
    for sealed in sealed_attributes(type(row)).values():
        stored = sealed.stored(row)
        if stored is not None and sealed_with(stored) != ring.current:
            try:
                sealed.reseal(row)
            except SealError:
                unopened += 1
    return unopened
