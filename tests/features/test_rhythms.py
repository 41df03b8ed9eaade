"""How often the check-in comes, and what it asks: the optional, the weekly and the monthly questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.storage.tables import Checkin
from tests.features.reminded import Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

# The first check-in comes on Wednesday, 4 March 2026, at 9:00 in London.
FIRST = date(2026, 3, 4)
NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PAIN_IN_THE_WAY = "In the past week, how much did pain get in the way of everyday activities?"
PGIC = "Since I started LDN, my overall status is:"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is asked doesn't depend on where the rows stand."""
    return sqlite_url


async def _patient(bot: RunningBot, chat: Person, **values: object) -> Reminded:
    settings = {"checkin_time": time(9), "checkin_anchor": FIRST, "started_on": FIRST} | values
    return await enrol(bot, chat, **settings)


async def _days_asked(patient: Reminded) -> list[date]:
    """Return the dates of the check-ins that came unasked."""
    asked = [m for m in patient.chat.bot_messages if m.versions[0].text.startswith("Check-in for")]
    assert all(message.silent for message in asked)
    return [message.date.date() for message in asked]


async def _answer(patient: Reminded) -> str:
    """Answer everything that is asked, with "6", "None" or "no change"; return all screens' words."""
    asked = ""
    while patient.chat.last is not None and "Thank you" not in patient.chat.last.text:
        shown = patient.chat.last
        asked += shown.text
        known = [label for label in labels(shown) if label in {"6", "None", "no change", "Taken"}]
        await patient.tap(known[0])
    return asked


@pytest.mark.parametrize(
    ("rhythm", "taps", "days"),
    [
        ("daily", ["Every day"], [4, 5, 6, 7, 8, 9, 10, 11, 12]),
        ("every other day", ["Every other day"], [4, 6, 8, 10, 12]),
        ("weekly", ["Every Friday"], [6]),
    ],
)
async def test_the_check_in_comes_in_the_chosen_rhythm(
    bot: RunningBot, chat: Person, rhythm: str, taps: list[str], days: list[int]
) -> None:
    """Chosen in the settings, counted from the next check-in; each comes without a sound."""
    assert rhythm
    patient = await _patient(bot, chat)
    await patient.say("/settings")
    await patient.tap("📝 How often")
    for label in taps:
        await patient.tap(label)
    await bot.travel_to(NINE + 8 * DAY + timedelta(hours=1))
    assert await _days_asked(patient) == [date(2026, 3, day) for day in days]


@pytest.mark.parametrize(
    ("values", "last"),
    [
        pytest.param({}, date(2026, 3, 8), marks=pytest.mark.soak),
        # Wednesday, Friday, Sunday, Tuesday …: the last one up to the summary's Saturday is a Friday.
        ({"checkin_rhythm": "every_other_day", "summary_weekday": 5}, date(2026, 3, 6)),
        ({"checkin_rhythm": "weekly", "checkin_anchor": date(2026, 3, 6)}, date(2026, 3, 6)),
    ],
)
async def test_the_weekly_question_stands_in_the_weeks_last_check_in_alone(
    bot: RunningBot, chat: Person, values: dict[str, object], last: date
) -> None:
    """Whatever the rhythm, and whichever day the weekly summary comes on."""
    patient = await _patient(bot, chat, **values)
    asked_on = []
    for number in range(7):
        await bot.travel_to(NINE + number * DAY + timedelta(minutes=1))
        if (await _days_asked(patient))[-1:] == [FIRST + number * DAY]:
            asked_on += [FIRST + number * DAY] * (PAIN_IN_THE_WAY in await _answer(patient))
    assert asked_on == [last]


@pytest.mark.soak
async def test_the_monthly_question_comes_on_day_28_and_28_days_later(bot: RunningBot, chat: Person) -> None:
    """Once a month, at the end of the check-in, in the fixed words; listed afterwards as it was tapped."""
    patient = await _patient(bot, chat, checkin_rhythm="weekly")
    asked = []
    for week in range(9):
        await bot.travel_to(NINE + week * 7 * DAY + timedelta(minutes=1))
        if PGIC in await _answer(patient):
            asked.append(week)
    assert asked == [4, 8]


async def test_optional_questions_go_without_breaking_older_days(bot: RunningBot, chat: Person) -> None:
    """Turned on, answered, turned off: the old day keeps its answer, shows it and can still change it."""
    patient = await _patient(bot, chat)
    await patient.say("/settings")
    await patient.tap("➕ Extra questions")
    await patient.tap("fatigue")
    await bot.travel_to(NINE + timedelta(minutes=1))
    assert "In the past 24 hours, how strong was your fatigue on average?" in await _answer(patient)
    await patient.say("/settings")
    await patient.tap("➕ Extra questions")
    await patient.tap("✓ fatigue")
    await bot.travel(DAY)
    assert "how strong was your fatigue" not in await _answer(patient)
    await patient.say("/history 4 March")
    assert "Fatigue 6" in (await patient.tap("📝 Open the check-in")).text
    await patient.tap("Change")
    await patient.tap("Fatigue 6")
    shown = await patient.tap("2")
    assert "Fatigue 2" in shown.text
    async with bot.database.read() as session:
        rows = (await session.execute(select(Checkin).order_by(Checkin.local_date))).scalars().all()
    assert [row.answers.get("fatigue") for row in rows][:2] == [2, None]


async def test_a_number_where_no_number_fits_is_answered_there(bot: RunningBot, chat: Person) -> None:
    """At a severity, and at the list of side effects: one sentence, and the question again."""
    patient = await _patient(bot, chat)
    await bot.travel_to(NINE + timedelta(minutes=1))
    for label in ("Taken", "6", "7"):
        await patient.tap(label)
    said = await patient.say("3")
    assert "This one has no numbers: please tap an answer." in said.text
    await patient.tap("headache")
    said = await patient.say("2")
    assert "Please tap or type: mild, moderate or severe." in said.text
    await patient.say("mild")
    async with bot.database.read() as session:
        row = (await session.execute(select(Checkin).where(Checkin.local_date == FIRST))).scalar_one()
    assert row.answers["side_effects"] == {"headache": "mild"}


async def test_back_on_the_first_question_leads_out(bot: RunningBot, chat: Person) -> None:
    """To today's screen, from which the check-in opens again where it was."""
    patient = await _patient(bot, chat)
    await bot.travel_to(NINE + timedelta(minutes=1))
    shown = await patient.tap("‹ Back")
    assert "Next:" in shown.text
    await patient.tap("Check-in")
    assert "Did you take Tuesday's dose (4.5 mg)?" in (chat.last.text if chat.last else "")


async def test_discreet_words_name_no_medicine_where_a_dose_is_declined(
    bot: RunningBot, chat: Person
) -> None:
    """On /today and among the reasons: neither "Not taken" nor "Side effects" nor a prescriber."""
    patient = await _patient(bot, chat, discreet=True)
    await bot.travel_to(datetime(2026, 3, 3, 23, tzinfo=UTC))
    shown = await patient.say("/today")
    assert "Not done" in labels(shown)
    seen = labels(shown) + labels(await patient.tap("Not done"))
    assert not {"Not taken", "Side effects", "Told by my prescriber"} & set(seen)
    assert "Reason: Not feeling right." in (await patient.tap("Not feeling right")).text


async def test_a_morning_dose_is_offered_morning_routines(bot: RunningBot, chat: Person) -> None:
    """An evening tea would be no help at eight in the morning."""
    patient = await _patient(bot, chat)
    await patient.change(local_time=time(8))
    await patient.say("/settings")
    offered = labels(await patient.tap("🪥 Routine"))
    assert "with my morning tea" in offered
    assert not any("evening" in label for label in offered)


async def test_a_routine_follows_the_dose_into_the_morning(bot: RunningBot, chat: Person) -> None:
    """The evening tea becomes the morning tea; the patient's own words stay and are shown."""
    patient = await _patient(bot, chat)
    await patient.change(cue="with my evening tea")

    async def move_to(typed: str) -> str:
        await patient.say("/settings")
        await patient.tap("🔔 Reminder time")
        return (await patient.say(typed)).text

    assert "Its routine is now: with my morning tea." in await move_to("8:00 am")
    assert "routine" not in (await move_to("9:00 am")).split("Settings")[0]
    assert "🪥 Routine: with my evening tea" in await move_to("21:00")
    await patient.change(cue="after the <news>")
    assert "Its routine is still: after the <news>." in await move_to("8:00 am")
