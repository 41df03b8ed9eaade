"""A Bot API that says yes to everything and costs next to nothing: what it measures is the bot.

It counts sendMessage per chat; `GET /counts` answers {"calls": ..., "chats": ...}.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import cast
from urllib.parse import parse_qs

import uvloop

_ME = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
_DATE = 1_800_000_000


class FastApi(asyncio.Protocol):
    """One connection: requests with a Content-Length, one after the other."""

    chats: dict[int, int]
    latency_s: float

    def __init__(self, chats: dict[int, int], latency_s: float) -> None:
        self.chats = chats
        self.latency_s = latency_s
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        # uvloop's own sort isn't asyncio's.
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            begin = head.find(b"content-length:")
            length = int(head[begin + 15 :].split(b"\r\n", 1)[0]) if begin >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            body = self._buffer[end + 4 : end + 4 + length]
            method = head.split(b" ", 2)[1].rsplit(b"/", 1)[-1]
            self._buffer = self._buffer[end + 4 + length :]
            self._answer(method, body)

    def _answer(self, method: bytes, body: bytes) -> None:
        wait = self.latency_s
        if method == b"counts":
            result: object = {"calls": sum(self.chats.values()), "chats": len(self.chats)}
        elif method == b"sendmessage":
            chat = int(parse_qs(body.decode("ascii"))["chat_id"][0])
            self.chats[chat] = self.chats.get(chat, 0) + 1
            result = {"message_id": 1, "date": _DATE, "chat": {"id": chat, "type": "private"}, "text": "."}
        elif method.startswith(b"getupdates"):
            result, wait = [], 20.0
        else:
            result = _ME if method == b"getme" else True
        payload = json.dumps({"ok": True, "result": result}).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
            payload
        )
        if wait:
            asyncio.get_running_loop().call_later(wait, self._write, head + payload)
        else:
            self._write(head + payload)

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


async def serve(latency_s: str) -> None:
    """Serve on a free port, named on standard output, until standard input ends."""
    chats: dict[int, int] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: FastApi(chats, float(latency_s)), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}/bot", flush=True)  # noqa: T201 - the protocol
    await asyncio.to_thread(sys.stdin.readline)
    server.close()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
