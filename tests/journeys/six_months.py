"""Six months of one patient in Berlin: what is planned, tapped and typed, day by day.

Day 0 is Monday 5 October 2026, day 182 Monday 5 April 2027. Dose *n* is that of the evening of day *n*;
check-in *n* comes the morning of day *n* and tells of dose *n - 1*. Clocks change in Berlin on 25 October
(day 20) and 28 March (day 174).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.journeys.journey import Driver, Journey

if TYPE_CHECKING:
    from bot.sandbox.chat import Person

FIRST = date(2026, 10, 5)
DAYS = 182
HOME, WEST, EAST = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")
# Days of going at noon, and of being back: home's clock applies from that morning.
GOES_WEST, BACK_FROM_WEST = 42, 52
GOES_EAST, BACK_FROM_EAST = 133, 143
# From this day on: 1.5 mg, 3 mg, and 4.5 mg a week later than planned.
STEPS = ((0, "1.5"), (28, "3"), (77, "4.5"))
HOLDS_ON = 66
COUNTS_ON, REFILLS_ON = 76, 98
OPERATED_ON, RESUMES_ON = 105, 112
LOST_PHONE = range(84, 91)
NOT_TAKEN = frozenset({10, 100})
DREAMS = frozenset({29, 30, 31, 51, 60})
EVENTS = {30: "/note started magnesium", 60: "/note flu"}
BLOOD_TEST_ON = 120
# By dose and weekday, Monday first.
PAIN = {"1.5": (8, 7, 7, 7, 7, 7, 8), "3": (6, 6, 6, 6, 6, 6, 7), "4.5": (4, 5, 4, 5, 4, 5, 4)}
SLEEP = 5


@dataclass(frozen=True)
class Form:
    """How often the patient is asked: a check-in each day takes a minute to live.

    Attributes:
        answered: Days whose check-in is answered: all but those of the lost phone.
        weekly: Check-ins come on Sundays alone, from the first one on.
    """

    answered: frozenset[int]
    weekly: bool


FULL = Form(frozenset(range(1, DAYS + 1)) - frozenset(LOST_PHONE), weekly=False)
SHORT = Form(frozenset(range(6, DAYS + 1, 7)) - frozenset(LOST_PHONE), weekly=True)


def mg_of(number: int) -> str:
    """Return what the plan gives on a day, in mg."""
    return [mg for day, mg in STEPS if day <= number][-1]


def day_of(number: int) -> date:
    """Return the date of a day."""
    return FIRST + timedelta(days=number)


def pain_of(number: int) -> int:
    """Return what the check-in of a day says."""
    return PAIN[mg_of(number - 1)][day_of(number).weekday()]


def evening(number: int) -> datetime:
    """Return when the dose of a day is due: 22:00 by the clock that the reminders follow."""
    zone = WEST if GOES_WEST <= number < BACK_FROM_WEST else HOME
    zone = EAST if GOES_EAST <= number < BACK_FROM_EAST else zone
    return datetime.combine(day_of(number), time(22), zone)


def morning(number: int) -> datetime:
    """Return when the check-in of a day comes: 9:00 by the same clock."""
    zone = WEST if GOES_WEST < number < BACK_FROM_WEST else HOME
    # Back from the east that day's check-in has been answered before the clock changes.
    zone = EAST if GOES_EAST < number <= BACK_FROM_EAST else zone
    return datetime.combine(day_of(number), time(9), zone)


class SixMonths(Journey):
    """The taps of six months."""

    def __init__(self, driver: Driver, person: Person, form: Form) -> None:
        super().__init__(driver, person)
        self.form = form
        self._at_noon = {
            GOES_WEST: self._go_west,
            HOLDS_ON: self._hold,
            COUNTS_ON: self._count,
            REFILLS_ON: self._refill,
            OPERATED_ON: self._pause,
            RESUMES_ON: self._resume,
            GOES_EAST: self._go_east,
            BLOOD_TEST_ON - 20: self._note_blood_test,
        }

    async def begin(self) -> None:
        """Take part in Berlin on the first noon, with the prescriber's plan."""
        await self.wait_for(datetime.combine(FIRST, time(12), HOME))
        await self.say("/start")
        for verb in ("start.read", "start.agree"):
            await self.press(verb)
        await self.say("Berlin, Germany", until="start.zone")
        await self.press("start.zone", text="Yes")
        for words in ("Not yet", "22:00", "09:00"):
            await self.press("start.answer", text=words)
        await self.say("1.5 for 4 weeks, then 3 for 6 weeks, then 4.5", until="start.finish")
        await self.press("start.finish", text="✓ All correct, start tonight")
        if self.form.weekly:
            await self.say("/settings", until="settings.field")
            await self.press("settings.field", "checkin_rhythm")
            await self.press("settings.set", "checkin_rhythm", "6")

    async def live(self) -> None:
        """Live through the six months, to the morning of day 182."""
        for number in range(DAYS):
            await self._noon(number)
            await self._dose(number)
            if number + 1 in self.form.answered:
                await self.wait_for(morning(number + 1))
                await self._check_in(number + 1)
        await self.wait_for(datetime.combine(day_of(DAYS), time(9, 30), HOME))

    async def _noon(self, number: int) -> None:
        do, note = self._at_noon.get(number), EVENTS.get(number)
        if do is not None or note is not None:
            await self.wait_for(datetime.combine(day_of(number), time(12, 10), HOME))
        if do is not None:
            await do()
        if note is not None:
            await self.say(note)

    async def _dose(self, number: int) -> None:
        if number in LOST_PHONE or OPERATED_ON <= number < RESUMES_ON:
            return
        await self.wait_for(evening(number))
        if number in NOT_TAKEN:
            await self.press("dose.not_tonight")
            await self.press("dose.skip_reason")
        else:
            words = {28: "Took 3 mg", 77: "Took 4.5 mg"}.get(number)
            await self.press("dose.taken", text=words)

    async def _check_in(self, number: int) -> None:
        if number - 1 in LOST_PHONE:
            await self.press("checkin.dose", "not_sure")
        await self.press("checkin.answer", "pain", str(pain_of(number)))
        await self.press("checkin.answer", "sleep", str(SLEEP))
        if number in DREAMS:
            await self.press("checkin.pick", "vivid_dreams")
            await self.press("checkin.rate", "vivid_dreams", "mild")
            await self.press("checkin.rated")
        else:
            await self.press("checkin.none")

    async def _hold(self) -> None:
        await self.say("/dose", until="regimen.hold")
        await self.press("regimen.hold")
        await self.press("regimen.hold_for", "7")
        await self.press("regimen.save")

    async def _count(self) -> None:
        await self.say("/supply", until="supply.new")
        await self.press("supply.new")
        await self.say("4.5 mg capsules", until="supply.unit")
        await self.press("supply.unit", "capsules")
        await self.say("30", until="supply.per_is")
        await self.say("/supply", until="supply.one")
        await self.press("supply.one")
        await self.press("supply.per")
        await self.press("supply.per_of", "4.5")
        await self.press("supply.per_is", "4.5", "1")

    async def _refill(self) -> None:
        await self.say("/supply", until="supply.refill")
        await self.press("supply.refill")
        await self.press("supply.got", text="+90")

    async def _pause(self) -> None:
        await self.say("/pause", until="pause.reason")
        await self.press("pause.reason", "surgery")
        await self.press("pause.start", "surgery")

    async def _resume(self) -> None:
        await self.say("/resume", until="pause.resume")
        await self.press("pause.resume", "sure")

    async def _go_west(self) -> None:
        await self.say("/travel New York", until="travel.move")
        await self.press("travel.move")
        await self.say("26 November")

    async def _go_east(self) -> None:
        await self.say("I'm in Tokyo", until="travel.move")
        await self.press("travel.move")
        await self.say("25 February")

    async def _note_blood_test(self) -> None:
        await self.say("/dates", until="dates.new")
        await self.press("dates.new")
        await self.press("dates.kind", text="Blood test")
        await self.say("2 February")
