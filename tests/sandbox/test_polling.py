"""Long polling: offsets, order, one poller at a time, what grows too old."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Conflict

if TYPE_CHECKING:
    import httpx
    from telegram import Bot

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


TAKEN = InlineKeyboardMarkup([[InlineKeyboardButton("Taken", callback_data="taken")]])


async def test_an_update_ends_the_wait(api: Bot, server: SandboxServer, ana: Person) -> None:
    """A poll that waits answers as soon as somebody writes."""
    poll = asyncio.create_task(api.get_updates(timeout=30))
    await server.until_polled()
    await ana.send_text("/start now")
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "/start now"
    assert update.message.from_user is not None
    assert update.message.from_user.id == ana.id > 2**32
    assert [entity.type for entity in update.message.entities] == ["bot_command"]


async def test_a_poll_without_updates_ends_empty(api: Bot) -> None:
    """At once with timeout 0, after the timeout otherwise."""
    assert await api.get_updates(timeout=0) == ()


async def test_updates_stay_until_an_offset_acknowledges_them(
    api: Bot, server: SandboxServer, ana: Person
) -> None:
    """The same ones come again and again, in order, until the offset moves past them."""
    for text in ("one", "two", "three"):
        await ana.send_text(text)
    first = await api.get_updates(limit=2)
    again = await api.get_updates()
    assert [update.update_id for update in again[:2]] == [update.update_id for update in first]
    assert [update.message.text for update in again if update.message] == ["one", "two", "three"]
    rest = await api.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["three"]
    await api.get_updates(offset=rest[-1].update_id + 1)
    assert server.pending_updates == 0


async def test_a_negative_offset_keeps_only_the_last(api: Bot, ana: Person) -> None:
    """And forgets the others."""
    for text in ("one", "two", "three"):
        await ana.send_text(text)
    assert [each.message.text for each in await api.get_updates(offset=-1) if each.message] == ["three"]
    assert len(await api.get_updates()) == 1


async def test_a_second_poller_ends_the_first(
    api: Bot, http: httpx.AsyncClient, method: str, server: SandboxServer, ana: Person
) -> None:
    """The first gets 409 in Telegram's words, the second gets the updates."""
    first = asyncio.create_task(api.get_updates(timeout=30))
    await server.until_polled()
    second = asyncio.create_task(http.get(f"{method}/getUpdates", params={"timeout": 30}))
    with pytest.raises(Conflict, match="make sure that only one bot instance is running"):
        await first
    await ana.send_text("Hello")
    assert len((await second).json()["result"]) == 1


async def test_only_the_kinds_asked_for_come(api: Bot, ana: Person) -> None:
    """allowed_updates holds until another list is given."""
    await api.get_updates(allowed_updates=["message"])
    await ana.block()
    await ana.send_text("Hello")
    assert [update.message is not None for update in await api.get_updates()] == [True]


async def test_a_press_is_dropped_after_150_seconds(
    api: Bot, server: SandboxServer, ana: Person, clock: ManualClock
) -> None:
    """What the bot didn't fetch by then never comes; a text does."""
    await api.send_message(ana.id, "Hello", reply_markup=TAKEN)
    await ana.tap("Taken")
    await ana.send_text("taken")
    clock.travel_to(clock.now() + timedelta(seconds=150))
    assert len(await api.get_updates()) == 2
    clock.travel_to(clock.now() + timedelta(seconds=1))
    assert [update.callback_query for update in await api.get_updates()] == [None]
    assert server.pending_updates == 1


async def test_a_message_is_kept_for_24_hours(api: Bot, ana: Person, clock: ManualClock) -> None:
    """Then Telegram drops it."""
    await ana.send_text("Hello")
    clock.travel_to(clock.now() + timedelta(hours=24))
    assert len(await api.get_updates()) == 1
    clock.travel_to(clock.now() + timedelta(seconds=1))
    assert await api.get_updates() == ()


async def test_a_replayed_update_comes_though_its_id_is_past(
    api: Bot, server: SandboxServer, ana: Person
) -> None:
    """The same update twice, with the same id, as after a crash at Telegram."""
    await ana.send_text("Hello")
    (update,) = await api.get_updates()
    await api.get_updates(offset=update.update_id + 1)
    await ana.send_update(update.to_dict())
    (again,) = await api.get_updates(offset=update.update_id + 1)
    assert again.update_id == update.update_id
    await api.get_updates(offset=update.update_id + 1)
    await server.until_acknowledged(timeout_s=1)


async def test_two_servers_begin_their_updates_elsewhere(
    http: httpx.AsyncClient, method: str, ana: Person, server: SandboxServer
) -> None:
    """So that a bot with an inbox doesn't take new updates for old ones after a restart of the sandbox."""
    await ana.send_text("Hello")
    first = (await http.get(f"{method}/getUpdates")).json()["result"][0]["update_id"]
    async with type(server)(server.clock) as other:
        await other.person().send_text("Hello")
        answer = await http.get(f"{other.base_url}{other.token}/getUpdates")
        assert answer.json()["result"][0]["update_id"] != first
