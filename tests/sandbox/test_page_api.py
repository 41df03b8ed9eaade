"""The chat page's protocol: people, acts, events, files, time and traffic."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.sandbox.test_files import png

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from telegram import Bot

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.pace import Pace
    from bot.sandbox.server import SandboxServer
    from bot.sandbox.time_machine import Progress

    Events = AsyncIterator[tuple[str, Any]]


async def read_events(response: httpx.Response) -> Events:
    """Return the events of a stream, as the browser's EventSource would."""
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@asynccontextmanager
async def listening(http: httpx.AsyncClient, path: str) -> AsyncIterator[Events]:
    """Open an event stream."""
    async with http.stream("GET", path) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = read_events(response)
        yield events
        await events.aclose()  # type: ignore[attr-defined] # an async generator has it


async def take(events: Events) -> tuple[str, Any]:
    """Return the next event, or fail within two seconds."""
    async with asyncio.timeout(2):
        return await anext(events)


async def test_a_new_person_can_be_made_and_listed(http: httpx.AsyncClient) -> None:
    """With a name, or without."""
    made = await http.post("/page-api/people", json={"first_name": "Rui", "language_code": "pt"})
    assert made.status_code == 201
    person = made.json()["person"]
    assert (person["first_name"], person["language_code"], person["blocked"]) == ("Rui", "pt", False)
    await http.post("/page-api/people", json={})
    people = (await http.get("/page-api/people")).json()["people"]
    assert [each["first_name"] for each in people] == ["Rui", "Ana"]


async def test_a_chat_streams_its_snapshot_then_each_change(
    http: httpx.AsyncClient, api: Bot, ana: Person
) -> None:
    """Message, edit, toast, keyboard, commands, action, person, deletion: in the order they happen."""
    await ana.send_text("Hello")
    async with listening(http, f"/page-api/people/{ana.id}/events") as events:
        name, snapshot = await take(events)
        assert name == "snapshot"
        assert [message["text"] for message in snapshot["messages"]] == ["Hello"]
        assert snapshot["person"]["id"] == ana.id
        assert snapshot["bot"]["name"] == "LDN Companion"
        taken = InlineKeyboardButton("Taken", callback_data="taken", style="success")
        markup = InlineKeyboardMarkup([[taken]])
        message = await api.send_message(ana.id, "<b>Now</b>", parse_mode="HTML", reply_markup=markup)
        name, data = await take(events)
        assert (name, data["message"]["html"], data["message"]["from"]) == ("message", "<b>Now</b>", "bot")
        assert data["message"]["rows"] == [
            [{"text": "Taken", "data": "taken", "url": None, "style": "success"}]
        ]
        await message.edit_text("Done")
        name, data = await take(events)
        assert (data["message"]["text"], data["message"]["rows"]) == ("Done", [])
        assert data["message"]["edited"] is not None
        await api.send_chat_action(ana.id, "typing")
        assert await take(events) == ("action", {"action": "typing"})
        await api.set_my_commands([("today", "Did I take it?")])
        assert (await take(events))[1]["commands"] == [{"command": "today", "description": "Did I take it?"}]
        await message.delete()
        assert await take(events) == ("deleted", {"message_id": message.message_id})
        await ana.block()
        assert (await take(events))[1]["person"]["blocked"] is True


async def test_each_act_of_the_page_reaches_the_bot(http: httpx.AsyncClient, api: Bot, ana: Person) -> None:
    """Text, tap, location, photo, edit, sticker, voice, block."""
    path = f"/page-api/people/{ana.id}"
    taken = InlineKeyboardMarkup([[InlineKeyboardButton("Taken", callback_data="taken")]])
    message = await api.send_message(ana.id, "Now", reply_markup=taken)
    assert (await http.post(f"{path}/text", json={"text": "/start"})).status_code == 204
    own = ana.messages[-1].id
    await http.post(f"{path}/edit", json={"message_id": own, "text": "/help"})
    await http.post(f"{path}/tap", json={"message_id": message.message_id, "data": "taken"})
    await http.post(f"{path}/location", json={"latitude": 38.72, "longitude": -9})
    await http.post(f"{path}/photo", content=png(20, 20), headers={"Content-Type": "image/png"})
    await http.post(f"{path}/sticker", json={})
    await http.post(f"{path}/voice", json={})
    await http.post(f"{path}/block", json={"blocked": True})
    await http.post(f"{path}/block", json={"blocked": False})
    raw = [update.to_dict() for update in await api.get_updates()]
    kinds = [next(key for key in update if key != "update_id") for update in raw]
    assert kinds == [
        "message",
        "edited_message",
        "callback_query",
        "message",
        "message",
        "message",
        "message",
        "my_chat_member",
        "my_chat_member",
    ]
    async with listening(http, f"{path}/events") as events:
        _, snapshot = await take(events)
        media = [message["media"]["kind"] for message in snapshot["messages"] if message["media"]]
        assert media == ["location", "photo", "sticker", "voice"]


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("text", {"text": " "}, 400),
        ("text", {}, 400),
        ("text", {"text": 5}, 400),
        ("tap", {"message_id": 999, "data": "x"}, 404),
        ("tap", {"message_id": True, "data": "x"}, 400),
        ("location", {"latitude": 91, "longitude": 0}, 400),
        ("edit", {"message_id": 999, "text": "x"}, 404),
        ("block", {"blocked": "yes"}, 400),
        ("fly", {}, 404),
    ],
)
async def test_what_cannot_be_done_gets_one_clear_sentence(
    http: httpx.AsyncClient, ana: Person, act: str, body: dict[str, Any], status: int
) -> None:
    """With the status that fits."""
    answer = await http.post(f"/page-api/people/{ana.id}/{act}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


async def test_a_stale_button_cannot_be_tapped_on_the_page(
    http: httpx.AsyncClient, api: Bot, ana: Person
) -> None:
    """A form from another site can't post either: only JSON is taken."""
    message = await api.send_message(ana.id, "No buttons")
    tap = {"message_id": message.message_id, "data": "taken"}
    assert (await http.post(f"/page-api/people/{ana.id}/tap", json=tap)).status_code == 400
    assert (await http.post(f"/page-api/people/{ana.id}/text", data={"text": "Hello"})).status_code == 400
    assert (await http.post("/page-api/people/1/text", json={"text": "Hello"})).status_code == 404


async def test_files_are_served_and_never_run(http: httpx.AsyncClient, api: Bot, ana: Person) -> None:
    """A picture is shown; anything else is only downloaded."""
    await api.send_photo(ana.id, png(10, 10))
    await api.send_document(ana.id, b"<script>alert(1)</script>", filename="évil.html")
    photo, document = ana.bot_messages
    assert photo.file is not None
    assert document.file is not None
    shown = await http.get(f"/page-api/files/{photo.file.file_id}")
    assert (shown.content, shown.headers["content-type"]) == (png(10, 10), "image/png")
    assert "content-disposition" not in shown.headers
    kept = await http.get(f"/page-api/files/{document.file.file_id}")
    assert kept.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9vil.html"
    assert (await http.get("/page-api/files/nothing")).status_code == 404


async def test_pages_come_under_a_strict_policy(http: httpx.AsyncClient) -> None:
    """Scripts and styles from the sandbox itself, nothing inline, no framing."""
    answer = await http.get("/page-api/people")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await http.get("/page/../server.py")).status_code == 404


async def test_traffic_streams_calls_and_updates_without_the_token(
    http: httpx.AsyncClient, api: Bot, ana: Person, server: SandboxServer
) -> None:
    """What was there before, then what comes."""
    await ana.send_text("Hello")
    async with listening(http, "/page-api/traffic") as events:
        items = [await take(events)]
        while items[-1][0] != "update":
            items.append(await take(events))
        assert items[-1][1]["update"]["message"]["text"] == "Hello"
        await api.send_message(ana.id, "Hi")
        name, call = await take(events)
        assert (name, call["method"], call["ok"], call["status"]) == ("call", "sendMessage", True, 200)
        assert call["result"]["text"] == "Hi"
        assert server.token not in json.dumps([items, call])


class Machine:
    """A time machine that moves a standing clock."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.go_on = asyncio.Event()

    async def next_message(self, person_id: int, progress: Progress) -> None:
        """Break down."""
        progress(0.5, f"half way for {person_id}")
        raise RuntimeError

    async def forward(self, delta: timedelta, progress: Progress) -> None:
        """Move at once."""
        progress(0.5, "half way")
        self.clock.travel_to(self.clock.now() + delta)

    async def play_week(self, person_id: int, progress: Progress) -> None:
        """Take until the test says so."""
        progress(0.1, f"day 1 of 7 for {person_id}")
        await self.go_on.wait()

    async def fill_history(self, person_id: int, progress: Progress) -> None:
        """Do nothing, in no time."""

    async def story(self, person_id: int, progress: Progress, pace: Pace) -> None:
        """Tell until it is stopped."""
        progress(0.5, f"half of {person_id}'s story")
        await pace.pause(3600)

    async def zone_of(self, person_id: int) -> str | None:
        """Everybody lives in Lisbon."""
        return "Europe/Lisbon" if person_id else None

    async def next_due(self, person_id: int) -> datetime | None:
        """Everything is due at the same instant."""
        return datetime(2026, 7, 1, 21, tzinfo=UTC) if person_id else None


async def test_without_a_time_machine_the_bar_says_so(http: httpx.AsyncClient, ana: Person) -> None:
    """503 with a sentence, and `available` false."""
    time = (await http.get(f"/page-api/time?person={ana.id}")).json()
    assert (time["available"], time["zone"], time["now"]) == (False, None, "2026-03-03T12:00:00+00:00")
    answer = await http.post("/page-api/time", json={"action": "hour"})
    assert (answer.status_code, "time machine" in answer.json()["error"]) == (503, True)


async def test_an_hour_forward_is_told_to_the_page(
    http: httpx.AsyncClient, server: SandboxServer, clock: ManualClock, ana: Person
) -> None:
    """Progress, the end, and the new time in the person's zone."""
    server.set_time_machine(Machine(clock))
    async with listening(http, f"/page-api/people/{ana.id}/events") as events:
        await take(events)
        answer = await http.post("/page-api/time", json={"action": "hour", "person": ana.id})
        assert (answer.status_code, answer.json()) == (202, {"started": "hour"})
        first, last, time = [await take(events) for _ in range(3)]
    assert (first[0], first[1]["share"], first[1]["label"], first[1]["done"]) == (
        "progress",
        0.5,
        "half way",
        False,
    )
    assert (last[1]["done"], last[1]["error"]) == (True, None)
    assert time == (
        "time",
        {
            "now": "2026-03-03T13:00:00+00:00",
            "zone": "Europe/Lisbon",
            "local": "2026-03-03T13:00:00+00:00",
            "next_message": "2026-07-01T21:00:00+00:00",
            "busy": False,
            "journey": None,
            "speed": 1,
            "available": True,
        },
    )


async def test_journeys_are_made_one_at_a_time_and_can_be_stopped(
    http: httpx.AsyncClient, server: SandboxServer, clock: ManualClock, ana: Person
) -> None:
    """A second is refused with 409 until the first is stopped."""
    server.set_time_machine(Machine(clock))
    week = {"action": "week", "person": ana.id}
    async with listening(http, f"/page-api/people/{ana.id}/events") as events:
        await take(events)
        assert (await http.post("/page-api/time", json=week)).status_code == 202
        assert (await take(events))[1]["label"] == f"day 1 of 7 for {ana.id}"
        assert (await http.post("/page-api/time", json=week)).status_code == 409
        assert (await http.get("/page-api/time")).json()["busy"]
        assert (await http.post("/page-api/time", json={"action": "stop"})).status_code == 202
        assert (await take(events))[1]["done"]
    assert not (await http.get("/page-api/time")).json()["busy"]


async def test_a_journey_that_fails_says_so(
    http: httpx.AsyncClient, server: SandboxServer, clock: ManualClock, ana: Person
) -> None:
    """And the next one can begin; unknown journeys are refused."""
    server.set_time_machine(Machine(clock))
    async with listening(http, f"/page-api/people/{ana.id}/events") as events:
        await take(events)
        await http.post("/page-api/time", json={"action": "next", "person": ana.id})
        await take(events)
        assert "RuntimeError" in (await take(events))[1]["error"]
        assert (await take(events))[0] == "time"
        await http.post("/page-api/time", json={"action": "history", "person": ana.id})
        assert (await take(events))[1]["done"]
    assert (await http.post("/page-api/time", json={"action": "sideways"})).status_code == 400
    assert (await http.post("/page-api/time", json={"action": "week"})).status_code == 400


async def test_a_story_ends_when_its_person_is_played_by_the_visitor(
    http: httpx.AsyncClient, server: SandboxServer, clock: ManualClock, ana: Person
) -> None:
    """A page that is opened meanwhile sees how far it is; somebody else's text doesn't end it."""
    server.set_time_machine(Machine(clock))
    rui = server.person(opened=True)
    async with listening(http, f"/page-api/people/{ana.id}/events") as events:
        await take(events)
        await http.post("/page-api/time", json={"action": "story", "person": ana.id})
        await take(events)
        assert (await http.post("/page-api/time", json={"action": "speed", "speed": 4})).status_code == 202
        assert (await http.post("/page-api/time", json={"action": "speed", "speed": 5})).status_code == 400
        await http.post("/page-api/time", json={"action": "stop"})
        assert (await take(events))[1]["done"]
        assert (await take(events))[0] == "time"
        await http.post("/page-api/time", json={"action": "story", "person": ana.id})
        await take(events)
        await http.post(f"/page-api/people/{rui.id}/text", json={"text": "Hello"})
        time = (await http.get(f"/page-api/time?person={ana.id}")).json()
        assert time["journey"] == {
            "action": "story",
            "share": 0.5,
            "label": f"half of {ana.id}'s story",
            "person": ana.id,
        }
        await http.post(f"/page-api/people/{ana.id}/text", json={"text": "/today"})
        assert (await take(events))[1]["done"]
        assert (await take(events))[0] == "time"
        assert (await take(events))[1]["message"]["text"] == "/today"
