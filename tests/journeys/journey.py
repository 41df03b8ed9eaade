"""Four weeks of one patient in Lisbon, with a change of clocks: what is tapped, day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from bot.message import read_press

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton, ChatMessage

ZONE = ZoneInfo("Europe/Lisbon")
FIRST = date(2026, 3, 3)
DAYS = 28
# The clocks of Lisbon go forward on 29 March 2026.
PAIN = (7, 7, 6, 8, 6, 5, 6, 6, 7, 5, 5, 6, 4, 5, 6, 5, 4, 5, 5, 4, 3, 4, 5, 4, 4, 3, 4, 4)
SLEEP = (8, 7, 7, 8, 6, 6, 5, 7, 6, 6, 5, 5, 6, 5, 5, 5, 4, 6, 5, 4, 4, 4, 5, 5, 3, 4, 4, 5)
NOT_TAKEN = frozenset({4, 17})
NOT_ANSWERED = frozenset({9})
HEADACHE = frozenset({2, 3, 11})
NO_CHECKIN = frozenset({6, 13, 20})


class Driver(Protocol):
    """The bot, in this process or in one that is killed."""

    @property
    def clock(self) -> Clock:
        """Return the bot's clock."""
        ...

    async def settle(self) -> None:
        """Wait until everything due is done."""
        ...

    async def travel_to(self, instant: datetime) -> None:
        """Go to an instant through each message on the way."""
        ...


class Journey:
    """Taps through the weeks; a message that was lost with a killed process is waited for.

    Args:
        driver: The bot.
        person: Who taps.
        days: Four weeks, or their first days.
    """

    def __init__(self, driver: Driver, person: Person, *, days: int = DAYS) -> None:
        self.driver, self.person, self.days = driver, person, days
        # Older messages are about other days: somebody who waits for today's doesn't press them.
        self._since = driver.clock.now()

    async def enrol(self) -> None:
        """Take part with every default: tonight 22:00, check-in 09:00, 4.5 mg."""
        await self.say("/start")
        for verb in ("start.read", "start.agree"):
            await self.press(verb)
        await self.say("Lisbon", until="start.zone")
        await self.press("start.zone", text="Yes")
        for words in ("Not yet", "22:00", "09:00"):
            await self.press("start.answer", text=words)
        await self.say("4.5", until="start.finish")
        await self.press("start.finish", text="✓ All correct, start tonight")

    async def live(self) -> None:
        """Live through the days, to the last check-in."""
        for number in range(self.days):
            day = FIRST + timedelta(days=number)
            await self.wait_for(at(day, time(22)))
            if number in NOT_TAKEN:
                await self.press("dose.not_tonight")
                await self.press("dose.skip_reason")
            elif number not in NOT_ANSWERED:
                await self.press("dose.taken")
            await self.wait_for(at(day + timedelta(days=1), time(9)))
            if number not in NO_CHECKIN:
                await self.check_in(number)

    async def wait_for(self, instant: datetime) -> None:
        """Go to *instant*; older messages are about other days from then on."""
        self._since = instant
        await self.driver.travel_to(instant)

    async def check_in(self, number: int) -> None:
        """Answer the morning's questions."""
        if number in NOT_ANSWERED:
            await self.press("checkin.dose", "not_sure")
        await self.press("checkin.answer", "pain", str(PAIN[number]))
        await self.press("checkin.answer", "sleep", str(SLEEP[number]))
        if number in HEADACHE:
            await self.press("checkin.pick", "headache")
            await self.press("checkin.rate", "headache", "mild")
            await self.press("checkin.rated")
        else:
            await self.press("checkin.none")

    async def say(self, text: str, *, until: str | None = None) -> None:
        """Type *text* and wait for the answer, or for a button with the verb *until*."""
        await self.person.send_text(text)
        await self.driver.settle()
        if until is not None:
            await self._find(until)

    async def press(self, verb: str, *args: str, text: str | None = None) -> None:
        """Press the newest button of this kind, once it is there."""
        message, button = await self._find(verb, *args, text=text)
        await self.person.tap(button, message)
        await self.driver.settle()

    async def press_text(self, text: str) -> None:
        """Press the newest button that says *text*."""
        await self.person.tap(text)
        await self.driver.settle()

    async def _find(self, verb: str, *args: str, text: str | None = None) -> tuple[ChatMessage, ChatButton]:
        # A reminder and its one copy may both be lost with a process: then the re-alert asks.
        for _minute in range(30):
            todays = [message for message in self.person.bot_messages if message.date >= self._since]
            for message in reversed(todays):
                for button in message.buttons:
                    press = read_press(button.data or "")
                    fits = text is None or button.text == text
                    if press and press.verb == verb and fits and all(arg in press.args for arg in args):
                        return message, button
            # What was in flight when the process died is repeated after a minute.
            await self.driver.travel_to(self.driver.clock.now() + timedelta(seconds=61))
        raise AssertionError(f"no button {verb} {args} came")


def at(day: date, local_time: time) -> datetime:
    """Return the instant at which clocks in Lisbon show this time."""
    return datetime.combine(day, local_time, ZONE)
