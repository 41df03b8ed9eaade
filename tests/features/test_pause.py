"""/pause and /resume: paused doses are neither due nor counted; some pauses never end by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.domain.dose import DoseState, adherence
from bot.storage.tables import Delivery, Pause
from tests.features.planned import steps_of, titrating
from tests.features.reminded import DUE, TUESDAY, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

DAY = timedelta(days=1)

# What is said is the same on both databases; test_dose_and_pause.py walks through both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose is due tonight at 22:00; it is noon on Tuesday, 3 March."""
    return await enrol(bot, chat)


async def pauses(bot: RunningBot) -> list[tuple[str, date, date | None, bool]]:
    """Return reason, first and last day, and whether it has ended."""
    async with bot.database.read() as session:
        rows = (await session.execute(select(Pause).order_by(Pause.created_at))).scalars().all()
    return [(row.reason, row.first_date, row.last_date, row.ended_at is not None) for row in rows]


async def test_a_pause_with_a_last_day_ends_by_itself(bot: RunningBot, patient: Reminded) -> None:
    """Seven nights are quiet and count nowhere; the reminder after them comes unasked."""
    await patient.say("/pause")
    await patient.tap("Holiday")
    said = await patient.tap("Until Monday 9 Mar")
    assert "Paused from tonight (3 Mar) to Monday 9 Mar: holiday." in said.text
    assert "7 doses aren't due." in said.text
    assert "Check-ins go on." in said.text
    assert "Next reminder: Tuesday 10 Mar, 22:00." in said.text
    await bot.travel_to(DUE + 7 * DAY - timedelta(hours=1))
    assert patient.about_doses() == []
    await bot.travel_to(DUE + 7 * DAY)
    assert len(patient.about_doses()) == 1
    states = [DoseState(dose.state) for dose in await patient.doses()]
    assert adherence(states).of == 1
    assert DoseState.UNREACHED not in states


async def test_a_first_day_that_reads_two_ways_is_asked_again(patient: Reminded) -> None:
    """What was wrong with it is said: not that it lies in the past."""
    await patient.say("/pause")
    await patient.tap("Holiday")
    await patient.tap("It starts later …")
    again = await patient.say("5/4")
    assert "can be read in two ways" in again.text
    assert "a year ahead" not in again.text


async def test_the_last_day_can_be_typed(bot: RunningBot, patient: Reminded) -> None:
    """As a length or a date; nonsense is asked again."""
    typed = {
        "10 days": date(2026, 3, 12),
        "until 20 March": date(2026, 3, 20),
        "for a week": date(2026, 3, 9),
    }
    for words in typed:
        await patient.say("/pause")
        await patient.tap("Illness")
        assert "couldn't read “soon”" in (await patient.say("soon")).text
        await patient.say(words)
        await patient.say("/resume")
    assert await pauses(bot) == [("illness", TUESDAY, last, True) for last in typed.values()]


@pytest.mark.parametrize(
    ("button", "words", "reason"),
    [
        ("Opioid painkiller", "Naltrexone blocks opioids; together they can cause", "opioid"),
        ("Surgery or dentist", "Tell the team, as early as you can, that you take naltrexone", "surgery"),
    ],
)
async def test_an_opioid_or_surgery_pause_shows_its_text_and_never_ends_by_itself(
    bot: RunningBot, patient: Reminded, button: str, words: str, reason: str
) -> None:
    """No last day is asked; /resume asks whether the next dose is safe."""
    await patient.say("/pause")
    asked = await patient.tap(button)
    assert words in asked.text
    assert labels(asked) == ["⏸ Pause from tonight (3 Mar)", "It starts later …", "‹ Back"]
    await patient.tap("⏸ Pause from tonight (3 Mar)")
    await bot.travel_to(DUE + 60 * DAY)
    assert patient.about_doses() == []
    assert await pauses(bot) == [(reason, TUESDAY, None, False)]
    asked = await patient.say("/resume")
    assert asked.text == "On hold. Has a prescriber or pharmacist said that your next dose is safe?"
    await patient.tap("Not yet")
    assert (await pauses(bot))[0][-1] is False
    await patient.say("/resume")
    said = await patient.tap("Yes, resume")
    assert "Reminders follow your plan again." in said.text
    # Summer time has come: it is 23:00 there.
    await bot.travel(timedelta(hours=23))
    assert len(patient.about_doses()) == 1


async def test_a_surgery_can_lie_ahead(bot: RunningBot, patient: Reminded) -> None:
    """Its first day is typed; until then everything goes on."""
    await patient.say("/pause")
    await patient.tap("Surgery or dentist")
    await patient.tap("It starts later …")
    await patient.say("6 March")
    await patient.tap("⏸ Pause from Friday 6 Mar")
    await bot.travel_to(DUE + 10 * DAY)
    assert [message.date.day for message in patient.about_doses() if "Time for" in message.text] == [3, 4, 5]


async def test_a_pause_after_the_reminder_holds_that_dose_too(bot: RunningBot, patient: Reminded) -> None:
    """Its message loses the buttons, its snooze is gone, and resuming the same night asks again."""
    await bot.travel_to(DUE)
    await patient.tap("Snooze")
    await patient.tap("60 min")
    await patient.say("/pause")
    await patient.tap("Side effects")
    said = await patient.tap("Until I resume")
    assert "Paused from tonight (3 Mar) until you resume: side effects." in said.text
    assert (await patient.dose()).state == "held"
    assert labels(patient.about_doses()[0]) == []
    await bot.travel_to(DUE + timedelta(hours=2))
    assert [one for one in patient.about_doses() if "asked me to come back" in one.text] == []
    await patient.say("/resume")
    await bot.settle()
    assert patient.about_doses()[-1].text == "💊 Your LDN, 4.5 mg was due at 22:00."


async def test_today_says_that_it_is_paused_and_offers_nothing_to_take(
    bot: RunningBot, patient: Reminded
) -> None:
    """No amount, no button to log tonight's; the pause is one tap away."""
    await patient.say("/pause")
    await patient.tap("Opioid painkiller")
    await patient.tap("⏸ Pause from tonight (3 Mar)")
    said = await patient.say("/today")
    assert said.text == "⏸ Paused until you resume."
    assert labels(said)[0] == "⏸ The pause"
    assert "I took tonight's already" not in labels(said)
    await bot.travel_to(DUE + timedelta(hours=1))
    said = await patient.say("/today")
    assert said.text == "Tonight's dose: Paused.\n\n⏸ Paused until you resume."
    await patient.tap("⏸ The pause")
    await patient.tap("▶️ Resume")
    await patient.tap("Yes, resume")
    assert patient.about_doses()[-1].text == "💊 Your LDN, 4.5 mg was due at 22:00."


async def test_a_pause_with_an_end_shows_when_it_goes_on(patient: Reminded) -> None:
    """With the date where the weekday alone wouldn't say which."""
    await patient.say("/pause")
    await patient.tap("Holiday")
    await patient.tap("Until Monday 16 Mar")
    said = await patient.say("/today")
    assert "⏸ Paused up to Monday 16 Mar." in said.text
    assert "Next: Tuesday 17 Mar at 22:00, 4.5 mg." in said.text


async def test_a_hold_and_a_pause_end_together_when_the_next_dose_is_safe(
    bot: RunningBot, patient: Reminded
) -> None:
    """One question, not two; and "/resume" asks it for a hold alone too."""
    await patient.say("I took tramadol")
    await patient.say("/pause")
    await patient.tap("Illness")
    await patient.tap("Until I resume")
    await patient.say("/resume")
    await patient.tap("Yes, resume")
    assert [ended for *_rest, ended in await pauses(bot)] == [True, True]
    await patient.say("I took tramadol")
    await patient.say("/resume")
    await patient.tap("Yes, resume")
    await bot.travel_to(DUE)
    assert patient.about_doses()[-1].text == "💊 Time for your LDN, 4.5 mg."


async def test_a_pause_can_be_undone(bot: RunningBot, patient: Reminded) -> None:
    """Within ten minutes; tonight's reminder comes as if nothing had been said."""
    await patient.say("/pause")
    await patient.tap("Holiday")
    await patient.tap("Until I resume")
    await patient.say("/undo")
    await patient.tap("Yes, undo it")
    assert await pauses(bot) == []
    await bot.travel_to(DUE)
    assert len(patient.about_doses()) == 1


async def test_pausing_before_the_reminder_cancels_it_and_holds_the_dose(patient: Reminded) -> None:
    """For the dates of the pause alone: the dose after it is planned at once."""
    await patient.say("/pause")
    await patient.tap("Illness")
    await patient.tap("Only tonight (3 Mar)")
    assert [(dose.dose_date.day, dose.state) for dose in await patient.doses()] == [
        (3, "held"),
        (4, "planned"),
    ]
    assert [row.run_at for row in await patient.pending()] == [DUE + DAY]


async def test_check_ins_go_on_unless_they_pause_too(bot: RunningBot, chat: Person) -> None:
    """One tap lets them pause with the doses, another lets them go on."""
    patient = await enrol(bot, chat, checkin_time=time(9), checkin_anchor=date(2026, 3, 4))
    await patient.say("/pause")
    await patient.tap("Holiday")
    await patient.tap("Until Thursday 5 Mar")
    await bot.travel_to(datetime(2026, 3, 4, 10, tzinfo=UTC))
    assert await sent_checkins(bot) == [4]
    await patient.say("/pause")
    said = await patient.tap("📝 Pause check-ins too")
    assert "Check-ins pause too." in said.text
    await bot.travel_to(datetime(2026, 3, 6, 10, tzinfo=UTC))
    assert await sent_checkins(bot) == [4, 6]


async def sent_checkins(bot: RunningBot) -> list[int]:
    """Return the days of March whose check-in was sent."""
    async with bot.database.read() as session:
        query = select(Delivery.subject).where(Delivery.kind == "checkin", Delivery.state == "sent")
        return sorted(int(subject[-2:]) for subject in (await session.execute(query)).scalars())


async def test_a_step_inside_a_pause_can_wait_for_its_end(bot: RunningBot, chat: Person) -> None:
    """Known ahead: the coming steps move by the pause's length, read back before it is saved."""
    patient = await titrating(bot, chat)
    await patient.say("/pause")
    await patient.tap("Holiday")
    await patient.tap("Until Monday 16 Mar")
    await patient.tap("Let the steps wait")
    await patient.tap("✓ Save this")
    assert (await steps_of(bot))[2:] == ["24.3. 3 mg", "7.4. 4.5 mg"]


async def test_a_step_that_came_during_an_open_pause_is_said_and_can_be_taken_back(
    bot: RunningBot, chat: Person
) -> None:
    """Nobody comes back from surgery to a higher dose without being told."""
    patient = await titrating(bot, chat)
    await patient.say("/pause")
    await patient.tap("Surgery or dentist")
    await patient.tap("⏸ Pause from tonight (3 Mar)")
    await bot.travel_to(DUE + 12 * DAY - timedelta(hours=1))
    await patient.say("/resume")
    said = await patient.tap("Yes, resume")
    assert "While it was paused a step of your plan came." in said.text
    await patient.tap("Go on where I was instead")
    assert (await steps_of(bot))[1:] == ["20.2. 1.5 mg", "22.3. 3 mg", "5.4. 4.5 mg"]


async def test_an_old_button_of_a_pause_whose_day_is_over_changes_nothing(
    bot: RunningBot, patient: Reminded
) -> None:
    """It asks again."""
    await patient.say("/pause")
    await patient.tap("Holiday")
    button = patient.chat.find_button("Until I resume")
    await bot.travel_to(DUE + DAY)
    await patient.chat.tap(button)
    await bot.settle()
    assert any("That day is over" in message.text for message in patient.chat.bot_messages)
    assert await pauses(bot) == []


async def test_in_discreet_mode_the_reasons_name_no_opioid_and_no_surgery(patient: Reminded) -> None:
    """The text that the tap brings is a safety text, and stays as it is."""
    await patient.change(discreet=True)
    asked = await patient.say("/pause")
    assert labels(asked)[:4] == ["Another medicine", "An appointment", "Not well", "Not feeling right"]
    asked = await patient.tap("Another medicine")
    assert asked.text.startswith("Naltrexone blocks opioids; together they can cause")
