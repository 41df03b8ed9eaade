"""The Bot API over HTTP: token, method, faults, effect, answer. Plain ASGI: every message passes here."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot.sandbox import editing, files, membership, profile, sending, webhook
from bot.sandbox.call import Call, read_call
from bot.sandbox.errors import WEBHOOK_ACTIVE, ApiError, conflict
from bot.sandbox.faults import CutAfter, CutBefore, Refuse, Slow, SlowReply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    from bot.sandbox.arrivals import Arrival
    from bot.sandbox.world import World

    Handler = Callable[[World, Call], object]

_HANDLERS: dict[str, Handler] = {
    "getMe": profile.get_me,
    "getUpdates": webhook.get_updates,
    "setWebhook": webhook.set_webhook,
    "deleteWebhook": webhook.delete_webhook,
    "getWebhookInfo": webhook.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "setMessageReaction": sending.set_message_reaction,
    "pinChatMessage": sending.pin_chat_message,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "editMessageMedia": editing.edit_message_media,
    "deleteMessage": editing.delete_message,
    "answerCallbackQuery": editing.answer_callback_query,
    "getChat": membership.get_chat,
    "getChatMember": membership.get_chat_member,
    "leaveChat": membership.leave_chat,
    "getFile": files.get_file,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
}
_METHODS = {name.lower(): (name, handler) for name, handler in _HANDLERS.items()}
_LIMITED = frozenset(name for name in _HANDLERS if name.startswith(("send", "edit"))) - {"sendChatAction"}
_JSON_TYPE = (b"content-type", b"application/json")
TOKEN_SHAPE = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{8,80}")


class BotApi:
    """Serves /bot<token>/<method> and /file/bot<token>/<path>.

    Args:
        world: What the calls act on.
        token: The one token that is known here.
        cut: Cuts the connection that a scope came through.
    """

    def __init__(self, world: World, token: str, cut: Callable[[Scope], Awaitable[None]]) -> None:
        self._world = world
        self._token = token
        self._cut = cut
        self.closing = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        token, _, method = scope["path"].removeprefix("/bot").partition("/")
        try:
            self._check_token(token)
            call = await read_call(scope, receive, method)
        except ApiError as error:
            await respond(send, error.code, error_body(error))
            return
        await self._serve(scope, receive, send, call)

    def _check_token(self, token: str) -> None:
        if token != self._token:
            known_shape = TOKEN_SHAPE.fullmatch(token)
            raise ApiError(401, "Unauthorized") if known_shape else ApiError(404, "Not Found")

    async def _serve(self, scope: Scope, receive: Receive, send: Send, call: Call) -> None:
        world = self._world
        if world.faults.latency_s:
            await self._pause(world.faults.latency_s)
        name, handler = _METHODS.get(call.method.lower(), (call.method, None))
        arrival = world.traffic.begin(name, call)
        action = world.faults.strike(name, arrival.chat_id)
        if isinstance(action, CutBefore):
            await self._hang_up(scope, arrival, "cut before")
            return
        if isinstance(action, Slow):
            await self._pause(action.seconds)
        if name == "getUpdates":
            async with self._ending_with_connection(receive):
                status, body = await self._run(call, handler, action, arrival)
        else:
            status, body = await self._run(call, handler, action, arrival)
        if isinstance(action, SlowReply):
            await self._pause(action.seconds)
        if isinstance(action, CutAfter):
            await self._hang_up(scope, arrival, "cut after")
            return
        world.traffic.end(arrival)
        await respond(send, status, body)

    async def _hang_up(self, scope: Scope, arrival: Arrival, outcome: str) -> None:
        arrival.outcome, arrival.status = outcome, 0
        self._world.traffic.end(arrival)
        await self._cut(scope)

    @asynccontextmanager
    async def _ending_with_connection(self, receive: Receive) -> AsyncIterator[None]:
        """A poller that was killed waits no longer: it would look like one that is there."""

        async def hang_up() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            self._world.updates.release_poll()

        watcher = asyncio.get_running_loop().create_task(hang_up())
        try:
            yield
        finally:
            watcher.cancel()

    async def _run(
        self, call: Call, handler: Handler | None, action: object, arrival: Arrival
    ) -> tuple[int, dict[str, Any]]:
        name = arrival.method
        try:
            if name in _LIMITED and not isinstance(action, Refuse):
                self._world.faults.rate_limit.check()
            result = _admitted(self._world, name, handler, action)(self._world, call)
            if inspect.isawaitable(result):
                result = await result
        except ApiError as refusal:
            return _refused(arrival, refusal)
        arrival.outcome, arrival.status, arrival.result = "ok", 200, result
        if isinstance(result, dict):
            arrival.message_id = result.get("message_id")
        return 200, {"ok": True, "result": result}

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than the server lives."""
        try:
            async with asyncio.timeout(seconds):
                await self.closing.wait()
        except TimeoutError:
            return

    async def download(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one file."""
        token, _, path = scope["path"].removeprefix("/file/bot").partition("/")
        file = self._world.files.by_path(path)
        if file is None or token != self._token:
            await respond(send, 404, error_body(ApiError(404, "Not Found")))
        else:
            await respond_bytes(send, 200, file.content, (b"content-type", file.mime_type.encode()))


def _refused(arrival: Arrival, error: ApiError) -> tuple[int, dict[str, Any]]:
    arrival.outcome, arrival.status, arrival.description = "refused", error.code, error.description
    return error.code, error_body(error)


def _admitted(world: World, name: str, handler: Handler | None, action: object) -> Handler:
    if isinstance(action, Refuse):
        raise action.error
    if handler is None:
        raise ApiError(404, "Not Found")
    if name == "getUpdates" and world.webhook.url:
        raise conflict(WEBHOOK_ACTIVE)
    return handler


def error_body(error: ApiError) -> dict[str, Any]:
    """Return the JSON of a refusal."""
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return body


async def respond(send: Send, status: int, body: dict[str, Any]) -> None:
    """Send a JSON answer."""
    await respond_bytes(send, status, json.dumps(body).encode(), _JSON_TYPE)


async def respond_bytes(send: Send, status: int, content: bytes, content_type: tuple[bytes, bytes]) -> None:
    """Send an answer with a known length."""
    headers = [content_type, (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
