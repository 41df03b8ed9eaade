"""Every button ever sent, pressed in every later state: its own row, always an answer, never a crash."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.message import read_press
from tests.properties.conversation import Conversation
from tests.properties.words import COMMANDS, FEATURES, TYPED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton

WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 20, 95, 5 * 60, 13 * 60, 11 * 60, 24 * 60, 50 * 60)
)

# Two days as most patients have them: a time to wait, words to type, or the verb of the newest such button.
TOUR: tuple[timedelta | str, ...] = (
    timedelta(hours=10, minutes=5),
    *("dose.snooze", "dose.snooze_for"),
    timedelta(minutes=40),
    *(
        "dose.taken",
        "dose.correct",
        "dose.amount",
        "dose.amount_is",
        "dose.correct",
        "dose.time",
        "dose.time_is",
    ),
    *("dose.correct", "dose.to_not_taken", "dose.reason", "dose.correct", "dose.to_taken", "dose.undo"),
    timedelta(hours=11),
    *("checkin.answer pain", "checkin.answer sleep"),
    *("checkin.pick", "checkin.rate", "checkin.rated"),
    timedelta(hours=24),
    *("checkin.dose", "checkin.answer pain", "checkin.answer sleep", "checkin.same"),
    timedelta(hours=24),
    *("checkin.unwell", "checkin.change", "checkin.better"),
    *("checkin.dose", "checkin.answer pain", "checkin.answer sleep", "checkin.pick low_mood"),
    *("checkin.rate low_mood severe", "checkin.stop"),
    timedelta(hours=39),
    *("/checkin", "checkin.day", "I took tramadol last night"),
    timedelta(hours=22),
)

# Verbs that a walk doesn't come to by itself, and why.
OUT_OF_REACH: dict[str, str] = {}


@cache
def verb_of(data: str) -> str:
    """Return the verb of a button's callback data."""
    press = read_press(data)
    return press.verb if press else ""


@cache
def sort_of(data: str) -> str:
    """Return what tells sorts of buttons apart: the verb, and what it is about, if it names that."""
    press = read_press(data)
    about = [arg for arg in press.args[:1] if arg.isidentifier()] if press else []
    return ":".join([verb_of(data), *about])


class Walk:
    """Presses what was pressed least, types and waits in between; the same walk for the same seed."""

    def __init__(self, talk: Conversation, person: Person, seed: int) -> None:
        self.talk, self.person = talk, person
        self._random = random.Random(seed)
        self._pressed: Counter[str] = Counter()
        self._untyped = [*COMMANDS, *TYPED]
        self._random.shuffle(self._untyped)

    async def tour(self) -> None:
        """Do what most patients do, so that its buttons are there to be pressed later on."""
        for stop in TOUR:
            if isinstance(stop, timedelta):
                await self.talk.wait(stop)
            elif "." not in stop:
                await self.talk.say(self.person, stop)
            else:
                verb, *args = stop.split()
                wanted = [
                    button
                    for button in self.talk.buttons(self.person)
                    if verb_of(button.data or "") == verb and set(args) <= set((button.data or "").split(":"))
                ]
                assert wanted, (
                    f"no {stop} was ever sent; newest: {self.person.last and self.person.last.text}"
                )
                await self.talk.press(self.person, wanted[-1])

    async def step(self) -> None:
        """Do one thing."""
        chance = self._random.random()
        if chance < 0.76:
            await self._press()
        elif chance < 0.90:
            await self._type()
        elif chance < 0.98:
            await self.talk.wait(self._random.choice(WAITS))
        elif chance < 0.99:
            await self.talk.oversleep(self._random.choice(WAITS))
        else:
            await self.talk.restart()

    async def _press(self) -> None:
        buttons = self.talk.buttons(self.person)
        newest = self._rarest(self._shown())
        everywhere = self._rarest(buttons)
        chance = self._random.random()
        if newest and (chance < 0.4 or not self._pressed[sort_of(newest[-1].data or "")]):
            # The conversation goes on where it is.
            button = self._random.choice(newest)
        elif chance < 0.8:
            button = everywhere[-1]
        else:
            button = self._random.choice(buttons)
        self._pressed[sort_of(button.data or "")] += 1
        await self.talk.press(self.person, button)

    def _rarest(self, buttons: Sequence[ChatButton]) -> list[ChatButton]:
        """Return those whose sort was pressed least."""
        rarest = min((self._pressed[sort_of(button.data or "")] for button in buttons), default=0)
        return [button for button in buttons if self._pressed[sort_of(button.data or "")] == rarest]

    def _shown(self) -> list[ChatButton]:
        """Return the buttons under the message that changed last."""
        messages = [message for message in self.person.bot_messages if message.buttons]
        last = max(messages, key=lambda message: (message.now.since, message.id), default=None)
        return [button for button in last.buttons if button.data is not None] if last else []

    async def _type(self) -> None:
        text = self._untyped.pop() if self._untyped else self._random.choice((*COMMANDS, *TYPED))
        await self.talk.say(self.person, text)


async def walk(folder: Path, seed: int, steps: int) -> frozenset[str]:
    """Return the verbs that were pressed in so many steps; the second patient takes every fourth part."""
    async with Conversation(folder) as talk:
        people = [await talk.enrol(name) for name in ("Ana", "Ben")]
        walks = [Walk(talk, person, seed + number) for number, person in enumerate(people)]
        await walks[0].tour()
        for number in range(steps):
            await walks[number // 10 % 4 == 3].step()
        return frozenset(talk.pressed)


async def test_every_button_acts_on_its_own_row_at_any_later_time(tmp_path: Path) -> None:
    """What most patients do in nine days, then a hundred odd steps; `make soak` has walks of thousands."""
    assert len(await walk(tmp_path, seed=3, steps=60)) > 40


@pytest.mark.soak
async def test_long_walks_press_every_verb_that_there_is(tmp_path: Path) -> None:
    """Whatever a feature registers can be reached by a patient, or stands in OUT_OF_REACH with a reason."""
    registered = {verb for feature in FEATURES for verb in feature.presses}
    pressed: set[str] = set()
    for seed in range(8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        pressed |= await walk(folder, seed, steps=1_500)
    assert registered - pressed - OUT_OF_REACH.keys() == set()
    assert OUT_OF_REACH.keys() <= registered


class Talk(RuleBasedStateMachine):
    """Any order of presses, words, waits and restarts; Hypothesis shrinks what breaks the model."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="ldn-talk-"))

    @initialize()
    def begin(self) -> None:
        """Two patients go through enrolment."""
        self.talk = self.runner.run(self._begin())

    async def _begin(self) -> Conversation:
        talk = await Conversation(self.folder).__aenter__()
        self.people = [await talk.enrol("Ana"), await talk.enrol("Ben")]
        await talk.wait(timedelta(hours=10))
        return talk

    @rule(who=st.sampled_from([0, 0, 0, 1]), verb=st.integers(0, 1 << 16), which=st.integers(0, 1 << 16))
    def press(self, who: int, verb: int, which: int) -> None:
        """Press any button of any verb; 0 is the newest."""
        person = self.people[who]
        buttons = self.talk.buttons(person)
        verbs = sorted({verb_of(button.data or "") for button in buttons})
        same = [
            button for button in reversed(buttons) if verb_of(button.data or "") == verbs[verb % len(verbs)]
        ]
        self.runner.run(self.talk.press(person, same[which % len(same)]))

    @rule(which=st.integers(0, 1 << 16))
    def press_newest(self, which: int) -> None:
        """Press one under the newest message: the conversation goes on."""
        person = self.people[0]
        last = person.last
        here = [button for button in self.talk.buttons(person) if last and button.message_id == last.id]
        if here:
            self.runner.run(self.talk.press(person, here[-1 - which % len(here)]))

    @rule(text=st.sampled_from((*COMMANDS, *TYPED)))
    def type(self, text: str) -> None:
        """Type something."""
        self.runner.run(self.talk.say(self.people[0], text))

    @rule(length=st.sampled_from(WAITS))
    def wait(self, length: timedelta) -> None:
        """Let time pass."""
        self.runner.run(self.talk.wait(length))

    @rule(length=st.sampled_from(WAITS))
    def oversleep(self, length: timedelta) -> None:
        """Let the bot wake up late."""
        self.runner.run(self.talk.oversleep(length))

    @rule()
    def restart(self) -> None:
        """Restart the bot."""
        self.runner.run(self.talk.restart())

    def teardown(self) -> None:
        """Stop everything."""
        if hasattr(self, "talk"):
            self.runner.run(self.talk.__aexit__(None, None, None))
        self.runner.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def run_machine(examples: int, steps: int) -> None:
    """Run the machine; each example is a conversation of its own."""
    run_state_machine_as_test(
        Talk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=examples < 10,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_conversation_keeps_the_rows_of_the_model() -> None:
    """A few short conversations of Hypothesis; `make soak` has many longer ones."""
    run_machine(examples=2, steps=15)


@pytest.mark.soak
def test_many_conversations_keep_the_rows_of_the_model() -> None:
    """Two hundred conversations of up to sixty steps."""
    run_machine(examples=200, steps=60)
