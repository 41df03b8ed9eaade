"""How quick it feels: the help, a start up to an answering page, a tap in the sandbox up to its answer.

Aims: half a second, three seconds, a tenth of a second (95 of 100 taps).
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.benchmarks.pictures import percentiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Json = dict[str, Any]

COMMAND = Path(sys.executable).with_name("ldn-companion")
_LONGEST_S = 60.0
# What is tapped (a button with these words), and what is typed, from /start to a patient with a plan.
_ENROLMENT = (
    *("I've read this", "I agree", ">Lisbon", "Yes", "Not yet", "22:00", "09:00", "1.5 mg", "Start"),
)
# Back to the question about sleep, and on: a check-in that lasts for as long as it is measured.
_ROUND = ("‹ Back", "5")


def feel(taps: int, starts: int = 7) -> dict[str, dict[str, dict[str, float]]]:
    """Return the figures; of *starts* help texts and a third as many starts, and of so many taps."""
    helps = [_help_s() for _ in range(starts)]
    pages: list[float] = []
    for _ in range(max(1, starts // 3)):
        with sandbox() as (_address, answered_s):
            pages.append(answered_s)
    with sandbox() as (address, _answered_s):
        waits = Visitor(address).answer_checkin(taps)
    return {
        "ldn-companion --help": {"ours": _of_starts(helps)},
        "ldn-companion run, to an answering page": {"ours": _of_starts(pages)},
        "sandbox, tap to answer": {"ours": percentiles(waits)},
    }


def _of_starts(seconds: Sequence[float]) -> dict[str, float]:
    return {"median_s": median(seconds), "max_s": max(seconds)}


def _help_s() -> float:
    begin = time.monotonic()
    subprocess.run([COMMAND, "--help"], stdout=subprocess.DEVNULL, check=True, timeout=_LONGEST_S)
    return time.monotonic() - begin


@contextmanager
def sandbox() -> Iterator[tuple[str, float]]:
    """Run `ldn-companion run` without a token in an empty folder; yield host:port, and seconds to a page."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("LDN_")}
    with tempfile.TemporaryDirectory(prefix="ldn-feel-") as folder:
        begin = time.monotonic()
        process = subprocess.Popen(
            [COMMAND, "run"],
            cwd=folder,
            env=environ | {"LDN_SANDBOX__PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        too_long = threading.Timer(_LONGEST_S, process.kill)
        too_long.start()
        try:
            address = _address(process)
            too_long.cancel()
            _ask(address, "GET", "/")
            yield address, time.monotonic() - begin
        finally:
            too_long.cancel()
            process.terminate()
            process.communicate(timeout=_LONGEST_S)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words := [word for word in line.split() if word.startswith("http://")]:
            return urlsplit(words[0]).netloc
    raise RuntimeError("the sandbox didn't start")


class Visitor:
    """Somebody new on the chat page: sees what its event stream brings, and does what its buttons do."""

    def __init__(self, address: str) -> None:
        self._address = address
        person = _ask(address, "POST", "/page-api/people", {})["person"]
        self._path = f"/page-api/people/{person['id']}"
        self._seen: queue.SimpleQueue[Json] = queue.SimpleQueue()
        self._last: Json = {"id": 0, "rows": []}
        threading.Thread(target=self._listen, daemon=True).start()

    def answer_checkin(self, taps: int) -> list[float]:
        """Enrol, open a check-in and tap in it; return the milliseconds up to each answer."""
        self._say("/start")
        for words in _ENROLMENT:
            if words.startswith(">"):
                self._say(words[1:])
            else:
                self._tap(words)
        self._say("/checkin")
        for _question in ("pain", "sleep"):
            self._tap("5")
        return [1000 * self._tap(_ROUND[at % len(_ROUND)]) for at in range(taps)]

    def _say(self, text: str) -> None:
        _ask(self._address, "POST", f"{self._path}/text", {"text": text})
        self._wait()

    def _tap(self, words: str) -> float:
        """Tap the newest message's button with these words; return the seconds until the chat changed."""
        button = self._find(words)
        begin = time.monotonic()
        tap = {"message_id": self._last["id"], "data": button["data"]}
        _ask(self._address, "POST", f"{self._path}/tap", tap)
        self._wait()
        return time.monotonic() - begin

    def _find(self, words: str) -> Json:
        buttons: list[Json] = [button for row in self._last["rows"] for button in row]
        found = [button for button in buttons if button["text"] == words]
        found += [button for button in buttons if words in button["text"]]
        if not found:
            raise RuntimeError(f"no button {words!r} under: {self._last.get('text')}")
        return found[0]

    def _wait(self) -> None:
        """Take what the bot says until a message stands there that can be tapped and wasn't there before."""
        before = (self._last["id"], self._last.get("html"))
        while (self._last["id"], self._last.get("html")) == before or not self._last["rows"]:
            message = self._seen.get(timeout=_LONGEST_S)
            if message["from"] == "bot" and message["id"] >= self._last["id"]:
                self._last = message

    def _listen(self) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=_LONGEST_S)
        connection.request("GET", f"{self._path}/events")
        name = ""
        # The stream ends with the sandbox, in the middle of whatever it was about to say.
        with (
            closing(connection),
            connection.getresponse() as stream,
            suppress(OSError, http.client.HTTPException),
        ):
            for line in stream:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "data" and name == "message":
                    self._seen.put(json.loads(value)["message"])


def _ask(address: str, method: str, path: str, body: Json | None = None) -> Json:
    connection = http.client.HTTPConnection(address, timeout=_LONGEST_S)
    content = None if body is None else json.dumps(body)
    connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status >= http.HTTPStatus.BAD_REQUEST:
        raise RuntimeError(f"{method} {path}: {response.status} {answer.decode()}")
    is_json = response.getheader("content-type", "").startswith("application/json")
    return json.loads(answer) if is_json else {}
