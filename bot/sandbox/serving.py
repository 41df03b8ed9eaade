"""uvicorn on a loopback socket in the running loop: up and down at once, connections cut at will."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope

KEEP_ALIVE_S = 75
_STOP_S = 2.0


def loopback_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on loopback.

    Args:
        host: An address, or "localhost".
        port: 0 for any free one.

    Raises:
        ValueError: The host isn't loopback.
        OSError: The port is taken.
    """
    address = ip_address("127.0.0.1" if host == "localhost" else host)
    if not address.is_loopback:
        raise ValueError(f"the sandbox listens on loopback only, not on {host}")
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4
    # asyncio turns Nagle's delay off (40 ms a call here) only where the protocol is named.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((str(address), port))
    except OSError:
        listener.close()
        raise
    return listener


class Serving:
    """One application served on one socket.

    uvicorn.Server would install signal handlers and take a tenth of a second to stop; its protocol alone does
    what is needed here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            interface="asgi3",
            http=HttpToolsProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._config.load()
        self._state = ServerState()
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Accept connections on *listener*."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, sock=listener, backlog=2048)

    def _protocol(self) -> asyncio.Protocol:
        return _CuttableProtocol(self._config, self._state, self._transports)

    async def cut(self, scope: Scope) -> None:
        """Cut the connection that a request came through, and let uvicorn notice."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport:
            transport.abort()
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Stop listening, cut every connection, and wait for the requests under way to notice."""
        if self._server is None:
            return
        self._server.close()
        for transport in list(self._transports.values()):
            transport.abort()
        await self._server.wait_closed()
        self._server = None
        if self._state.tasks:
            _, late = await asyncio.wait(self._state.tasks, timeout=_STOP_S)
            for task in late:
                task.cancel()


class _CuttableProtocol(HttpToolsProtocol):
    """uvicorn's protocol that remembers its transport by the client's address."""

    def __init__(
        self,
        config: uvicorn.Config,
        state: ServerState,
        transports: dict[tuple[str, int], asyncio.Transport],
    ) -> None:
        super().__init__(config, state, {})
        self._all_transports = transports
        self._address: tuple[str, int] = ("", 0)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Remember the connection."""
        super().connection_made(transport)
        self._address = tuple(transport.get_extra_info("peername")[:2])
        self._all_transports[self._address] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._all_transports.pop(self._address, None)
        super().connection_lost(exc)
