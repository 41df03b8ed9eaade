"""PTB's requests over aiohttp: the same errors as its own HTTPXRequest, for a fraction of the processor time.

What matters to the sender is kept: `__cause__` of a NetworkError tells whether the request left for sure not
(`never_left`) or maybe. Nothing is repeated here: Telegram has no idempotency key.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest
from yarl import URL

from bot.config import StartError

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput
    from telegram.request import RequestData

CONNECT_S = 5.0
POOL_S = 5.0
READ_S = 10.0
WRITE_S = 10.0
WRITE_FILE_S = 20.0
# Below what servers wait (5 s and more): a request on a connection that is just being closed may be lost.
_KEEP_ALIVE_S = 4.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_NEVER_LEFT = (
    aiohttp.ClientConnectorError,  # no name, refused, no TLS, no proxy
    aiohttp.ConnectionTimeoutError,  # no connection in time, or none free
    aiohttp.ClientHttpProxyError,  # the proxy said no
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)


def never_left(error: TelegramError) -> bool:
    """Tell whether *error* means that the request didn't reach Telegram, for sure."""
    return isinstance(error.__cause__, _NEVER_LEFT)


def proxy_of_surroundings(base_url: str) -> str | None:
    """Return the proxy that HTTPS_PROXY or ALL_PROXY names for *base_url*, or None.

    Plain http is a server on this machine: no proxy stands between.

    Raises:
        StartError: It speaks SOCKS.
    """
    parts = urlsplit(base_url)
    if parts.scheme == "http" or proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if proxy and not proxy.startswith(("http://", "https://")):
        raise StartError(
            "the proxy of the surroundings (HTTPS_PROXY, ALL_PROXY) must begin with http:// or https://; "
            "set one that does, or take the variable away"
        )
    return proxy


class LeanRequest(BaseRequest):
    """Requests of one bot on a pool of kept connections.

    Args:
        connections: How many at once; further requests wait for a free one, at most five seconds.
        proxy: The proxy's address, or None to go straight.
        read_timeout: Seconds to wait for Telegram's answer once the request is written.
    """

    def __init__(self, connections: int, *, proxy: str | None = None, read_timeout: float = READ_S) -> None:
        self._connections = connections
        self._proxy = proxy
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Return the seconds to wait for an answer."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; once more changes nothing."""
        if self._session is not None and not self._session.closed:
            return
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=_KEEP_ALIVE_S, ttl_dns_cache=60
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
            trust_env=False,
        )

    async def shutdown(self) -> None:
        """Close every connection; once more changes nothing."""
        if self._session is not None:
            await self._session.close()

    async def do_request(  # noqa: PLR0917 - PTB's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call (telegram.request.BaseRequest.do_request).

        Raises:
            TimedOut: No connection, or no answer, in time.
            NetworkError: Anything else that went wrong on the way.
        """
        files = request_data is not None and request_data.contains_files
        timeout = _timeout(
            _seconds(connect_timeout, CONNECT_S),
            _seconds(pool_timeout, POOL_S),
            _seconds(write_timeout, WRITE_FILE_S if files else WRITE_S),
            _seconds(read_timeout, self._read_timeout),
        )
        data, headers = _body(request_data, files=files)
        try:
            return await self._exchange(
                method, URL(url, encoded=True), data=data, headers=headers, timeout=timeout
            )
        except aiohttp.ConnectionTimeoutError:
            # Its own words hold the address, and that the token.
            raise TimedOut("no connection in time") from aiohttp.ConnectionTimeoutError()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from error

    async def _exchange(self, method: str, url: URL, **options: Any) -> tuple[int, bytes]:  # noqa: ANN401 - aiohttp's
        if self._session is None or self._session.closed:
            raise RuntimeError("initialize() comes first")
        async with self._session.request(
            method, url, proxy=self._proxy, allow_redirects=False, **options
        ) as response:
            return response.status, await response.read()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer as JSON; PTB's own would log one that isn't.

        Raises:
            TelegramError: It isn't JSON.
        """
        try:
            return json.loads(payload)  # type: ignore[no-any-return]
        except ValueError as error:
            raise TelegramError("Invalid server response") from error


@lru_cache(maxsize=16)
def _timeout(
    connect_s: float | None, pool_s: float | None, write_s: float | None, read_s: float | None
) -> aiohttp.ClientTimeout:
    """Return aiohttp's limits; as it has none for writing, the whole may take as long as all its parts."""
    waiting = None if connect_s is None or pool_s is None else connect_s + pool_s
    total = None if waiting is None or write_s is None or read_s is None else waiting + write_s + read_s
    return aiohttp.ClientTimeout(total=total, connect=waiting, sock_connect=connect_s, sock_read=read_s)


def _seconds(given: ODVInput[float], default: float | None) -> float | None:
    return default if isinstance(given, DefaultValue) else given


def _body(
    request_data: RequestData | None, *, files: bool
) -> tuple[bytes | aiohttp.FormData | None, dict[str, str] | None]:
    if request_data is None:
        return None, None
    if not files:
        return request_data.url_encoded_parameters().encode("ascii"), _FORM
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form, None
