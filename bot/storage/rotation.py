"""Seals every value anew with the present key, in small bites, while the bot goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, inspect, or_, select

from bot.storage.sealing import Keyring, sealed_attributes, sealed_with
from bot.storage.tables import Base, SealKey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

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


async def resealing(database: Database, ring: Keyring) -> AsyncIterator[int]:
    """Seal every value that isn't sealed with the present key; yield how many rows each bite looked at.

    Each bite is a transaction of its own that locks its rows: what the bot writes meanwhile isn't lost.
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
                for row in rows:
                    _reseal(row, ring)
                if rows:
                    last = getattr(rows[-1], str(key.key))
            yield len(rows)
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


async def _uses(session, owner: type[Base], name: str) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001
    columns = [inspect(owner).local_table.c[attribute] for attribute in sealed_attributes(owner)]
    query = select(func.count()).where(or_(*(column.startswith(f"§1.{name}.") for column in columns)))
    return bool((await session.execute(query.select_from(owner))).scalar_one())


def _owners() -> Iterator[type[Base]]:
    for mapper in Base.registry.mappers:
        if sealed_attributes(mapper.class_) and mapper.class_ is not SealKey:
            yield mapper.class_


def _reseal(row: Base, ring: Keyring) -> None:
    for sealed in sealed_attributes(type(row)).values():
        stored = sealed.stored(row)
        if stored is not None and sealed_with(stored) != ring.current:
            sealed.reseal(row)
