"""/travel: which clock to follow is asked, shown in real instants, and given back by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.domain.free_text.travel_words import place_said
from bot.domain.spacing import Gap, gap
from bot.storage.tables import Patient
from tests.features.reminded import DUE, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

HOUR = timedelta(hours=1)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient in London, on Tuesday at noon; the first dose is due at 22:00."""
    return await enrol(bot, chat)


async def _zone(bot: RunningBot) -> str | None:
    async with bot.database.read() as session:
        return (await session.execute(select(Patient))).scalar_one().zone


async def test_saying_where_one_is_changes_nothing_until_a_tap(bot: RunningBot, patient: Reminded) -> None:
    """Both clocks stand beside each instant: New York is five hours behind London."""
    said = await patient.say("I'm in New York")
    assert "New York: it's Tuesday 07:00 there, Tuesday 12:00 in London." in said.text
    keep, move = said.text.split("Move to the clock of New York")
    assert "Tuesday 22:00 = Tuesday 17:00 in New York" in keep
    assert "Wednesday 22:00 = Wednesday 17:00 in New York" in keep
    assert "Tuesday 22:00 = Wednesday 03:00 in London" in move
    assert await _zone(bot) == "Europe/London"
    assert (await patient.pending())[0].due_at == DUE
    await patient.tap("Keep London")
    assert await _zone(bot) == "Europe/London"
    await patient.say("/travel New York")
    said = await patient.tap("Move to New York")
    assert "When are you back in London?" in said.text
    assert (await patient.pending())[0].due_at == DUE + 5 * HOUR


@on_sqlite
async def test_the_way_back_is_applied_by_itself_and_said_at_noon(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """The date is typed once; the deliveries move with the clock, also over a restart."""
    await patient.say("travelling to New York")
    await patient.tap("Move to New York")
    said = await patient.say("6 March")
    assert "from the morning of Friday 6 Mar on I follow the clock of London again" in said.text
    await bot.restart()
    await bot.travel_to(datetime(2026, 3, 6, 5, 59, tzinfo=UTC))
    assert await _zone(bot) == "America/New_York"
    await bot.travel_to(datetime(2026, 3, 6, 12, 5, tzinfo=UTC))
    assert await _zone(bot) == "Europe/London"
    assert (await patient.pending())[0].due_at == datetime(2026, 3, 6, 22, tzinfo=UTC)
    assert chat.last is not None
    assert "follow the clock of London again since this morning" in chat.last.text
    assert "Next reminder: Friday 22:00." in chat.last.text
    assert (await patient.dose(date(2026, 3, 5))).due_at == datetime(2026, 3, 6, 3, tzinfo=UTC)


@on_sqlite
async def test_im_home_ends_the_journey(bot: RunningBot, patient: Reminded) -> None:
    """On a journey that kept home's clock, and on one that moved; without a journey it means nothing."""
    assert "I didn't understand" in (await patient.say("I'm home")).text
    await patient.say("I'm in New York")
    await patient.tap("Keep London")
    assert "Welcome back." in (await patient.say("back home again!")).text
    await patient.say("I'm in New York")
    await patient.tap("Move to New York")
    assert "Sunday 8 Mar" in (await patient.say("back on Sunday")).text
    await patient.say("I'm home")
    await patient.tap("Move to London")
    assert await _zone(bot) == "Europe/London"


@on_sqlite
async def test_a_typed_checkin_is_no_place(patient: Reminded) -> None:
    """While the place is asked for, numbers about the day go to the check-in."""
    await patient.say("/travel")
    await patient.tap("I'm somewhere else")
    assert "Pain 7" in (await patient.say("pain 7, slept badly 8")).text


@on_sqlite
async def test_taken_is_no_place(bot: RunningBot, patient: Reminded) -> None:
    """While the place is asked for, a word about the dose logs the dose."""
    await bot.travel_to(DUE)
    await patient.say("/travel")
    await patient.tap("I'm somewhere else")
    await patient.say("taken")
    assert (await patient.dose(DUE.date())).state == "taken"


@on_sqlite
async def test_a_short_or_long_gap_is_said(bot: RunningBot, patient: Reminded) -> None:
    """Thirteen hours east the next evening is here in the morning."""
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    await bot.travel_to(DUE + HOUR)
    said = await patient.say("landed in Auckland")
    _keep, move = said.text.split("Move to the clock of Auckland")
    assert "Wednesday 4 Mar, 22:00 would come only 11 hours after Wednesday 4 Mar, 11:00" in move
    assert "so it's left out." in move
    assert "Thursday 22:00 = Thursday 09:00 in London" in move.splitlines()[1]
    assert (await patient.pending())[0].due_at == DUE + 24 * HOUR
    said = await patient.tap("Move to Auckland")
    assert "comes Thursday 5 Mar, 22:00, 35 hours later." in said.text
    assert (await patient.pending())[0].due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


@on_sqlite
async def test_the_way_back_brings_no_two_doses_under_12_hours_apart(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """A morning dose in Seattle is one of the night at home: the first one in Tokyo is left out."""
    await patient.change(zone="Asia/Tokyo", local_time=time(8))
    await patient.say("I'm in Seattle")
    await patient.tap("Move to Los Angeles")
    await patient.say("6 March")
    await bot.travel_to(datetime(2026, 3, 5, 16, tzinfo=UTC))
    await patient.tap("Taken")
    await bot.travel_to(datetime(2026, 3, 6, 4, tzinfo=UTC))
    assert (await patient.pending())[0].due_at == datetime(2026, 3, 6, 23, tzinfo=UTC)
    assert chat.last is not None
    assert "None for Friday 6 Mar: it would come under 12 hours after the one before." in chat.last.text
    assert "Next reminder: Saturday 08:00." in chat.last.text


@on_sqlite
async def test_who_keeps_homes_clock_sees_both_until_back(bot: RunningBot, patient: Reminded) -> None:
    """The journey is kept: each look at /travel shows the reminders by the clock on the wall there, too."""
    await patient.say("I'm in New York")
    kept = await patient.tap("Keep London")
    assert "You're in New York and keep the clock of London." in kept.text
    await bot.restart()
    shown = await patient.say("/travel")
    assert "Tuesday 22:00 = Tuesday 17:00 in New York" in shown.text
    assert labels(shown)[:2] == ["I'm back in London", "Move to New York"]
    back = await patient.tap("I'm back in London")
    assert "New York" not in back.text
    assert "New York" not in (await patient.say("/travel")).text


@on_sqlite
async def test_a_shared_location_is_asked_about_and_dropped(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """Nothing is kept of the point; the settings' own question still gets its answer."""
    await chat.send_location(35.68, 139.69)
    await bot.settle()
    assert chat.last is not None
    assert "Tokyo: it's Tuesday 21:00 there" in chat.last.text
    assert labels(chat.last)[:2] == ["Keep London", "Move to Tokyo"]
    await patient.tap("Keep London")
    async with bot.database.read() as session:
        person = (await session.execute(select(Patient))).scalar_one()
        assert person.zone == "Europe/London"
        assert "35.6" not in str(person.dialogue)


@on_sqlite
async def test_the_device_shows_its_own_clock(patient: Reminded, chat: Person) -> None:
    """Bot API 9.5: an instant that the app renders by the device's zone; an old app says that it can't."""
    await patient.say("/travel")
    assert chat.last is not None
    entity = next(one for one in chat.last.versions[-1].entities if one["type"] == "date_time")
    assert entity["unix_time"] == int(datetime(2026, 3, 3, 12, tzinfo=UTC).timestamp())
    assert "too old" in chat.last.text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("I'm in Tokyo", "tokyo"),
        ("i am now in new york", "new york"),
        ("Travelling to Lisbon tomorrow", "lisbon"),
        ("We've landed in Sydney!", "sydney"),
        ("I'm in bed", None),
        ("I'm in pain 6", None),
        ("in Tokyo it rained", None),
        ("took it", None),
    ],
)
def test_a_place_is_read_from_what_people_say(text: str, place: str | None) -> None:
    """Anything else is left to the other features."""
    assert place_said(text) == place


@on_sqlite
async def test_pain_is_no_place(patient: Reminded) -> None:
    """There is no town that somebody in agony means."""
    said = await patient.say("I'm in agony")
    assert "clock" not in said.text


def test_only_a_gap_under_12_or_over_36_hours_is_unusual() -> None:
    """Both ends are usual."""
    last = datetime(2026, 3, 3, 22, tzinfo=UTC)
    assert gap(last, last + 12 * HOUR) is None
    assert gap(last, last + 36 * HOUR) is None
    assert gap(last, last + 11 * HOUR) == (Gap.SHORT, 11)
    assert gap(last, last + 37 * HOUR) == (Gap.LONG, 37)
    assert gap(None, last) is None
