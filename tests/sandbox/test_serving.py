"""The server stays on loopback, talks to this machine's pages only, and keeps its pace."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.server import SandboxServer

if TYPE_CHECKING:
    import httpx

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5"])  # noqa: S104 - refused, that is the point
async def test_only_loopback_is_bound(clock: ManualClock, host: str) -> None:
    """Any other address is an error before anything listens."""
    with pytest.raises(ValueError, match="loopback only"):
        await SandboxServer(clock).start(host=host)


async def test_a_taken_port_is_an_error(server: SandboxServer, clock: ManualClock) -> None:
    """As the caller may want to try another."""
    with pytest.raises(OSError, match="Address already in use"):
        await SandboxServer(clock).start(server.port)


def test_a_token_must_look_like_one(clock: ManualClock) -> None:
    """Else the server isn't made."""
    with pytest.raises(ValueError, match="a bot token looks like"):
        SandboxServer(clock, token="secret")  # noqa: S106 - refused, that is the point


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_other_sites_are_kept_out(
    http: httpx.AsyncClient, method: str, ana: Person, headers: dict[str, str]
) -> None:
    """No page from elsewhere reads or does anything, not even with the token."""
    for answer in (
        await http.get("/page-api/people", headers=headers),
        await http.post(f"/page-api/people/{ana.id}/text", json={"text": "Hello"}, headers=headers),
        await http.post(f"{method}/sendMessage", json={"chat_id": ana.id, "text": "x"}, headers=headers),
    ):
        assert answer.status_code == 403
    assert ana.messages == []


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
async def test_this_machines_names_are_let_in(
    http: httpx.AsyncClient, server: SandboxServer, name: str
) -> None:
    """With the port, and with the page's own origin."""
    host = f"{name}:{server.port}"
    answer = await http.get("/page-api/people", headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 200


async def test_unknown_chats_can_be_taken_for_patients(clock: ManualClock, http: httpx.AsyncClient) -> None:
    """For a benchmark with a hundred thousand of them."""
    async with SandboxServer(clock, accept_unknown_chats=True) as server:
        url = f"{server.base_url}{server.token}/sendMessage"
        answer = await http.post(url, json={"chat_id": 77, "text": "Hello"})
        assert answer.json()["result"]["chat"]["id"] == 77


async def test_starting_and_stopping_takes_no_time(clock: ManualClock) -> None:
    """Hundreds of tests do it."""
    began = time.monotonic()
    for _ in range(5):
        async with SandboxServer(clock):
            pass
    assert time.monotonic() - began < 1
