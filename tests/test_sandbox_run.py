"""The sandbox's time bar on the running bot: travel, a week, 90 days."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from bot.clock import ShiftedClock
from bot.config_reading import load_settings
from bot.sandbox.pace import JourneyStoppedError, Pace
from bot.sandbox.server import SandboxServer
from bot.sandbox_run import CompanionTimeMachine, build_companion
from bot.storage.database import Database
from bot.storage.tables import Checkin, Dose
from tests.harness import START
from tests.journeys.journey import Journey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path


class Travelling:
    """The sandbox as `run_sandbox` puts it together; a journey's driver, too."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.settings = load_settings(None, {f"LDN_{name}": value for name, value in environ.items()})
        self.clock = ShiftedClock()
        # The same hour in every run: what a day ahead brings depends on it.
        self.clock.travel_to(START)
        self.machine = CompanionTimeMachine(self.clock)
        self.server = SandboxServer(self.clock, time_machine=self.machine)
        self.folder = folder
        self.told: list[float] = []

    async def start(self) -> None:
        await self.server.start()
        database = Database(f"sqlite+aiosqlite:///{self.folder / 'x.sqlite3'}")
        self.companion = build_companion(self.settings, self.server, self.clock, database)
        self.machine.attach(self.companion, self.server)
        await self.companion.start()

    async def stop(self) -> None:
        await self.companion.stop()
        await self.server.stop()

    async def settle(self) -> None:
        await self.machine.settle()

    async def travel_to(self, instant: datetime) -> None:
        await self.machine.forward(instant - self.clock.now(), self.progress)

    def progress(self, share: float, _label: str) -> None:
        self.told.append(share)

    async def answered(self, table: type[Dose | Checkin]) -> int:
        done = Dose.logged_at if table is Dose else Checkin.answered_at
        async with self.companion.database.read() as session:
            query = select(func.count()).select_from(table).where(done.is_not(None))
            return (await session.execute(query)).scalar_one()


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Travelling]:
    """A running sandbox with nobody in it."""
    travelling = Travelling(tmp_path)
    await travelling.start()
    yield travelling
    await travelling.stop()


async def test_it_starts_with_the_settings_of_a_live_bot_and_touches_nothing_of_it(tmp_path: Path) -> None:
    """No webhook is set, no list keeps the visitor out, no erasure gets into the operator's own file."""
    live = tmp_path / "live"
    sandbox = Travelling(
        tmp_path,
        TELEGRAM__MODE="webhook",
        TELEGRAM__WEBHOOK_URL="https://bot.example.org/telegram",
        TELEGRAM__SECRET_TOKEN="a-secret-of-the-tests",  # noqa: S106 - it opens nothing
        ACCESS__MODE="allowlist",
        ACCESS__ALLOWED_IDS="1",
        PRIVACY__TOMBSTONES=str(live / "erasures"),
    )
    await sandbox.start()
    try:
        person = sandbox.server.person()
        await Journey(sandbox, person).enrol()
        await person.send_text("/delete")
        for words in ("Yes, delete …", "At once, for good"):
            await sandbox.settle()
            await person.tap(words)
        await sandbox.settle()
        await sandbox.companion.jobs.erase()
        assert (tmp_path / "erasures").exists()
        assert not live.exists()
    finally:
        await sandbox.stop()


async def test_before_enrolment_every_journey_says_what_to_do_first(sandbox: Travelling) -> None:
    """Nothing is planned yet, so the bot's welcome comes instead of silence."""
    for journey in ("next_message", "play_week", "fill_history"):
        person = sandbox.server.person(None)
        await getattr(sandbox.machine, journey)(person.id, sandbox.progress)
        assert person.last is not None
        assert "First, what this is" in person.last.text


async def test_a_day_ahead_goes_through_each_message_that_is_due(sandbox: Travelling) -> None:
    """The reminder and the check-in come at their own instants, not all at the end."""
    person = sandbox.server.person()
    await Journey(sandbox, person).enrol()
    await sandbox.machine.forward(timedelta(days=1), sandbox.progress)
    texts = " ".join(message.versions[0].text for message in person.bot_messages)
    assert "Time for your LDN" in texts
    assert "Did you take Tuesday's dose" in texts


async def test_a_played_week_is_answered_like_somebody_would(sandbox: Travelling) -> None:
    """Seven nights and mornings; the share of the journey only grows."""
    person = sandbox.server.person()
    await Journey(sandbox, person).enrol()
    sandbox.told.clear()
    await sandbox.machine.play_week(person.id, sandbox.progress)
    assert await sandbox.answered(Dose) in {6, 7}
    assert await sandbox.answered(Checkin) in {6, 7}
    assert sandbox.told == sorted(sandbox.told)


async def test_filled_history_reads_as_one_plan_in_the_summary(sandbox: Travelling) -> None:
    """90 days with averages, and one dose step from the first dose on."""
    person = sandbox.server.person()
    await Journey(sandbox, person).enrol()
    await sandbox.machine.fill_history(person.id, sandbox.progress)
    assert person.last is not None
    assert "(90 days)" in person.last.text
    since = re.search(r"LDN since (\d+ \w+) \d+; 4\.5 mg", person.last.text)
    assert since is not None
    assert "4.5 mg from" not in person.last.text or f"4.5 mg from {since[1]}" in person.last.text


async def test_the_story_can_be_stopped_and_goes_no_further(sandbox: Travelling) -> None:
    """Whoever takes over finds everything answered: nothing is in flight, and the clock stands."""
    person = sandbox.server.person()
    pace = Pace()
    pace.speed = 10_000

    def progress(_share: float, label: str) -> None:
        if label.startswith("Week 2"):
            pace.stop()

    with pytest.raises(JourneyStoppedError):
        await sandbox.machine.story(person.id, progress, pace)
    assert await sandbox.answered(Dose) >= 6
    due = await sandbox.machine.next_due(person.id)
    assert due is not None
    assert due - sandbox.clock.now() < timedelta(days=1)
    assert sandbox.server.pending_updates == 0


@pytest.mark.soak
async def test_the_story_shows_a_titration_a_flare_a_comparison_and_the_doctors_page(
    sandbox: Travelling,
) -> None:
    """Three months to the end, with every screen that it promises."""
    person = sandbox.server.person()
    pace = Pace()
    pace.speed = 10_000
    told: list[str] = []
    await sandbox.machine.story(person.id, lambda _share, label: told.append(label), pace)
    texts = " ".join(version.text for message in person.bot_messages for version in message.versions)
    for words in ("From tonight your plan says 3 mg", "From tonight your plan says 4.5 mg", "(90 days)"):
        assert words in texts
    assert "Week 6 of 13: a bad week" in told
    assert "This can't show that LDN caused the change." in texts
    last = person.last
    assert last is not None
    assert last.file is not None
    assert await sandbox.answered(Dose) > 80


async def test_a_page_that_asks_while_the_bot_starts_hears_of_no_zone() -> None:
    """A page that was open before a restart asks for the time as soon as the port answers."""
    machine = CompanionTimeMachine(ShiftedClock())
    assert await machine.zone_of(1) is None
    assert await machine.next_due(1) is None
