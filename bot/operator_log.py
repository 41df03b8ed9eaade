"""Whoever runs the bot, as its parts see them: somebody who is told one clear line for each trouble."""

from __future__ import annotations

import logging
from typing import Protocol

log = logging.getLogger(__name__)


class Operator(Protocol):
    """Hears what only a person can mend, in the log or in a chat (bot.operator_chat).

    Nothing that a patient wrote, and no token, is ever said.
    """

    def tell(self, what: str) -> None:
        """Say *what*: one line, what is wrong and how to mend it."""
        ...


class LogOperator:
    """The operator who reads the log."""

    def tell(self, what: str) -> None:
        """Write a line at level warning."""
        log.warning("%s", what)
