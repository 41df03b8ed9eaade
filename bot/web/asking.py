"""Asks a running bot how it is: for `ldn-companion healthcheck` and `doctor`."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config import TelegramSettings

OK = 200
NO_ANSWER = (OSError, http.client.HTTPException)
"""What `ask_health` raises where nobody answers."""
_LONGEST_ANSWER = 500


def address(telegram: TelegramSettings) -> tuple[str, int]:
    """Return host and port at which this machine's bot is asked."""
    everywhere = telegram.listen_host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    return "127.0.0.1" if everywhere else telegram.listen_host, telegram.listen_port


def ask_health(telegram: TelegramSettings, timeout_s: float) -> tuple[int, str]:
    """Return the status of /healthz and the begin of what it says.

    Raises:
        OSError: Nobody answers within *timeout_s*.
        http.client.HTTPException: Whoever answers doesn't speak HTTP.
    """
    connection = http.client.HTTPConnection(*address(telegram), timeout=timeout_s)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, answer.read(_LONGEST_ANSWER).decode("ascii", "replace")
    finally:
        connection.close()
