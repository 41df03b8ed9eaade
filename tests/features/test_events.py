"""/note: what happened is recorded in one tap or one sentence, changed, stopped, deleted and brought back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.storage.tables import Change, Checkin, Event, Pause
from tests.features.reminded import DUE, Reminded, enrol, labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

# It is Tuesday, 3 March 2026, noon in London.
TODAY = date(2026, 3, 3)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: the queries have tests of their own on both."""
    return sqlite_url


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose is due tonight at 22:00; it is noon."""
    return await enrol(bot, chat)


async def _events(bot: RunningBot) -> Sequence[Event]:
    async with bot.database.read() as session:
        return (await session.execute(select(Event).order_by(Event.created_at))).scalars().all()


async def test_a_flare_is_one_tap_and_a_second_tap_adds_nothing(bot: RunningBot, patient: Reminded) -> None:
    """On the worst of days one tap must do; a doubled one is told from a second flare."""
    menu = await patient.say("/note")
    flare = next(button for button in menu.buttons if button.text == "🔥 flare")
    said = await patient.tap("🔥 flare")
    assert said.text == "Noted.\n3 Mar (today)\n🔥 flare"
    await patient.chat.tap(flare)
    await bot.settle()
    (event,) = await _events(bot)
    assert (event.kind, event.local_date, event.note) == ("flare", TODAY, None)


async def test_a_sentence_is_a_note_with_its_kind_day_and_words(bot: RunningBot, patient: Reminded) -> None:
    """What was understood is read back; stopping the same thing later closes it."""
    said = await patient.say("/note started magnesium last Tuesday")
    assert said.text == "Noted.\nsince 24 Feb\n🌿 supplement: started magnesium"
    await bot.travel(timedelta(days=3))
    await patient.say("/note")
    said = await patient.say("stopped Magnesium yesterday")
    assert said.text == "Noted.\n24 Feb – 5 Mar\n🌿 supplement: started magnesium"
    (event,) = await _events(bot)
    assert (event.local_date, event.last_date) == (date(2026, 2, 24), date(2026, 3, 5))


async def test_words_without_a_kind_are_kept_at_once_and_asked_about(
    bot: RunningBot, patient: Reminded
) -> None:
    """Nothing typed is lost while the question stands; the tap gives it its kind."""
    said = await patient.say("/note bought a new mattress on Sunday")
    assert "Which kind is it?" in said.text
    (event,) = await _events(bot)
    assert (event.kind, event.local_date, event.note) == ("other", date(2026, 3, 1), "bought a new mattress")
    await patient.tap("⚡ stress")
    assert (await _events(bot))[0].kind == "stress"


async def test_a_kind_may_come_first_and_the_words_after(bot: RunningBot, patient: Reminded) -> None:
    """The question survives a restart and a reminder's arrival and answer in the middle."""
    await bot.travel_to(DUE - timedelta(minutes=1))
    await patient.say("/note")
    await patient.tap("🤲 therapy")
    await bot.travel_to(DUE + timedelta(minutes=1))
    await patient.tap("Taken")
    await bot.restart()
    said = await patient.say("first physio, yesterday")
    assert said.text == "Noted.\n2 Mar\n🤲 therapy: first physio"


async def test_a_note_of_a_past_day_asks_for_words_alone(patient: Reminded) -> None:
    """Opened from Monday, "if it wasn't today" would send a foggy head looking for a date."""
    await patient.say("/history yesterday")
    await patient.tap("📌 New note")
    asked = await patient.tap("🤒 illness")
    assert "Monday 2 Mar" in asked.text
    assert "today" not in asked.text
    said = await patient.say("a cold")
    assert said.text.startswith("Noted.\n2 Mar")


async def test_words_that_say_today_are_todays_on_the_screen_of_another_day(
    bot: RunningBot, patient: Reminded
) -> None:
    """Whoever names the day is believed."""
    await patient.say("/history yesterday")
    await patient.tap("📌 New note")
    said = await patient.say("a cold since today")
    assert said.text.startswith("Noted.\n3 Mar")
    (event,) = await _events(bot)
    assert event.local_date == TODAY


async def test_everything_about_a_note_can_be_changed_and_keeps_what_was_there(
    bot: RunningBot, patient: Reminded
) -> None:
    """Day, last day, words, kind; deleted and brought back; each change leaves a row behind."""
    await patient.say("/note flu")
    await patient.tap("📅 Day")
    await patient.say("flurble")
    assert patient.chat.last is not None
    assert "I couldn't read “flurble” as a date." in patient.chat.last.text
    await patient.say("last Thursday")
    await patient.tap("⏹ Last day")
    await patient.tap("Yesterday")
    await patient.tap("✏️ Words")
    said = await patient.say("flu with fever")
    assert said.text == "Changed.\n26 Feb – 2 Mar\n🤒 illness: flu with fever"
    await patient.tap("🗑 Delete")
    assert "No notes yet." in (await patient.say("/note") and await patient.tap("My notes")).text
    deleted = next(message for message in patient.chat.bot_messages if message.text.startswith("Deleted"))
    await patient.tap("Undo", deleted)
    assert deleted.text == "It's back.\n26 Feb – 2 Mar\n🤒 illness: flu with fever"
    async with bot.database.read() as session:
        kept = (await session.execute(select(Change).where(Change.noun == "event"))).scalars().all()
    assert sorted(change.action for change in kept) == ["change"] * 5 + ["created"]
    assert {change.before["note"] for change in kept} == {"flu", "flu with fever"}


async def test_a_date_that_reads_two_ways_is_asked_about(bot: RunningBot, patient: Reminded) -> None:
    """3/2 is a day in March or in February; nothing is guessed."""
    said = await patient.say("/note massage 1/2/2026")
    assert "Which date do you mean?" in said.text
    await patient.tap("2 Jan 2026")
    assert (await _events(bot))[0].local_date == date(2026, 1, 2)


@pytest.mark.parametrize("way", ["/note {}", "{}"])
async def test_a_note_with_safety_words_is_answered_first_and_kept(
    bot: RunningBot, patient: Reminded, way: str
) -> None:
    """The opioid text comes before the confirmation, the doses are held, and the note is there."""
    await patient.say("/note")
    before = len(patient.chat.bot_messages)
    await patient.say(way.format("started codeine yesterday"))
    answers = patient.chat.bot_messages[before:]
    assert "Naltrexone blocks opioids" in answers[0].text
    assert "started codeine" in answers[1].text
    async with bot.database.read() as session:
        assert (await session.execute(select(Pause).where(Pause.is_hold))).scalar_one()
    (event,) = await _events(bot)
    assert (event.note, event.local_date) == ("started codeine", date(2026, 3, 2))


async def test_safety_words_behind_any_command_are_answered(patient: Reminded) -> None:
    """A command is a typed text too; what it would have shown doesn't follow a crisis text."""
    said = await patient.say("/today I want to die")
    assert said.text.startswith("I'm sorry you're feeling this way.")


async def test_an_open_note_never_swallows_what_is_meant_for_others(
    bot: RunningBot, patient: Reminded
) -> None:
    """A word about the dose, and a number for the check-in that was opened since, stay what they are."""
    await bot.travel_to(DUE + timedelta(minutes=5))
    await patient.say("/note")
    assert (await patient.say("taken")).text.startswith("✅ Taken")
    await bot.travel_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
    await patient.say("/note")
    await patient.say("/checkin")
    await patient.say("6")
    async with bot.database.read() as session:
        checkins = (await session.execute(select(Checkin))).scalars()
    assert [row.answers["pain"] for row in checkins if row.answers] == [6]
    assert await _events(bot) == []


async def test_whoever_asked_hears_the_answer_first(bot: RunningBot, patient: Reminded) -> None:
    """Words that would fill a check-in are the note that was asked for."""
    await patient.say("/note")
    await patient.tap("📌 other")
    await patient.say("pain 8 and bad headache after the flight")
    assert [event.note for event in await _events(bot)] == ["pain 8 and bad headache after the flight"]


async def test_discreet_notes_hide_their_words_until_asked(bot: RunningBot, chat: Person) -> None:
    """Nobody who reads along learns a medicine's name from the list or the confirmation."""
    patient = await enrol(bot, chat, discreet=True)
    said = await patient.say("/note started pregabalin")
    assert said.text == "Noted.\nsince 3 Mar\n📌 change, started"
    listed = await patient.tap("‹ My notes")
    assert labels(listed)[0] == "since 3 Mar · 📌 change, started"
    await patient.tap(labels(listed)[0])
    assert "pregabalin" in (await patient.tap("Show the words")).text


async def test_the_list_turns_pages(patient: Reminded) -> None:
    """Six a page, the latest first; each opens."""
    for day in range(1, 9):
        await patient.say(f"/note stress on {day} February")
    await patient.say("/note")
    listed = await patient.tap("My notes")
    assert labels(listed)[0] == "8 Feb · ⚡ stress"
    listed = await patient.tap("Older ›")
    assert labels(listed)[:3] == ["2 Feb · ⚡ stress", "1 Feb · ⚡ stress", "‹ Newer"]
    await patient.tap("1 Feb · ⚡ stress")
    assert "1 Feb" in (await patient.tap("🏷 Kind") and await patient.tap("‹ Back")).text
