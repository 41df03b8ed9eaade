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
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.message import read_press
from tests.properties import tours
from tests.properties.conversation import Conversation
from tests.properties.rows import PATIENTS
from tests.properties.tours import verb_of
from tests.properties.words import COMMANDS, FEATURES, TYPED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton
    from tests.properties.rows import Rows

WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 20, 95, 5 * 60, 13 * 60, 11 * 60, 24 * 60, 50 * 60)
)

# Verbs that no tour comes to, and why.
OUT_OF_REACH = {
    "privacy.agree": "comes with a release that changes the consent's text: tests/features/test_leaving.py",
    "privacy.keep": "comes after twelve months of silence: tests/features/test_leaving.py",
}
# Those that `make test` has the time for; the others are for `make soak`.
SHORT = ("enrolment", pytest.param("settings and travel", marks=pytest.mark.ci))


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


async def walk(folder: Path, name: str, seed: int, steps: int) -> frozenset[str]:
    """Go a chain of tours, then odd steps, a fourth of them another patient's; return what was pressed."""
    async with Conversation(folder) as talk:
        ben = await talk.enrol("Ben") if steps else None
        ana = await tours.start(talk, name)
        await tours.follow(talk, ana, tours.CHAINS[name])
        walks = [Walk(talk, person, seed) for person in (ana, ben) if person is not None]
        for number in range(steps):
            await walks[number // 10 % 4 == 3].step()
        return frozenset(talk.pressed)


def test_every_verb_stands_on_a_tour() -> None:
    """Whatever a feature registers can be reached by a patient, or stands in OUT_OF_REACH with a reason."""
    registered = {verb for feature in FEATURES for verb in feature.presses}
    toured = {verb for tour in tours.CHAINS.values() for verb in tours.verbs_on(tour)}
    assert registered - toured - OUT_OF_REACH.keys() == set()
    assert toured | OUT_OF_REACH.keys() <= registered


async def test_every_button_acts_on_its_own_row_at_any_later_time(tmp_path: Path) -> None:
    """What most patients do in nine days, then some odd steps; `make soak` has walks of hundreds."""
    assert len(await walk(tmp_path, "treatment", seed=3, steps=12)) > 30


@pytest.mark.parametrize("name", SHORT)
async def test_a_tour_through_a_feature_keeps_the_rows_of_the_model(tmp_path: Path, name: str) -> None:
    """Each button of the feature is found where the tour says, changes its own row alone, and answers."""
    assert await walk(tmp_path, name, seed=0, steps=0) >= tours.verbs_on(tours.CHAINS[name])


@pytest.mark.ci
async def test_no_button_of_one_patient_acts_for_another(tmp_path: Path) -> None:
    """Each verb's data as Ana got it, sent by Ben: her rows stay, none of his names one, no word is told."""
    pressed = set[str]()
    for number, (name, tour) in enumerate(tours.CHAINS.items()):
        (folder := tmp_path / str(number)).mkdir()
        async with Conversation(folder) as talk:
            ben = await talk.enrol("Ben")
            ana = await tours.start(talk, name)
            # One of them ends with Ana asking to be erased.
            talk.bot.companion.jobs.scheduler.pause()
            await tours.follow(talk, ana, tour)
            one_of_each = {sort_of(button.data or ""): button for button in talk.buttons(ana)}
            # The last ones end Ben's diary.
            for sort in sorted(one_of_each, key=lambda sort: (sort.startswith("privacy."), sort)):
                await talk.press_as_another(ben, one_of_each[sort])
                pressed.add(verb_of(one_of_each[sort].data or ""))
            check_nothing_crosses(talk.rows)
            hers = [stop for stop in tour if type(stop) is str and len(stop) > 8 and stop[0] != "/"]
            told = [version.text for message in ben.bot_messages for version in message.versions]
            assert not [words for words in hers for text in told if words in text]
    registered = {verb for feature in FEATURES for verb in feature.presses}
    assert registered - pressed == OUT_OF_REACH.keys()


def check_nothing_crosses(rows: Rows) -> None:
    """No row of one patient names a row of another."""
    owner = {
        row["id"]: row["id"] if key[0] == PATIENTS else row["patient_id"]
        for key, row in rows.by_key.items()
        if "id" in row and (key[0] == PATIENTS or "patient_id" in row)
    }
    for (table, _key), row in rows.by_key.items():
        for column, value in row.items():
            if isinstance(value, UUID) and value in owner and table != PATIENTS:
                assert owner[value] == row["patient_id"], f"{table}.{column} is another patient's"


@pytest.mark.soak
@pytest.mark.parametrize("name", tours.CHAINS)
async def test_long_walks_after_each_tour_keep_the_rows_of_the_model(tmp_path: Path, name: str) -> None:
    """Whatever a tour left to be pressed is pressed later, in any order, for 400 steps."""
    assert await walk(tmp_path, name, seed=11, steps=400) >= tours.verbs_on(tours.CHAINS[name])


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
