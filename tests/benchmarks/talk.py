"""Processes of the bench that are talked to in lines."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKED = ("blocked_ms", "blocked_served_ms", "blocked_cpu_ms", "collector_ms")
"""What `watched` says of its event loop."""


class Talk:
    """A process that answers a line with a line of JSON."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.first_line = self._read()

    def ask(self, *what: object) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to *what*."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._read())

    def end(self) -> None:
        """Close its standard input: it stops by itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def talk(module: str, *arguments: str) -> Iterator[Talk]:
    """Run a process for as long as it is talked to."""
    process = Talk(module, *arguments)
    try:
        yield process
    finally:
        process.end()
