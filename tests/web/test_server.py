"""The HTTP side that a proxy leads to: one path for Telegram, two for the operator, nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.web import server
from bot.web.server import build_web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "s3cret-of-the-webhook"  # noqa: S105 - of the test
HEADER = "X-Telegram-Bot-Api-Secret-Token"
RIGHT = {HEADER: SECRET}


class Kept:
    """What was received."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []

    async def receive(self, updates: list[dict[str, Any]]) -> None:
        """Keep them."""
        self.updates += updates


@pytest.fixture
def kept() -> Kept:
    """Where updates go."""
    return Kept()


@pytest.fixture
async def http(kept: Kept) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the web application, without a socket."""

    async def well() -> dict[str, bool]:
        return {"database": True}

    async def numbers() -> bytes:
        return b"# none\n"

    app = build_web(
        receive=kept.receive, health=well, metrics=numbers, webhook_path="/telegram", secret_token=SECRET
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://bot.example.org"
    ) as client:
        yield client


@pytest.mark.parametrize("given", [{}, {HEADER: ""}, {HEADER: SECRET[:-1]}, {HEADER: SECRET + "x"}])
async def test_without_the_secret_nothing_is_read(
    http: httpx.AsyncClient, kept: Kept, given: dict[str, str]
) -> None:
    """No secret, an empty, a shorter, a longer one: 403 with no body."""
    answer = await http.post("/telegram", headers=given, json={"update_id": 1})
    assert (answer.status_code, answer.content) == (403, b"")
    assert kept.updates == []


async def test_an_update_with_the_secret_is_kept(http: httpx.AsyncClient, kept: Kept) -> None:
    """That is what it is for."""
    assert (await http.post("/telegram", headers=RIGHT, json={"update_id": 1})).status_code == 200
    assert kept.updates == [{"update_id": 1}]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"update_id": "1"}', b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_update_is_refused(http: httpx.AsyncClient, kept: Kept, body: bytes) -> None:
    """Not JSON, not an object, no id, nested without end: 400."""
    assert (await http.post("/telegram", headers=RIGHT, content=body)).status_code == 400
    assert kept.updates == []


async def test_a_body_without_end_is_cut_off(http: httpx.AsyncClient) -> None:
    """A megabyte is enough: told by its length at once, else where it becomes too long."""

    async def endless() -> AsyncIterator[bytes]:
        for _part in range(100):
            yield b"x" * 65_536

    announced = await http.post("/telegram", headers=RIGHT, content=b"x" * 1_100_000)
    streamed = await http.post("/telegram", headers=RIGHT, content=endless())
    assert (announced.status_code, streamed.status_code) == (413, 413)


async def test_a_body_that_trickles_is_given_up(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sends a byte now and then holds no place for long."""
    monkeypatch.setattr(server, "BODY_WITHIN_S", 0.05)

    async def trickle() -> AsyncIterator[bytes]:
        for _byte in range(100):
            yield b" "
            await asyncio.sleep(0.02)

    assert (await http.post("/telegram", headers=RIGHT, content=trickle())).status_code == 408


@pytest.mark.parametrize(
    "path", ["/", "/admin", "/telegram/", "/Telegram", "/docs", "/openapi.json", "/.env"]
)
async def test_no_other_path_exists(http: httpx.AsyncClient, path: str) -> None:
    """404, also with the secret; no redirect tells that a path is nearly right."""
    for method in ("GET", "POST"):
        assert (await http.request(method, path, headers=RIGHT)).status_code == 404


async def test_every_answer_carries_the_headers(http: httpx.AsyncClient) -> None:
    """No sniffing, no framing, no storing, nothing to load; also on refusals."""
    for path in ("/healthz", "/metrics", "/nothing", "/telegram"):
        headers = (await http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
