"""Three months of one patient, told in the chat: "show me three months"."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Protocol

from bot.message import read_press
from bot.sandbox_persona import Persona, answer_like_a_patient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton
    from bot.sandbox.pace import Pace
    from bot.sandbox.time_machine import Progress

DAYS = 91
_ONE_DAY = timedelta(days=1)
_SEED = 7  # every visitor sees the same three months
_PLAN = "/dose 1.5 for 4 weeks, then 3 for 4 weeks, then 4.5"
_NEW_DOSE = (0, 28, 56)
_BAD_WEEK = range(37, 44)
_TOO_UNWELL = 39
_NO_ANSWER = frozenset({17, 40, 63})
_PHYSIOTHERAPY = 20
# Real seconds at speed 1: what is new is read, what repeats itself passes by.
_READ, _GLANCE, _PASS = 1.2, 0.5, 0.15
_READ_DAYS = 3
# A diary wanders; a small fall, as with placebo too, promises nobody anything.
_BEGIN_LEVEL, _FALL, _WORSE, _NOISE = 6.2, 1.0, 2.6, 0.9
_ENROLMENT: Sequence[tuple[str, str | None, str | None]] = (
    ("start.read", None, None),
    ("start.agree", None, None),
    ("", "Lisbon", None),
    ("start.zone", None, "Yes"),
    ("start.answer", None, "Not yet"),
    ("start.answer", None, "22:00"),
    ("start.answer", None, "09:00"),
    ("start.answer", None, "1.5 mg"),
    ("start.finish", None, None),
)


class Travel(Protocol):
    """What the story needs of the time machine."""

    def now(self) -> datetime:
        """Return the present instant."""
        ...

    async def go_to(self, instant: datetime) -> None:
        """Travel there through everything due."""
        ...

    async def next_due(self, person_id: int) -> datetime | None:
        """Return when this person's next message is due."""
        ...

    async def settle(self) -> None:
        """Wait until everything due is done."""
        ...


class Story:
    """Lives 91 days; stops at any tap when *pace* says so, with nothing half done."""

    def __init__(self, travel: Travel, person: Person, progress: Progress, pace: Pace) -> None:
        self._travel, self._person, self._progress, self._pace = travel, person, progress, pace
        self._rng = Random(_SEED)  # noqa: S311 - a story, not a secret
        self._seconds = _READ
        self._share = 0.0

    async def tell(self) -> None:
        """Enrol, live, and look back.

        Raises:
            JourneyStoppedError: The visitor took over.
        """
        if await self._travel.next_due(self._person.id) is None:
            await self._enrol()
        await self._say(_PLAN, "The plan is typed in as the prescriber wrote it")
        await self._press("regimen.save")
        await self._live()
        await self._look_back()
        self._progress(1.0, "Three months later: the chat is yours now")

    async def _enrol(self) -> None:
        await self._say("/start", "Enrolment: about a minute, mostly taps")
        for verb, typed, words in _ENROLMENT:
            if typed:
                await self._say(typed, "Enrolment: about a minute, mostly taps")
            else:
                await self._press(verb, words)

    async def _live(self) -> None:
        begin = self._travel.now()
        end = begin + DAYS * _ONE_DAY
        noted: set[int] = set()
        while (due := await self._travel.next_due(self._person.id)) is not None and due < end:
            day = (due - begin) // _ONE_DAY
            self._share = 0.05 + 0.85 * (due - begin) / (end - begin)
            self._seconds = _pause_on(day)
            self._progress(self._share, _caption(day))
            await self._travel.go_to(due)
            await self._answer(day)
            for when, note in ((_PHYSIOTHERAPY, self._note_therapy), (_BAD_WEEK.start + 1, self._note_flare)):
                if day == when and when not in noted:
                    noted.add(when)
                    await note()
        await self._travel.go_to(end)

    async def _answer(self, day: int) -> None:
        await self._breathe()
        if day in _NO_ANSWER:
            return
        if day == _TOO_UNWELL and self._find("checkin.unwell", None):
            await self._press("checkin.unwell")
            return
        level = _BEGIN_LEVEL - _FALL * day / DAYS + self._rng.gauss(0, _NOISE)
        fresh = any(0 <= day - since < 8 for since in _NEW_DOSE)  # noqa: PLR2004 - days
        persona = Persona(
            self._rng,
            level=level + (_WORSE if day in _BAD_WEEK else 0.0),
            effects=("vivid_dreams",) if fresh and self._rng.random() < 0.4 else None,  # noqa: PLR2004 - two in five
            takes_it=0.75 if day in _BAD_WEEK else 0.97,
        )
        await answer_like_a_patient(self._person, persona, self._travel.settle, self._breathe)

    async def _note_therapy(self) -> None:
        await self._say("/note started physiotherapy", "Anything else that may matter is noted with its date")

    async def _note_flare(self) -> None:
        await self._say("/note", "A flare is one tap")
        await self._press("event.kind", "Flare")

    async def _look_back(self) -> None:
        self._seconds, self._share = _READ, 0.92
        await self._say("/summary 90", "What the three months look like")
        await self._say("/compare", "One dose beside another: numbers, and no claim about what caused them")
        await self._press("compare.show", newest=False)
        self._share = 0.96
        await self._say("/report", "One page for the doctor")
        await self._press("report.preview")

    async def _say(self, text: str, caption: str) -> None:
        self._progress(self._share, caption)
        await self._breathe()
        await self._person.send_text(text)
        await self._travel.settle()

    async def _press(self, verb: str, words: str | None = None, *, newest: bool = True) -> None:
        found = self._find(verb, words)
        if not found:
            return  # what the bot asks has changed since this was written: the story goes on
        await self._breathe()
        await self._person.tap(found[0 if newest else -1])
        await self._travel.settle()

    def _find(self, verb: str, words: str | None) -> list[ChatButton]:
        last = self._person.last
        return [
            button
            for button in (last.buttons if last else ())
            if (press := read_press(button.data or "")) and press.verb == verb
            if words is None or words in button.text
        ]

    async def _breathe(self) -> None:
        await self._pace.pause(self._seconds)


def _pause_on(day: int) -> float:
    if day < _READ_DAYS:
        return _READ
    return _GLANCE if day in _BAD_WEEK or day % 28 == 0 else _PASS


def _caption(day: int) -> str:
    week = f"Week {day // 7 + 1} of 13"
    if day in _BAD_WEEK:
        return f"{week}: a bad week"
    if any(0 <= day - since < 3 for since in _NEW_DOSE[1:]):  # noqa: PLR2004 - days
        return f"{week}: the next step of the plan"
    return week
