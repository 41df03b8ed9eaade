"""What the chat page in the browser talks to: people, messages, taps, files, traffic and the time bar.

Everything is JSON on the sandbox's own port. Instants are ISO 8601 in UTC ("2026-03-01T21:00:00+00:00").
Requests whose Host isn't loopback, or whose Origin is another one, get 403. A POST with a JSON body must say
`Content-Type: application/json`. An error is `{"error": "One clear sentence."}` with status 400, 403, 404,
409 or 503. The page is served under a strict Content-Security-Policy: scripts and styles from 'self' only,
nothing inline; images also from `data:` and `blob:`.

Static files
    GET /                    bot/sandbox/page/index.html
    GET /page/{file}         bot/sandbox/page/{file}

People
    GET  /page-api/people                    {"people": [PERSON, ...]}
    POST /page-api/people {}                 201 {"person": PERSON}; a new patient, who has not said anything
         optional: {"first_name": "Ana", "language_code": "pt"}
    PERSON = {"id": 5000000001, "first_name": "Ana", "language_code": "en", "blocked": false}

What a person does (204 without a body when it worked)
    POST /page-api/people/{id}/text      {"text": "/start"}; pressing a command or a plain reply key is text
    POST /page-api/people/{id}/tap       {"message_id": 12, "data": "checkin:..."}; a callback button
    POST /page-api/people/{id}/location  {"latitude": 38.72, "longitude": -9.14}
    POST /page-api/people/{id}/edit      {"message_id": 11, "text": "4.5"}; edits the person's own message
    POST /page-api/people/{id}/photo     the image itself as body, Content-Type: image/png or image/jpeg
    POST /page-api/people/{id}/document?name=diary.json  the file itself as body, with its Content-Type
    POST /page-api/people/{id}/sticker   {}
    POST /page-api/people/{id}/voice     {}
    POST /page-api/people/{id}/block     {"blocked": true}; false unblocks
    A tap on a button that the message no longer has is 400 (a real client can't do it either).

GET /page-api/people/{id}/events: Server-Sent Events, one chat. First `snapshot`, then changes; a reconnect
starts with a new snapshot, so nothing has to be remembered (`boot` differs after a restart of the server; an
unknown person is 404: ask for /page-api/people again). A comment line every 15 s keeps it alive.

    event: snapshot
    data: {"boot": "f3a9c1", "person": PERSON, "messages": [MESSAGE, ...], "commands": [COMMAND, ...],
           "keyboard": KEYBOARD or null, "now": "2026-03-01T21:00:00+00:00",
           "bot": {"name": "LDN Companion", "username": "sandbox_bot",
                   "description": "shown in the empty chat", "short_description": "..."}}

    event: message                 a new message, or a new version of one: replace by id; order by id
    data: {"message": MESSAGE}

    event: deleted
    data: {"message_id": 12}

    event: toast                   the answer to a tap; `text` "" only ends the button's waiting state
    data: {"message_id": 12, "data": "checkin:...", "text": "Saved", "alert": false, "url": null}

    event: keyboard                the keyboard below the input field; null: removed
    data: {"keyboard": KEYBOARD or null}

    event: commands
    data: {"commands": [COMMAND, ...]}

    event: bot                     name or descriptions changed
    data: {"bot": {...as in snapshot}}

    event: action                  the bot is busy; shown for 5 s or until its next message
    data: {"action": "typing"}

    event: person                  blocked or unblocked
    data: {"person": PERSON}

    event: time                    the clock was moved (by any page), or a journey in time ended
    data: TIME

    event: progress                a journey in time is under way; after `done` no more of them come
    data: {"action": "week", "person": id, "share": 0.43, "label": "day 3 of 7", "done": false, "error": null}
    data: {"action": "week", "person": id, "share": 1.0, "label": "", "done": true, "error": null}

    MESSAGE = {"id": 12, "from": "bot" or "person", "date": "2026-03-01T21:00:00+00:00",
               "edited": null or instant, "text": "Pain 6",
               "html": "Pain <b>6</b>", "silent": false, "reply_to": null or id,
               "rows": [[BUTTON, ...], ...], "media": MEDIA or null}
        `html` is made by the server from text and entities, and is safe to put in as it is. Its elements:
        b, i, u, s, code, pre, a (href http, https, tg, mailto or tel; rel and target set), blockquote (class
        "expandable" if so), span class="spoiler", time datetime="..." (an instant; the text is the sender's
        wording). Lines end in a newline character: use `white-space: pre-wrap`. Under a picture or a file,
        text and html are its caption.
    BUTTON = {"text": "Taken", "data": "dose:..." or null, "url": null or "https://...",
              "style": null, "primary" (blue), "success" (green) or "danger" (red)}
    MEDIA = {"kind": "photo", "url": "/page-api/files/AgAC...", "name": "chart.png",
             "size": 40123, "type": "image/png"}
          | {"kind": "document", ...the same}
          | {"kind": "location", "latitude": 38.72, "longitude": -9.14}
          | {"kind": "sticker", "emoji": "🙂"} | {"kind": "voice", "seconds": 3}
          | {"kind": "other"}
    KEYBOARD = {"rows": [[{"text": "Share my location", "request": "location" or "contact" or null}]],
                "one_time": true, "placeholder": null or "..."}
    COMMAND = {"command": "today", "description": "Did I take it?"}

GET /page-api/files/{file_id}   a picture or file, with its type; `?download=1` adds Content-Disposition

The time bar
    GET /page-api/time?person={id}       TIME
    TIME = {"now": "2026-03-01T21:00:00+00:00", "zone": "Europe/Lisbon" or null,
            "local": "2026-03-01T21:00:00+00:00" or null (wall time with offset in that zone),
            "next_message": null or instant, "busy": false, "available": true, "speed": 1,
            "journey": null or {"action": "story", "share": 0.4, "label": "week 6", "person": id}}
        Between two TIMEs the clock runs at normal speed. `available` false: no time machine, hide the bar.
    POST /page-api/time {"action": "next", "person": id}   202 {"started": "next"}; progress comes by events
        action: "next" (to the next message) | "hour" | "day" (+1 each) | "week" (play a week) |
        "history" (fill 90 days) | "story" (three months, told slowly; a tap or text of its person ends it)
        | "stop" (ends the journey under way where nothing is half done; 202 also if there was none)
        | "speed" with "speed": 1, 4 or 20, for the story
        409 while a journey is under way; 503 without a time machine.

The developers' drawer
    GET /page-api/traffic: Server-Sent Events; first the last 200, then each new one; no tokens in it
    event: call
    data: {"number": 57, "at": "2026-03-01T21:00:00+00:00", "method": "sendMessage", "chat_id": 5000000001,
           "params": {...}, "status": 200, "ok": true, "result": {...} or null,
           "error": null or "Bad Request: ...", "ms": 1.8}
    event: update
    data: {"number": 58, "at": "...", "update": {"update_id": 1, "message": {...}}}
"""

from __future__ import annotations

import secrets
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox import page_views
from bot.sandbox.guard import with_security_headers
from bot.sandbox.page_errors import ANSWERS, PageError
from bot.sandbox.page_people import ACTS, field, json_body
from bot.sandbox.page_time import TimeBar
from bot.sandbox.sse import event_stream, next_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer
    from bot.sandbox.signals import Event
    from bot.sandbox.time_machine import TimeMachine

Json = dict[str, Any]

PAGE = Path(__file__).parent / "page"


class PageApi:
    """The chat page's side of the server.

    Attributes:
        time_bar: Holds the time machine.
    """

    def __init__(self, server: SandboxServer, time_machine: TimeMachine | None) -> None:
        self._server = server
        self._boot = secrets.token_hex(4)
        self.time_bar = TimeBar(server.world, time_machine)

    def app(self) -> ASGIApp:
        """Return the application with every route of the page."""
        person = "/page-api/people/{person:int}"
        routes = [
            Route("/", self._index),
            Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
            Route("/page-api/people", self._people),
            Route("/page-api/people", self._new_person, methods=["POST"]),
            Route(f"{person}/events", self._events),
            Route(f"{person}/{{act}}", self._act, methods=["POST"]),
            Route("/page-api/files/{file_id}", self._file),
            Route("/page-api/traffic", self._traffic),
            Route("/page-api/time", self._time),
            Route("/page-api/time", self._travel, methods=["POST"]),
        ]
        return with_security_headers(Starlette(routes=routes, exception_handlers=ANSWERS))

    async def close(self) -> None:
        """End every stream and the journey under way."""
        await self.time_bar.close()
        self._server.traffic.feed.end()
        for chat in self._server.world.chats.values():
            chat.feed.end()

    def _person(self, request: Request) -> Person:
        person_id = request.path_params["person"]
        person = next((each for each in self._server.people if each.id == person_id), None)
        if person is None:
            raise PageError(404, "There is no such person.")
        return person

    async def _index(self, _request: Request) -> Response:
        index = PAGE / "index.html"
        if not index.is_file():
            raise PageError(404, "This installation has no chat page.")
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    async def _people(self, _request: Request) -> Response:
        return JSONResponse({"people": [page_views.person_view(each) for each in self._server.people]})

    async def _new_person(self, request: Request) -> Response:
        body = await json_body(request)
        person = self._server.person(
            first_name=field({"first_name": "Ana", **body}, "first_name", str) or "Ana",
            language_code=field({"language_code": "en", **body}, "language_code", str),
        )
        return JSONResponse({"person": page_views.person_view(person)}, 201)

    async def _act(self, request: Request) -> Response:
        person = self._person(request)
        act = ACTS.get(request.path_params["act"])
        if act is None:
            raise PageError(404, "Nobody can do that.")
        await self.time_bar.taken_over(person.id)
        await act(person, request)
        return Response(status_code=204)

    async def _events(self, request: Request) -> Response:
        return event_stream(self._chat_events(self._person(request)))

    async def _chat_events(self, person: Person) -> AsyncIterator[Event | None]:
        with person.chat.feed.subscribe() as queue:
            yield "snapshot", self._snapshot(person)
            async for event in next_events(queue):
                yield await self._chat_event(person, *event) if event else None

    async def _chat_event(self, person: Person, name: str, data: Json) -> Event:
        views: dict[str, Callable[[], Json]] = {
            "message": lambda: {"message": page_views.message_view(data["message"])},
            "toast": lambda: page_views.toast_view(data["press"]),
            "keyboard": lambda: {"keyboard": page_views.keyboard_view(person.reply_keyboard)},
            "commands": lambda: {"commands": person.commands},
            "bot": lambda: {"bot": self._bot_view(person)},
            "person": lambda: {"person": page_views.person_view(person)},
        }
        if name == "time":
            return name, await self.time_bar.view(person.id)
        return name, views[name]() if name in views else data

    def _bot_view(self, person: Person) -> Json:
        return page_views.bot_view(self._server.world.profile, person.user.get("language_code", ""))

    def _snapshot(self, person: Person) -> Json:
        return {
            "boot": self._boot,
            "person": page_views.person_view(person),
            "messages": [page_views.message_view(each) for each in person.messages],
            "commands": person.commands,
            "keyboard": page_views.keyboard_view(person.reply_keyboard),
            "now": self._server.clock.now().isoformat(),
            "bot": self._bot_view(person),
        }

    async def _file(self, request: Request) -> Response:
        file = self._server.world.files.by_id(request.path_params["file_id"])
        if file is None:
            raise PageError(404, "There is no such file.")
        # Whatever a file claims to be, the browser must not run it as a page of ours.
        shown = file.mime_type.startswith("image/") and "svg" not in file.mime_type
        headers = {"Content-Security-Policy": "sandbox"}
        if not shown or "download" in request.query_params:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return Response(file.content, media_type=file.mime_type, headers=headers)

    async def _traffic(self, _request: Request) -> Response:
        return event_stream(self._traffic_events())

    async def _traffic_events(self) -> AsyncIterator[Event | None]:
        traffic = self._server.traffic
        with traffic.feed.subscribe() as queue:
            for item in list(traffic.recent):
                yield page_views.traffic_view(item)
            async for event in next_events(queue):
                yield page_views.traffic_view(event[1]["item"]) if event else None

    async def _time(self, request: Request) -> Response:
        person = request.query_params.get("person", "")
        return JSONResponse(await self.time_bar.view(int(person) if person.isdecimal() else None))

    async def _travel(self, request: Request) -> Response:
        body = await json_body(request)
        action = field(body, "action", str)
        if action == "speed":
            self.time_bar.set_speed(field(body, "speed", int))
            return JSONResponse({"started": action}, 202)
        self.time_bar.start(action, field({"person": None, **body}, "person", int, NoneType))
        return JSONResponse({"started": action}, 202)
