"""What the chat page is told when something can't be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request


class PageError(Exception):
    """A refusal with an HTTP status and one clear sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


async def _page_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PageError)  # noqa: S101 - Starlette calls it for these alone
    return JSONResponse({"error": error.sentence}, error.status)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette calls it for these alone
    return JSONResponse({"error": f"{error.detail}."}, error.status_code)


ANSWERS = {PageError: _page_error, HTTPException: _http_error}
"""What Starlette answers for which exception."""
