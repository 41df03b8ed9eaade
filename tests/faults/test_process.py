"""The real process, as an operator runs it: `ldn-companion run` against the sandbox's Bot API."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.clock import SystemClock
from bot.sandbox.faults import SlowReply, flood, server_error, unauthorized
from bot.sandbox.server import SANDBOX_TOKEN, SandboxServer
from bot.sandbox.serving import loopback_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger("bot.process")

SECRET = "a-secret-of-the-tests"  # noqa: S105 - it opens nothing


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxServer]:
    """The Bot API, in real time."""
    async with SandboxServer(SystemClock()) as server:
        yield server


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with loopback_socket("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def running(
    telegram: SandboxServer, folder: Path, **environ: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the bot; kill it at the end if it still lives."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),  # this tree's bot, also in a worktree that borrows another's .venv
            "LDN_TELEGRAM__TOKEN": SANDBOX_TOKEN,
            "LDN_TELEGRAM__BASE_URL": telegram.base_url,
            "LDN_TELEGRAM__LISTEN_PORT": str(free_port()),
        }
        | environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """Send SIGTERM; return the exit status and what was logged. Fails after ten seconds."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        output, _none = await process.communicate()
    for line in output.decode().splitlines():
        log.info("%s", line)  # for the watch over everything that is logged (tests/logged.py)
    return process.returncode or 0, output.decode()


async def test_sigterm_ends_the_process_in_good_order(telegram: SandboxServer, tmp_path: Path) -> None:
    """It answers, and then exits with 0; nothing private stands in its log."""
    person = telegram.person()
    async with running(telegram, tmp_path) as process:
        await person.send_text("/start canary-words")
        await person.wait_for_text("First, what this is", timeout_s=20)
        status, log = await ended(process)
    assert status == 0
    assert SANDBOX_TOKEN not in log
    assert "canary-words" not in log


async def test_sigterm_is_heard_while_telegram_hangs(telegram: SandboxServer, tmp_path: Path) -> None:
    """A call that hangs for half a minute doesn't hold the process for ten seconds."""
    person = telegram.person()
    async with running(telegram, tmp_path) as process:
        await telegram.until_polled(timeout_s=20)
        telegram.faults.add(SlowReply(30), "sendMessage")
        await person.send_text("/start")
        await person.wait_for_text("First, what this is", timeout_s=20)
        status, _log = await ended(process)
    assert status == 0


async def test_sigterm_is_heard_while_telegram_can_not_be_reached(
    telegram: SandboxServer, tmp_path: Path
) -> None:
    """The process waits for Telegram at start, and still listens to its operator."""
    telegram.faults.add(server_error(502))
    async with running(telegram, tmp_path) as process:
        await telegram.traffic.arrived.until(lambda: len(telegram.arrivals) > 0, within=20)
        status, log = await ended(process)
    assert status == 0
    assert "Telegram can't be reached" in log


async def test_a_refused_token_is_one_line_and_status_2(telegram: SandboxServer, tmp_path: Path) -> None:
    """The operator reads what to do, not a traceback."""
    telegram.faults.add(unauthorized())
    async with running(telegram, tmp_path) as process:
        async with asyncio.timeout(20):
            output, _none = await process.communicate()
    assert process.returncode == 2
    assert output.decode().strip().splitlines()[-1].startswith("ldn-companion: Telegram refuses the token")
    assert "Traceback" not in output.decode()


async def test_a_webhook_address_that_telegram_refuses_is_one_line(
    telegram: SandboxServer, tmp_path: Path
) -> None:
    """What Telegram says stands in it: a mistyped name ended in a traceback without the reason."""
    async with running(
        telegram,
        tmp_path,
        LDN_TELEGRAM__MODE="webhook",
        LDN_TELEGRAM__WEBHOOK_URL="https://bot.example.org/telegram",
        LDN_TELEGRAM__SECRET_TOKEN=SECRET,
    ) as process:
        async with asyncio.timeout(20):
            output, _none = await process.communicate()
    last = output.decode().strip().splitlines()[-1]
    assert process.returncode == 2
    assert last.startswith("ldn-companion: Telegram refuses telegram.webhook_url (")
    assert "loopback" in last
    assert "Traceback" not in output.decode()


async def test_webhooks_need_the_secret_and_work_with_it(telegram: SandboxServer, tmp_path: Path) -> None:
    """A stranger's POST is refused; Telegram's is kept and answered."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    person = telegram.person()
    async with running(
        telegram,
        tmp_path,
        LDN_TELEGRAM__MODE="webhook",
        LDN_TELEGRAM__WEBHOOK_URL=url,
        LDN_TELEGRAM__SECRET_TOKEN=SECRET,
        LDN_TELEGRAM__LISTEN_PORT=str(port),
    ) as process:
        await person.send_text("/start")
        await person.wait_for_text("First, what this is", timeout_s=20)
        async with httpx.AsyncClient(trust_env=False) as stranger:
            headers = {"X-Telegram-Bot-Api-Secret-Token": "wrong"}
            assert (await stranger.post(url, json={"update_id": 1}, headers=headers)).status_code == 403
            assert (await stranger.post(url, json={"update_id": 1})).status_code == 403
            right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            assert (await stranger.post(url, content=b"{", headers=right)).status_code == 400
            assert (await stranger.get(f"http://127.0.0.1:{port}/elsewhere")).status_code == 404
            health = await stranger.get(f"http://127.0.0.1:{port}/healthz")
        assert health.json() == {"database": True, "tick": True, "telegram": True}
        status, log = await ended(process)
    assert status == 0
    assert SECRET not in log


async def test_a_429_is_waited_for_and_the_answer_comes(telegram: SandboxServer, tmp_path: Path) -> None:
    """Nothing is lost when Telegram asks to slow down."""
    person = telegram.person()
    async with running(telegram, tmp_path) as process:
        await telegram.until_polled(timeout_s=20)
        telegram.faults.add(flood(1), "sendMessage", times=1)
        begin = datetime.now(UTC)  # noqa: TID251 - real time is the point here
        await person.send_text("/start")
        await person.wait_for_text("First, what this is", timeout_s=20)
        waited = datetime.now(UTC) - begin  # noqa: TID251 - the same
        assert waited.total_seconds() >= 1
        status, _log = await ended(process)
    assert status == 0
