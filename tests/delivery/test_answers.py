"""Answers to taps come in their order, and an older screen never turns back a newer one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from bot.message import Message
from bot.sandbox.faults import CUT_BEFORE, Slow, flood
from bot.storage import patients
from bot.storage.tables import Delivery
from bot.telegram_io.outgoing import Outgoing
from tests.delivery.notes import WORTH, Office
from tests.harness import RunningBot
from tests.journeys.journey import Journey

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.faults import Action
    from bot.sandbox.server import SandboxServer

ANA = 5_000_000_001


async def answer(office: Office, words: str) -> None:
    """Answer an update of the patient's as the ingest does: the row first, then the sending."""
    now = office.clock.now()
    async with office.database.write() as session:
        patient = await patients.get_or_create(session, ANA, now)
        row = Delivery(
            patient_id=patient.id,
            kind="note",
            subject=str(uuid4()),
            payload=Outgoing("send", Message(words)).to_json(),
            state="sending",
            owner="one",
            attempts=1,
            fence=1,
            due_at=now,
            run_at=now,
            expires_at=now + WORTH,
        )
        session.add(row)
    office.sender.answer(ANA, [row])


async def test_three_answers_to_one_chat_keep_their_order(office: Office) -> None:
    """Also when the third comes while the second is on its way, which waited for the first."""
    office.server.faults.add(Slow(0.1), "sendMessage", times=1)
    slow = office.server.faults.add(Slow(0.4), "sendMessage", times=1)
    await answer(office, "first")
    await answer(office, "second")
    async with asyncio.timeout(5):
        while not slow.hits:  # noqa: ASYNC110 - the server can't set an event
            await asyncio.sleep(0.01)
    await answer(office, "third")
    await office.sender.idle()
    assert [message.text for message in office.server.person(ANA).bot_messages] == [
        "first",
        "second",
        "third",
    ]


@pytest.mark.parametrize("trouble", [CUT_BEFORE, flood(1)], ids=["cut", "429"])
async def test_an_older_screen_does_not_turn_back_a_newer_one(
    sqlite_url: str, server: SandboxServer, clock: ManualClock, trouble: Action
) -> None:
    """The edit that got stuck isn't repeated once the patient has tapped on."""
    bot = RunningBot(server, clock, sqlite_url)
    await bot.start()
    person = server.person()
    await Journey(bot, person).enrol()
    menu = await bot.say(person, "/settings")
    first, second = [button.data for row in menu.rows for button in row if button.data][:2]
    server.faults.add(trouble, "editMessageText", times=1)
    await person.tap(first, menu)
    async with asyncio.timeout(5):
        while not server.traffic.of("editMessageText"):  # noqa: ASYNC110 - another party's call
            await asyncio.sleep(0.01)
    await person.tap(second, menu)
    await bot.settle()
    newer = menu.text
    await bot.travel(timedelta(minutes=5))
    assert menu.text == newer
    await bot.stop()
