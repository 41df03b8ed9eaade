"""Whatever comes in: one clear sentence, nothing lost, and nobody else disturbed."""

from __future__ import annotations

from base64 import b64decode
from datetime import time, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from bot.storage.tables import Dose, Inbox, Patient
from tests.journeys.journey import FIRST, Journey, at
from tests.journeys.patient import enrolled

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


# One transparent pixel.
PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def asked_for_zone(bot: RunningBot, person: Person) -> None:
    """Bring enrolment to the question where the patient is."""
    journey = Journey(bot, person)
    await journey.say("/start")
    await journey.press("start.read")
    await journey.press("start.agree")


async def count(bot: RunningBot, *conditions: object) -> int:
    """Return how many doses fit."""
    async with bot.database.read() as session:
        return (await session.execute(select(func.count()).select_from(Dose).where(*conditions))).scalar_one()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Xyzzyville", "I don't know a city or time zone called “Xyzzyville”."),
        ("Europe/Atlantis", "I don't know a city or time zone called “Europe/Atlantis”."),
        ("Springfield", "Which one?"),
        ("🙂", "I don't know a city or time zone called “🙂”."),
        ("x" * 4000, "too long for a city"),
    ],
)
async def test_a_place_that_cant_be_used_gets_one_clear_sentence(
    bot: RunningBot, chat: Person, typed: str, answer: str
) -> None:
    """Unknown, ambiguous, invented or endless: the question stays, and a real city goes on."""
    await asked_for_zone(bot, chat)
    assert answer in (await bot.say(chat, typed)).text
    assert "Is that your time?" in (await bot.say(chat, "Lisbon")).text


async def test_a_time_that_no_clock_shows_is_asked_again(bot: RunningBot, chat: Person) -> None:
    """25:00 is no time of day."""
    await asked_for_zone(bot, chat)
    await bot.say(chat, "Lisbon")
    await bot.tap(chat, "Yes")
    await bot.tap(chat, "Not yet")
    assert "I couldn't read “25:00” as a time of day." in (await bot.say(chat, "25:00")).text
    assert "Step 4 of 6" in (await bot.say(chat, "half past ten")).text


async def test_45_mg_is_refused_and_four_and_a_half_is_understood(bot: RunningBot, chat: Person) -> None:
    """The likely slip of a decimal point never becomes a plan."""
    await asked_for_zone(bot, chat)
    await bot.say(chat, "Lisbon")
    for button in ("Yes", "Not yet", "22:00", "09:00"):
        await bot.tap(chat, button)
    refused = await bot.say(chat, "45 mg")
    assert "I only handle doses under 10 mg; nothing was saved." in refused.text
    assert "LDN 4.5 mg" in (await bot.say(chat, "four and a half")).text


async def test_what_is_no_text_gets_a_helpful_answer(bot: RunningBot) -> None:
    """A sticker, a voice message and a picture: not silence, but what the bot can read."""
    person = await enrolled(bot)
    for send in (person.send_sticker, person.send_voice, partial(person.send_photo, PIXEL)):
        before = len(person.bot_messages)
        await send()
        await bot.settle()
        assert len(person.bot_messages) == before + 1
        assert person.last is not None
        assert person.last.buttons


async def test_an_edited_message_and_10000_characters_are_answered(bot: RunningBot) -> None:
    """Telegram splits what is too long; each part gets an answer, none a crash."""
    person = await enrolled(bot)
    typed = await person.send_text("hello there")
    await bot.settle()
    before = len(person.bot_messages)
    await person.edit_text(typed.id, "pain 6")
    await bot.settle()
    assert len(person.bot_messages) > before
    await person.send_text("y" * 10_000)
    await bot.settle()
    assert person.last is not None
    assert "That is too long for me" in person.last.text


async def test_a_button_from_before_a_restart_still_acts(bot: RunningBot) -> None:
    """No conversation lives in memory."""
    person = await enrolled(bot)
    await bot.travel_to(at(FIRST, time(22)))
    await bot.restart()
    assert "Taken 4.5 mg" in (await bot.tap(person, "Taken")).text
    assert await count(bot, Dose.state == "taken") == 1


async def test_a_forwarded_button_never_touches_another_patients_dose(bot: RunningBot) -> None:
    """Callback data is no key to somebody else's rows."""
    ana = await enrolled(bot)
    ben = await enrolled(bot)
    await bot.travel_to(at(FIRST, time(22)))
    await ben.tap_forwarded(ana.find_button("Taken"))
    await bot.settle()
    assert await count(bot, Dose.state == "taken") == 0
    assert ben.toasts[-1].text == "That button is from an older message. Here is today:"
    assert ben.last is not None
    assert "Tonight's dose" in ben.last.text


async def test_the_same_update_twice_is_handled_once(bot: RunningBot) -> None:
    """Telegram repeats what it isn't sure we got."""
    person = await enrolled(bot)
    before = len(person.bot_messages)
    update = {
        "update_id": 77,
        "message": {
            "message_id": 9_000,
            "date": int(bot.clock.now().timestamp()),
            "chat": {"id": person.id, "type": "private"},
            "from": {"id": person.id, "is_bot": False, "first_name": "Ana"},
            "text": "hello",
        },
    }
    for _time in range(2):
        await person.send_update(update)
        await bot.settle()
    assert len(person.bot_messages) == before + 1


async def test_two_taps_at_once_log_one_dose_and_say_so(bot: RunningBot) -> None:
    """The second "Taken" changes nothing and says when it was logged."""
    person = await enrolled(bot)
    await bot.travel_to(at(FIRST, time(22)))
    reminder = person.last
    assert reminder is not None
    button = person.find_button("Taken")
    await person.tap(button, reminder.now)
    await person.tap(button, reminder.now)
    await bot.settle()
    assert await count(bot, Dose.state == "taken") == 1
    assert person.toasts[-1].text.startswith("Already logged at 22:00: nothing was changed.")


async def test_who_blocks_the_bot_is_left_alone_and_welcomed_back(bot: RunningBot) -> None:
    """Nothing is deleted; the nights in between were never asked about."""
    person = await enrolled(bot)
    await person.block()
    await bot.settle()
    sent = len(list(bot.server.traffic.of("sendMessage")))
    await bot.travel(timedelta(days=2))
    assert len(list(bot.server.traffic.of("sendMessage"))) == sent
    assert await count(bot, Dose.state == "unreached") == 2
    await person.unblock()
    await bot.say(person, "/today")
    await bot.travel(timedelta(days=1))
    assert len(list(bot.server.traffic.of("sendMessage"))) > sent + 1


async def test_an_id_beyond_32_bits_is_a_person_like_any_other(bot: RunningBot) -> None:
    """Telegram's ids have grown past them."""
    person = await enrolled(bot, 2**52 - 1)
    await bot.travel_to(at(FIRST, time(22)))
    assert "Taken 4.5 mg" in (await bot.tap(person, "Taken")).text


async def test_a_group_is_told_why_and_left(bot: RunningBot, chat: Person) -> None:
    """Health data has no place where others read along."""
    group = await bot.server.group(chat, "Support group")
    await group.add_bot(chat)
    await group.send_text(chat, "hello")
    await group.wait_until_bot_left()
    await bot.settle()
    assert any("private chats only" in message.text for message in group.messages)


async def test_an_update_that_nobody_can_parse_blocks_nobody(bot: RunningBot) -> None:
    """It is set aside after three tries; the others go on."""
    person = await enrolled(bot)
    await person.send_update({"update_id": 5, "message": {"message_id": "no number", "chat": "none"}})
    await bot.settle()
    async with bot.database.read() as session:
        outcomes = (await session.execute(select(Inbox.outcome).where(Inbox.update_id == 5))).scalars().all()
    assert outcomes in (["set_aside"], ["done"])
    assert (await bot.say(person, "/today")).text


async def test_a_handler_that_breaks_apologises_and_keeps_everything(
    bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three tries the patient hears it; the next message works again."""
    person = await enrolled(bot)

    async def break_down(*_arguments: object) -> None:
        raise RuntimeError("on purpose")

    with monkeypatch.context() as broken:
        broken.setattr("bot.features.nightly_reminder.handlers.actions.today", break_down, raising=False)
        broken.setattr("bot.storage.patients.open_hold", break_down)
        answer = await bot.say(person, "/today")
    assert "Something went wrong" in answer.text
    assert any("failed 3 times and was set aside" in line for line in bot.told)
    assert "Something went wrong" not in (await bot.say(person, "/today")).text
    async with bot.database.read() as session:
        assert (await session.execute(select(Patient.state))).scalar_one() == "active"
