"""Refusals, in Telegram's own words."""

from __future__ import annotations

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
STALE_QUERY = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
POLLER_ENDED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class ApiError(Exception):
    """A refusal as the Bot API words it.

    Attributes:
        code: `error_code`, and the HTTP status.
        description: The whole description, with its prefix.
        retry_after: Seconds to wait (429), or None.
    """

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad_request(words: str) -> ApiError:
    """Return the 400 with these words."""
    return ApiError(400, f"Bad Request: {words}")


def forbidden(words: str) -> ApiError:
    """Return the 403 with these words."""
    return ApiError(403, f"Forbidden: {words}")


def conflict(description: str) -> ApiError:
    """Return the 409 with this whole description."""
    return ApiError(409, description)


def too_many_requests(retry_after: int) -> ApiError:
    """Return the 429 that asks to wait *retry_after* seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
