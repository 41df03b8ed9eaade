"""Processes that are there to be killed: forked from a server that has imported the bot already.

So a life costs a tenth of a second, not one and a half.
"""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess


def start(target: Callable[..., None], *arguments: Any) -> BaseProcess:  # noqa: ANN401 - what it takes
    """Start a process that calls *target*; it ends with this one at the latest."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.dying_bot", "tests.journeys.bot_process"])
    process = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process
