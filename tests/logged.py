"""Reads what the whole suite logs and prints, and fails the session when content or a token stands in it.

It sees what an operator could see at most: the bot at debug, libraries from warning on, exceptions as
bot.logs writes them, but before the redaction, which is only the second line of defence. Content is
whatever a test's people typed, tapped or are called, and whatever the bot said to them.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

from bot.logs import Redactor, TextFormatter, without_content
from bot.sandbox.arrivals import Arrival, Traffic
from bot.sandbox.server import SANDBOX_TOKEN

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

# Shorter texts ("6", "22:00") stand in innocent lines, too.
_SHORTEST_CONTENT = 9
_CONTENT_KEPT = 2_000
# What the tests' people are called, and what no line may hold whoever typed it.
_ALWAYS = re.compile(rf"\bAna\b|canary|\d ?mg\b|{re.escape(SANDBOX_TOKEN)}|\d{{6,}}:[A-Za-z0-9_-]{{30,}}")
_TEXTS = frozenset({"text", "caption", "first_name", "last_name", "username", "phone_number"})


class _NothingRedacted(Redactor):
    def __call__(self, text: str) -> str:
        """Return the text as it is."""
        return text


class LogWatch(logging.Handler):
    """The handler, and the pytest plugin around it; one in each xdist worker, which tells the controller."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(TextFormatter())
        self._redact = _NothingRedacted(())
        self._content: deque[str] = deque(maxlen=_CONTENT_KEPT)
        self._test = "before the first test"
        self.lines = 0
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Read one record."""
        try:
            line = self.format(without_content(record, self._redact))
        except Exception:  # noqa: BLE001 - a broken log call; bot.logs tells of those without content
            return
        self.read(line, f"{record.name}:{record.lineno}")

    def read(self, line: str, where: str) -> None:
        """Note a leak when *line* holds content; says where, never what."""
        self.lines += 1
        if _ALWAYS.search(line) or any(content in line for content in self._content):
            self.leaks.append(f"{self._test}: logged by {where}")

    def note(self, texts: Iterable[Any]) -> None:
        """Learn what must not be logged from now on."""
        self._content.extend(
            text for text in texts if isinstance(text, str) and len(text) >= _SHORTEST_CONTENT
        )

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Forget the earlier test's content; log as at the highest level that can be set."""
        self._test = item.nodeid
        self._content.clear()
        # `ldn-companion check` and `doctor`, called in this process, silence it.
        logging.disable(logging.NOTSET)
        logging.getLogger("bot").setLevel(logging.DEBUG)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Read what was printed as well: by the bot, by its commands, by processes that were started."""
        report = yield
        for name, printed in report.sections:
            if name in {f"Captured stdout {report.when}", f"Captured stderr {report.when}"}:
                for line in printed.splitlines():
                    self.read(line, f"{name.split()[1]} ({report.when})")
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand what was seen to the controller, or judge it here."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["logged"] = (self.lines, self.leaks)
        elif self.leaks:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's own type
        """Add what a worker saw."""
        lines, leaks = getattr(node, "workeroutput", {}).get("logged", (0, []))
        self.lines += lines
        self.leaks += leaks

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was read, and where content stood."""
        terminalreporter.write_line(f"{self.lines} log lines read for content: {len(self.leaks)} leaks")
        for leak in self.leaks:
            terminalreporter.write_line(f"CONTENT OR A TOKEN WAS LOGGED in {leak}", red=True)


def watch(config: pytest.Config) -> LogWatch:
    """Install the watch: once a process, from conftest's pytest_configure."""
    log_watch = LogWatch()
    config.pluginmanager.register(log_watch, "log-watch")
    logging.getLogger().addHandler(log_watch)
    note_update, end = Traffic.note_update, Traffic.end

    def noting_update(self: Traffic, update: dict[str, Any]) -> None:
        log_watch.note(_texts_in(update))
        note_update(self, update)

    def noting_end(self: Traffic, arrival: Arrival) -> None:
        log_watch.note(_texts_in(arrival.params))
        end(self, arrival)

    # Every person of every test comes by here.
    Traffic.note_update, Traffic.end = noting_update, noting_end  # type: ignore[method-assign]
    return log_watch


def _texts_in(value: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _texts_in(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_in(part, name)
    elif isinstance(value, str) and name in _TEXTS:
        yield value
