"""/supply: counting down with the doses, refills in two taps, warnings at noon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.domain.supply import EntryKind
from bot.domain.supply import left as left_of
from bot.storage import supplies
from bot.storage.tables import Delivery, DoseStep, Patient, Supply, SupplyEntry, SupplyUse
from tests.features.reminded import DUE, TUESDAY, Reminded, enrol

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

DAY = timedelta(days=1)
# The ledger's two main ways run on both databases below; the screens' words need only one.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose of 4.5 mg is due tonight at 22:00; it's noon."""
    return await enrol(bot, chat)


async def _counting(patient: Reminded, count: int, per_dose: str = "1", **columns: object) -> None:
    """Count *count* capsules of 4.5 mg for this patient, as the screens do."""
    async with patient.bot.database.write() as session:
        person = (await session.execute(select(Patient))).scalar_one()
        row = Supply(
            patient_id=person.id,
            label="4.5 mg",
            unit="capsules",
            created_at=patient.bot.clock.now(),
            **columns,
        )
        session.add(row)
        await session.flush()
        session.add(
            SupplyEntry(
                patient_id=person.id,
                supply_id=row.id,
                kind=EntryKind.CORRECTED.value,
                amount=Decimal(count),
                at=patient.bot.clock.now(),
            )
        )
        session.add(
            SupplyUse(
                patient_id=person.id, supply_id=row.id, dose_mg=Decimal("4.5"), amount=Decimal(per_dose)
            )
        )
        await session.flush()
        await patient.bot.companion.planner.plan_all(session, person, patient.bot.clock.now())


async def _left(patient: Reminded) -> Decimal:
    async with patient.bot.database.read() as session:
        row = (await session.execute(select(Supply))).scalar_one()
        return left_of(supplies.as_rules(await supplies.entries_of(session, row.id)))


async def _warnings(patient: Reminded) -> list[Delivery]:
    async with patient.bot.database.read() as session:
        query = select(Delivery).where(Delivery.kind == "supply").order_by(Delivery.due_at, Delivery.ordinal)
        return list((await session.execute(query)).scalars())


@on_sqlite
async def test_the_first_count_is_typed_in_and_survives_a_restart(bot: RunningBot, patient: Reminded) -> None:
    """1.5 mg × 3: label, unit, number and how many make a dose come from the patient, nothing is computed."""
    await patient.say("/more")
    await patient.tap("📦 Supply")
    await patient.tap("Start counting")
    await patient.say("1.5 mg")
    await patient.tap("Capsules")
    await bot.restart()
    said = await patient.say("90")
    assert "One dose of 4.5 mg: how many capsules of 1.5 mg?" in said.text
    said = await patient.tap("3")
    assert "1.5 mg: 90 capsules left by my count, enough until Wednesday 1 Apr (30 days)." in said.text
    assert "One dose of 4.5 mg: 3 capsules" in said.text


async def test_it_counts_down_and_an_undo_gives_back(bot: RunningBot, patient: Reminded) -> None:
    """The ledger follows the dose in the same step: taken, undone, taken again, turned into not taken."""
    await _counting(patient, 30, "3")
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    assert await _left(patient) == 27
    await patient.tap("Undo")
    assert await _left(patient) == 30
    await patient.tap("Taken")
    assert await _left(patient) == 27
    await patient.tap("Correct")
    await patient.tap("I didn't take it")
    assert await _left(patient) == 30


@on_sqlite
async def test_another_way_of_making_a_dose_leaves_earlier_doses_alone(
    bot: RunningBot, patient: Reminded
) -> None:
    """One capsule in place of three from now on: what was used up stays used up."""
    await _counting(patient, 30, "3")
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    await patient.say("/supply")
    await patient.tap("Count, date, ledger")
    await patient.tap("Per dose")
    await patient.tap("4.5 mg: 3 capsules")
    await patient.tap("1")
    assert await _left(patient) == 27
    await bot.travel(DAY)
    await patient.tap("Taken")
    assert await _left(patient) == 26


@on_sqlite
async def test_a_refill_takes_two_taps_and_counts_once(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """An old "+90" pressed again adds nothing."""
    await _counting(patient, 10)
    await patient.say("/supply")
    question = await patient.tap("Refilled")
    old = next(button for button in question.buttons if button.text == "+90")
    said = await patient.tap("+90")
    assert said.text.startswith("Added 90.")
    assert await _left(patient) == 100
    await patient.tap("Refilled")
    await patient.say("+30")
    assert await _left(patient) == 130
    await chat.tap(old)
    await bot.settle()
    assert await _left(patient) == 130


@on_sqlite
async def test_a_refill_that_cannot_be_read_is_asked_again_as_a_refill(patient: Reminded) -> None:
    """Asking for a count there would add everything that the patient has once more."""
    await _counting(patient, 10)
    await patient.say("/supply")
    await patient.tap("Refilled")
    again = await patient.say("a whole bag")
    assert "I couldn't read" in again.text
    assert "how many did you get?" in again.text
    await patient.say("30")
    assert await _left(patient) == 40


@on_sqlite
async def test_the_warning_comes_at_noon_once_and_a_refill_settles_it(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """20 capsules: from 14 days before on, at noon, without a sound; not at bedtime and not every day."""
    await _counting(patient, 20)
    (first, second) = await _warnings(patient)
    assert first.due_at == datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert second.due_at == datetime(2026, 3, 19, 12, tzinfo=UTC)
    assert first.expires_at == datetime(2026, 3, 9, 18, tzinfo=UTC)
    for _night in range(8):
        await bot.travel_to(DUE + DAY * _night)
        await patient.tap("Taken")
    warned = [message for message in chat.bot_messages if message.text.startswith("📦")]
    assert len(warned) == 1
    assert "14 capsules left by my count, enough until Sunday 22 Mar (14 days)." in warned[0].text
    await patient.tap("Refilled", warned[0])
    await patient.tap("+90")
    assert await _left(patient) == 102
    assert all(row.state != "pending" for row in await _warnings(patient) if row.due_at < DUE + 60 * DAY)


@on_sqlite
async def test_a_warning_waits_for_a_day_without_a_weekly_summary(patient: Reminded) -> None:
    """At most one unasked message a day besides dose and check-in."""
    await patient.change(summary_weekday=0)
    await _counting(patient, 20)
    assert (await _warnings(patient))[0].due_at == datetime(2026, 3, 10, 12, tzinfo=UTC)


@on_sqlite
async def test_days_without_an_answer_are_asked_about(bot: RunningBot, patient: Reminded) -> None:
    """They aren't counted until somebody says what happened."""
    await _counting(patient, 30)
    await bot.travel_to(DUE + timedelta(hours=10))
    said = await patient.say("/supply")
    assert "1 day has no answer and isn't counted." in said.text
    said = await patient.tap("Tue 3 Mar: taken")
    assert "no answer" not in said.text
    assert await _left(patient) == 29
    assert (await patient.dose(TUESDAY)).state == "taken"


@on_sqlite
async def test_the_run_out_date_follows_a_new_step(patient: Reminded) -> None:
    """From the step on nothing is known until the patient says how many make a dose."""
    await _counting(patient, 30)
    await patient.add(DoseStep(starts_on=date(2026, 3, 10), dose_mg=Decimal(9)))
    said = await patient.say("/supply")
    assert "enough until Monday 9 Mar. Tell me how many you take from Tuesday 10 Mar on." in said.text
    await patient.tap("Count, date, ledger")
    await patient.tap("Per dose")
    await patient.tap("9 mg: ?")
    said = await patient.tap("2")
    assert "enough until Friday 20 Mar (18 days)." in said.text


@on_sqlite
async def test_the_bottles_own_date_is_warned_of(bot: RunningBot, patient: Reminded, chat: Person) -> None:
    """A typed month means its end."""
    await _counting(patient, 500)
    await patient.say("/supply")
    await patient.tap("Count, date, ledger")
    await patient.tap("Expiry date")
    said = await patient.say("03/2026")
    assert "Expiry date: 31 Mar 2026" in said.text
    await bot.travel_to(datetime(2026, 3, 17, 12, 5, tzinfo=UTC))
    warned = [message for message in chat.bot_messages if message.text.startswith("📦")]
    assert "the expiry date you gave (31 Mar 2026) is in 14 days." in warned[-1].text


@on_sqlite
async def test_in_discreet_mode_no_screen_names_a_medicine(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """Neither label nor amount stands on a screen, a button or a warning."""
    await patient.change(discreet=True)
    await _counting(patient, 15)
    before = len(chat.bot_messages)
    await patient.say("/supply")
    for button in ("Count, date, ledger", "Each time", "now: 1", "‹ Back", "Ledger", "‹ Back", "Expiry date"):
        await patient.tap(button)
    await bot.travel_to(DUE + 2 * DAY)
    said = [
        text
        for message in chat.bot_messages[before:]
        for version in message.versions
        for text in (version.text, *(button.text for button in version.buttons))
    ]
    assert any(text.startswith("📦") for text in said)
    for word in ("mg", "LDN", "capsule", "pharmac", "dose"):
        assert not [text for text in said if word in text.lower()], word


@on_sqlite
async def test_a_question_left_open_does_not_swallow_taken(bot: RunningBot, patient: Reminded) -> None:
    """The reminder comes in the middle: "taken" logs the dose, the number afterwards is still the count."""
    await _counting(patient, 30)
    await bot.travel_to(DUE - timedelta(minutes=5))
    await patient.say("/supply")
    await patient.tap("Count, date, ledger")
    await patient.tap("Correct the count")
    await bot.travel_to(DUE)
    await patient.say("taken")
    assert (await patient.dose()).state == "taken"
    await patient.say("25")
    assert await _left(patient) == 25


async def test_an_extra_dose_counts_down_and_comes_back_when_withdrawn(
    bot: RunningBot, patient: Reminded
) -> None:
    """It is gone from the bottle like any other; "undo" gives back, and undoing that counts it again."""
    await _counting(patient, 30, "3")
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    await bot.travel_to(DUE + timedelta(minutes=2))
    await patient.say("I took an extra dose")
    assert await _left(patient) == 24
    await patient.say("/undo")
    assert "an extra dose" in (await patient.tap("Yes, undo it")).text
    assert await _left(patient) == 27
    await bot.travel_to(DUE + timedelta(minutes=5))
    await patient.say("I took an extra dose")
    assert await _left(patient) == 24
    await bot.travel_to(DUE + timedelta(minutes=6))
    await patient.tap("A mistake: undo")
    assert await _left(patient) == 27
    await patient.say("/undo")
    await patient.tap("Yes, undo it")
    assert await _left(patient) == 24


@on_sqlite
async def test_undo_takes_back_a_refill_a_count_and_a_removal(patient: Reminded) -> None:
    """A wrong tap in /supply is no worse than one at a dose."""
    await _counting(patient, 30)
    await patient.say("/supply")
    await patient.tap("Refilled")
    await patient.tap("+90")
    assert await _left(patient) == 120
    assert "refill of 90" in (await patient.say("/undo")).text
    await patient.tap("Yes, undo it")
    assert await _left(patient) == 30
    await patient.say("/supply")
    await patient.tap("Count, date, ledger")
    await patient.tap("Correct the count")
    await patient.say("12")
    assert "count of 12" in (await patient.say("/undo")).text
    await patient.tap("Yes, undo it")
    assert await _left(patient) == 30
    await patient.say("/supply")
    await patient.tap("Count, date, ledger")
    await patient.tap("Remove")
    await patient.tap("Yes, remove it")
    assert "30 capsules" not in (await patient.say("/supply")).text
    await patient.say("/undo")
    await patient.tap("Yes, undo it")
    assert "30 capsules" in (await patient.say("/supply")).text
