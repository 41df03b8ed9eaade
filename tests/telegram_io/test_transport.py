"""What an answer of Telegram's, or none, means for what must be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram.ext import ExtBot

from bot.message import Message
from bot.sandbox.faults import CutAfter
from bot.sandbox.server import SANDBOX_TOKEN
from bot.telegram_io.outgoing import Outgoing
from bot.telegram_io.request import LeanRequest
from bot.telegram_io.transport import MaybeSent, Sent, deliver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


@pytest.fixture
async def bot(server: SandboxServer) -> AsyncIterator[ExtBot[None]]:
    """A bot that speaks to the sandbox."""
    request = LeanRequest(4)
    await request.initialize()
    yield ExtBot(SANDBOX_TOKEN, base_url=server.base_url, request=request)
    await request.shutdown()


@pytest.fixture
def ana(server: SandboxServer) -> Person:
    """A patient whom the bot may write to."""
    return server.person(5_000_000_001, opened=True)


async def test_an_edit_may_be_repeated_and_a_message_may_not(
    bot: ExtBot[None], ana: Person, server: SandboxServer
) -> None:
    """The second edit changes nothing; a second message would be a double."""
    sent = await deliver(bot, ana.id, Outgoing("send", Message("one")))
    assert isinstance(sent, Sent)
    server.faults.add(CutAfter(), "*")
    edited = await deliver(bot, ana.id, Outgoing("edit", Message("two"), message_id=sent.message_id))
    anew = await deliver(bot, ana.id, Outgoing("send", Message("three")))
    assert isinstance(edited, MaybeSent)
    assert isinstance(anew, MaybeSent)
    assert (edited.repeatable, anew.repeatable) == (True, False)


async def test_an_edit_that_became_a_new_message_may_not_be_repeated(
    bot: ExtBot[None], ana: Person, server: SandboxServer
) -> None:
    """The message to edit is gone, and nobody knows whether the new one arrived: each try would add one."""
    server.faults.add(CutAfter(), "sendMessage")
    result = await deliver(bot, ana.id, Outgoing("edit", Message("two"), message_id=999))
    assert isinstance(result, MaybeSent)
    assert not result.repeatable
    assert [message.text for message in ana.bot_messages] == ["two"]
