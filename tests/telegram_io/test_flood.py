"""One person's flood slows that person only."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import func, select

import bot.telegram_io.flood
from bot.features.help.messages import left_out
from bot.storage.tables import Inbox
from bot.telegram_io.flood import BURST, LEFT_OUT, MOST_WAITING, Flood
from tests.features.reminded import enrol
from tests.harness import RunningBot

if TYPE_CHECKING:
    import pytest

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer


def test_a_chat_has_a_burst_and_then_a_pace() -> None:
    """The burst is free, then each waits its turn; another chat doesn't; a pause fills the bucket."""
    now = [100.0]
    flood = Flood(4.0, monotonic=lambda: now[0])
    for _update in range(int(BURST)):
        assert flood.wait_s(1) == 0
        assert flood.admits(1)
        flood.handled(1)
    assert 0 < flood.wait_s(1) <= 0.25
    assert flood.wait_s(2) == 0
    now[0] += BURST / 4
    assert flood.wait_s(1) == 0


def test_far_too_many_are_not_even_kept() -> None:
    """Of a flood two hundred wait; when they are done, the next are kept again."""
    flood = Flood(4.0)
    assert sum(flood.admits(1) for _update in range(1000)) == MOST_WAITING
    assert flood.admits(2)
    flood.emptied(1)
    assert flood.admits(1)


def test_safety_words_are_kept_however_many_wait() -> None:
    """Each sort once; the first of what is left out leaves a note, which knows how many there were."""
    flood = Flood(4.0)
    words = {250: "I took tramadol", 260: "tramadol again", 270: "I want to die", 900: "my skin is yellow"}
    kept = [
        flood.sieve((number, 7, {"message": {"text": words.get(number, "noise")}})) for number in range(1000)
    ]
    beyond = [update for update in kept[MOST_WAITING:] if update is not None]
    assert [update[0] for update in beyond] == [200, 250, 270, 900]
    assert beyond[0][2] == {"update_id": 200, LEFT_OUT: True}
    assert flood.take_left_out(7) == 1000 - MOST_WAITING - 3
    assert flood.take_left_out(7) == 0
    # After a restart nobody knows how many there were.
    assert "I left out some messages or taps" in left_out(0).text
    assert "I left out 1 message or tap, and saved nothing of it." in left_out(1).text


async def test_a_patient_is_told_what_was_left_out(
    server: SandboxServer, clock: ManualClock, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, with the number, after the rest is answered; words of a crisis among it have their answer."""
    monkeypatch.setattr(bot.telegram_io.flood, "MOST_WAITING", 5)
    running = RunningBot(server, clock, sqlite_url, chat_per_second=1000.0)
    await running.start()
    person = server.person()
    await enrol(running, person)
    flood = [{"update_id": 10_000 + number, "message": noisy_text(person.id, number)} for number in range(30)]
    flood[20]["message"]["text"] = "I want to kill myself"  # type: ignore[index]
    await running.companion.ingest.receive(flood)
    await running.settle()
    said = [message.text for message in person.bot_messages]
    [told] = [text for text in said if "left out" in text]
    assert told == (
        "You sent more than I can read at once. I left out 24 messages or taps, and saved nothing of them. "
        "Please send what matters again. If it was about a dose, look at /today first."
    )
    assert len([text for text in said if text.startswith("I'm sorry you're feeling this way")]) == 1
    await running.stop()


async def test_a_thousand_messages_of_one_leave_the_others_their_answer(
    server: SandboxServer, clock: ManualClock, sqlite_url: str
) -> None:
    """While one person's thousand wait, another is answered within two seconds."""
    bot = RunningBot(server, clock, sqlite_url, chat_per_second=1.0)
    await bot.start()
    noisy, calm = server.person(), server.person()
    flood = [
        {"update_id": 10_000 + number, "message": noisy_text(noisy.id, number)} for number in range(1000)
    ]
    await bot.companion.ingest.receive(flood)
    before, begun = len(calm.messages), time.monotonic()
    await calm.send_text("/help")
    while len(calm.messages) <= before + 1 and time.monotonic() - begun < 10:
        await server.until_acknowledged(timeout_s=5)
        await calm_down()
    assert time.monotonic() - begun < 5
    assert calm.messages[-1].text
    async with bot.database.read() as session:
        kept = (await session.execute(select(func.count()).where(Inbox.chat_key == noisy.id))).scalar_one()
        done = (
            await session.execute(
                select(func.count()).where(Inbox.chat_key == noisy.id, Inbox.done_at.is_not(None))
            )
        ).scalar_one()
    # And the note that the rest was left out.
    assert kept == MOST_WAITING + 1
    assert done < MOST_WAITING / 2
    await bot.stop()


def noisy_text(chat_id: int, number: int) -> dict[str, object]:
    """Return the raw message."""
    return {
        "message_id": 5000 + number,
        "date": 1772539200,
        "chat": {"id": chat_id, "type": "private"},
        "from": {"id": chat_id, "is_bot": False, "first_name": "N"},
        "text": f"noise {number}",
    }


async def calm_down() -> None:
    """Give the bot a moment."""
    import asyncio  # noqa: PLC0415 - the one use

    await asyncio.sleep(0.02)
