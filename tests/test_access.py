"""Who may use the bot: invitations, the allowlist, the blocked; a stranger learns nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli import app
from bot.config import AccessSettings
from bot.storage import access, invites, patients
from bot.storage.tables import Invite, Patient
from bot.telegram_io.admission import Admission
from tests.features.reminded import DUE, enrol
from tests.harness import START, RunningBot, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer

PRIVATE = "This bot is private."


@pytest.fixture
async def bot(server: SandboxServer, clock: ManualClock, sqlite_url: str) -> AsyncIterator[RunningBot]:
    """The bot on SQLite, for invited people."""
    async with running(server, clock, sqlite_url) as bot:
        yield bot


def only_invited(bot: RunningBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the running bot admit the invited alone."""
    admitting(bot, monkeypatch, AccessSettings(mode="invite"))


def admitting(bot: RunningBot, monkeypatch: pytest.MonkeyPatch, settings: AccessSettings) -> None:
    """Change whom the running bot admits."""
    admission = Admission(settings)

    async def admit(_self: Admission, turn: object) -> bool:
        return await real(admission, turn)  # type: ignore[arg-type]

    real = Admission.__call__
    monkeypatch.setattr(Admission, "__call__", admit)
    assert bot.companion is not None


async def code_of(bot: RunningBot, *, uses: int = 1) -> str:
    """Make an invitation for a week."""
    code = invites.new_code()
    async with bot.database.write() as session:
        await invites.add(session, code, uses=uses, expires_at=START + timedelta(days=7), now=START)
    return code


async def test_an_invitation_lets_one_person_in_once(
    bot: RunningBot, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes with the link enrols; the next with the same link, or none, hears one sentence."""
    only_invited(bot, monkeypatch)
    code = await code_of(bot)
    invited, late, stranger = (server.person() for _ in range(3))
    for words in ("/start", "/start wrong", f"/start {code[:-1]}", "/help", "hello", f"/today {code}"):
        assert (await bot.say(stranger, words)).text.startswith(PRIVATE)
    assert not (await bot.say(invited, f"/start {code}")).text.startswith(PRIVATE)
    assert not (await bot.say(invited, "/help")).text.startswith(PRIVATE)
    assert (await bot.say(late, f"/start {code}")).text.startswith(PRIVATE)
    async with bot.database.read() as session:
        [row] = (await session.execute(select(Invite))).scalars()
    assert row.uses_left == 0
    assert code not in row.code_hash


async def test_an_invitation_expires_and_may_be_for_several(
    bot: RunningBot, server: SandboxServer, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """Two of two come in within the week; after it nobody does."""
    only_invited(bot, monkeypatch)
    code = await code_of(bot, uses=3)
    for _person in range(2):
        assert not (await bot.say(server.person(), f"/start {code}")).text.startswith(PRIVATE)
    clock.travel_to(START + timedelta(days=7))
    assert (await bot.say(server.person(), f"/start {code}")).text.startswith(PRIVATE)


async def test_who_was_enrolled_before_stays(
    bot: RunningBot, chat: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changing the mode shuts nobody out."""
    await enrol(bot, chat)
    only_invited(bot, monkeypatch)
    assert not (await bot.say(chat, "/today")).text.startswith(PRIVATE)


async def test_the_blocked_hear_nothing_until_they_are_let_in_again(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """No reminder, no answer, whatever they send; unblocked, the next reminder comes."""
    await enrol(bot, chat)
    async with bot.database.write() as session:
        assert await access.bar(session, str(chat.id), barred=True, now=clock.now())
    before = len(chat.messages)
    await chat.send_text("/today")
    await bot.travel_to(DUE + timedelta(hours=1))
    assert [message.text for message in chat.messages[before:] if message.text != "/today"] == []
    async with bot.database.write() as session:
        patient = (await session.execute(select(Patient))).scalar_one()
        assert await access.bar(session, str(patient.id), barred=False, now=clock.now())
        await bot.companion.planner.plan_all(session, patient, clock.now())
    await bot.travel_to(DUE + timedelta(days=1))
    assert "4.5 mg" in chat.messages[-1].text
    async with bot.database.write() as session:
        assert not await access.bar(session, "12345", barred=True, now=clock.now())
        assert not await access.bar(session, "nonsense", barred=True, now=clock.now())


async def test_the_blocked_can_still_take_everything_along_and_be_erased(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """/privacy, /export and /delete, with their buttons; other words and buttons are met with silence."""
    await enrol(bot, chat)
    await bot.say(chat, "/today")
    old = chat.find_button("More …")
    async with bot.database.write() as session:
        assert await access.bar(session, str(chat.id), barred=True, now=clock.now())
    assert "has blocked this chat" in (await bot.say(chat, "/privacy")).text
    await bot.say(chat, "/export")
    sent = await bot.tap(chat, "One file (JSON)")
    assert sent.file is not None
    assert json.loads(sent.file.content)["patient"]["telegram_id"] == chat.id
    before = said_to(chat)
    for words in (
        "/today",
        "/start",
        "/help",
        "/pause",
        "pain 6, slept badly 8",
        "I took tramadol",
        "/nothing",
    ):
        await chat.send_text(words)
    press = await chat.tap(old)
    await bot.settle()
    assert said_to(chat) == before
    assert not press.answer or not press.answer.text
    assert "Delete everything?" in (await bot.say(chat, "/delete")).text
    await bot.tap(chat, "Yes, delete …")
    await bot.tap(chat, "In 24 hours")
    kept = await bot.tap(chat, "Undo: keep everything")
    assert "Nothing is deleted. The operator has blocked this chat" in kept.text
    shown = [button.data or "" for message in chat.bot_messages[-2:] for button in message.buttons]
    assert all(data.startswith(("data.", "privacy.")) for data in shown), shown
    await bot.say(chat, "/delete")
    await bot.tap(chat, "Yes, delete …")
    assert "I'm erasing everything now" in (await bot.tap(chat, "At once, for good")).text
    await bot.companion.jobs.erase()
    async with bot.database.read() as session:
        assert (await session.execute(select(Patient))).all() == []


def said_to(chat: Person) -> list[str]:
    """Return everything that the bot ever said in the chat, edits too."""
    return [version.text for message in chat.bot_messages for version in message.versions]


async def test_who_is_taken_off_the_list_can_still_leave_with_everything(
    bot: RunningBot, server: SandboxServer, chat: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger learns nothing by the same words."""
    await enrol(bot, chat)
    admitting(bot, monkeypatch, AccessSettings(mode="allowlist", allowed_ids=(1,)))
    assert (await bot.say(chat, "/today")).text.startswith(PRIVATE)
    assert "My data" in (await bot.say(chat, "/export")).text
    assert "Delete everything?" in (await bot.say(chat, "/delete")).text
    stranger = server.person()
    for words in ("/export", "/delete", "/privacy"):
        assert (await bot.say(stranger, words)).text.startswith(PRIVATE)


async def test_a_stranger_is_forgotten_after_a_week_of_silence(
    bot: RunningBot, server: SandboxServer, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """Who enrolled or is blocked stays; who agreed or was invited, and stopped halfway, has 90 days."""
    enrolled, halfway, invited, blocked, stranger, late = (server.person() for _ in range(6))
    await enrol(bot, enrolled)
    only_invited(bot, monkeypatch)
    for person in (halfway, blocked, stranger):
        await bot.say(person, "hello")
    await bot.say(invited, f"/start {await code_of(bot)}")
    async with bot.database.write() as session:
        assert await access.bar(session, str(blocked.id), barred=True, now=clock.now())
        half = await patients.by_telegram_id(session, halfway.id)
        assert half is not None
        half.consented_at = clock.now()
    everybody = {person.id for person in (enrolled, halfway, invited, blocked, stranger, late)}
    clock.travel_to(START + timedelta(days=6))
    await bot.say(late, "hello")
    await bot.companion.jobs.forget_strangers()
    assert await known(bot) == everybody
    clock.travel_to(START + timedelta(days=8))
    await bot.companion.jobs.forget_strangers()
    assert await known(bot) == everybody - {stranger.id}
    clock.travel_to(START + timedelta(days=91))
    await bot.companion.jobs.forget_strangers()
    assert await known(bot) == {enrolled.id, blocked.id}
    assert (await bot.say(stranger, "hello again")).text.startswith(PRIVATE)


async def known(bot: RunningBot) -> set[int]:
    """Return the Telegram ids that the database knows."""
    async with bot.database.read() as session:
        return set((await session.execute(select(Patient.telegram_id))).scalars())


def test_the_commands_show_ids_and_states_and_nothing_else(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`invite` prints a link and a QR code, `patients` a list, `block` refuses an unknown id."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ldn-companion.sqlite3").write_bytes(sqlite_template.read_bytes())
    monkeypatch.chdir(tmp_path)

    def told(*words: str) -> str:
        return CliRunner().invoke(app, words).output

    invitation = told("invite", "--username", "@evening_bot", "--uses", "3")
    assert re.search(r"^https://t\.me/evening_bot\?start=[\w-]{22}$", invitation, re.MULTILINE)
    assert "lets 3 people in, within 7 days" in invitation
    assert len(invitation.splitlines()) > 15
    assert "0 in all" in told("patients")
    assert "there is no patient 5" in told("block", "5")
    assert "no token" in told("invite")
