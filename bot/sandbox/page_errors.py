"""What the chat page is told when something can't be done."""

from __future__ import annotations


class PageError(Exception):
    """A refusal with an HTTP status and one clear sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
