"""Codes that admit new patients: random, kept as a hash, good for a number of people until a date."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, update

from bot.storage.tables import Invite

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

# 128 bits: nobody guesses one, so a plain hash is enough. Telegram's deep links take these characters.
_CODE_BYTES: Final = 16
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{22}")


def new_code() -> str:
    """Return a new random code, fit for `/start CODE`."""
    return secrets.token_urlsafe(_CODE_BYTES)


async def add(session: AsyncSession, code: str, *, uses: int, expires_at: datetime, now: datetime) -> None:
    """Keep a code's hash; let those that have expired go."""
    await session.execute(delete(Invite).where(Invite.expires_at <= now))
    session.add(Invite(code_hash=_hash(code), uses_left=uses, created_at=now, expires_at=expires_at))


async def redeem(session: AsyncSession, code: str, now: datetime) -> bool:
    """Use a code once; False when it is unknown, used up or expired, which nobody can tell apart."""
    if not _CODE.fullmatch(code):
        return False
    used = await session.execute(
        update(Invite)
        .where(Invite.code_hash == _hash(code), Invite.uses_left > 0, Invite.expires_at > now)
        .values(uses_left=Invite.uses_left - 1)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
