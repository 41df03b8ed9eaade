"""Canary words and a canary token through the real process: nothing that an operator sees holds them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.sandbox.server import SANDBOX_TOKEN, SandboxServer
from tests.faults.test_process import ended, free_port, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NAME = "Canary-Ana"
WORDS = ("canary-words", "canary: my pain is 6", "/note flare since Monday, canary-note")
COMMANDS = (
    "check",
    "doctor",
    "stats",
    "stats --json",
    "patients",
    "healthcheck",
    "backup",
    "verify {backup}",
    "rotate-keys",
    "block 12",
)


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxServer]:
    """The Bot API, in real time."""
    async with SandboxServer(SystemClock()) as server:
        yield server


@pytest.mark.ci
async def test_no_operator_sees_a_word_or_the_token(
    telegram: SandboxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the process's title, the log, /healthz, /metrics, a backup, or in what a command says."""
    port = str(free_port())
    person = telegram.person(first_name=NAME)
    async with running(telegram, tmp_path, LDN_TELEGRAM__LISTEN_PORT=port) as process:
        await person.send_text(f"/start {WORDS[0]}")
        await person.wait_for_text("First, what this is", timeout_s=20)
        for words in WORDS[1:]:
            before = len(person.bot_messages)
            await person.send_text(words)
            async with asyncio.timeout(20):
                while len(person.bot_messages) == before:  # noqa: ASYNC110 - the bot is another process
                    await asyncio.sleep(0.02)
        seen = titles_of(process.pid)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            for path in ("/healthz", "/metrics"):
                seen[path] = (await http.get(path)).text
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("LDN_TELEGRAM__TOKEN", SANDBOX_TOKEN)
        monkeypatch.setenv("LDN_TELEGRAM__BASE_URL", telegram.base_url)
        monkeypatch.setenv("LDN_TELEGRAM__LISTEN_PORT", port)
        for command in COMMANDS:
            backup = seen.get("backup", "").strip().splitlines()[-1:]
            arguments = command.format(backup="".join(backup)).split()
            # In a thread: it has an event loop of its own.
            seen[command] = (await asyncio.to_thread(CliRunner().invoke, app, arguments)).output
        _status, seen["log"] = await ended(process)
    assert "1 in all" in seen["patients"]
    assert "the token is that of" in seen["doctor"]
    assert "ok: it can be restored" in seen["verify {backup}"]
    assert "ldn_updates_handled_total" in seen["/metrics"]
    seen["the backup's bytes"] = bytes_of(seen["backup"].strip().splitlines()[-1])
    for where, text in seen.items():
        for canary in (SANDBOX_TOKEN, SANDBOX_TOKEN.split(":")[1], NAME, "canary", "my pain"):
            assert canary not in text, f"{canary} stands in {where}"


def bytes_of(path: str) -> str:
    """Return a file's bytes, one letter each."""
    return Path(path).read_bytes().decode("latin-1")


def titles_of(pid: int) -> dict[str, str]:
    """Return what `ps` shows of a process."""
    return {name: Path(f"/proc/{pid}/{name}").read_text("utf-8", "replace") for name in ("cmdline", "comm")}
