"""The sandbox in a process of its own, Debian's Chromium, and what a visitor does in the chat page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
ALONE = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SLOWEST_MS = 15_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; a missing one is an error, not a skipped test."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ALONE))
        yield browser
        browser.close()


class SandboxProcess:
    """`python -m bot sandbox`, started and ended as a visitor would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._port = "0"
        self.address = ""

    def start(self) -> None:
        """Start, on the same port as before; return when the page can be opened."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "sandbox"],
            cwd=self._folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),  # this tree's page, also in a worktree that borrows another's .venv
                "PYTHONUNBUFFERED": "1",
                "LDN_SANDBOX__PORT": self._port,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.address, self._port = next(
            (found[0], found[1])
            for line in self._process.stdout
            if (found := re.search(r"http://127\.0\.0\.1:(\d+)/", line))
        )

    def stop(self) -> None:
        """End as Ctrl+C does; it must end in good order."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(10) == 0
        self._process.stdout.close()


def somebody_new(page: Page, address: str) -> None:
    """Open the page on a chat in which nothing was said yet."""
    page.goto(address)
    expect(page.locator("#person option")).not_to_have_count(0)
    before = f"person={page.locator('#person').input_value()}"
    # Asked for when the new chat is shown: the chat before it may be just as empty.
    with page.expect_request(lambda one: "/page-api/time?" in one.url and not one.url.endswith(before)):
        page.locator("#new-person").click()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#log article")).to_have_count(0)


def say(page: Page, text: str) -> None:
    """Type *text* and send it."""
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press the newest inline button called *name*."""
    page.locator("#log").get_by_role("button", name=name, exact=True).last.click()


def heard(page: Page, words: str) -> None:
    """Wait until the chat says *words*."""
    expect(page.locator("#log").get_by_text(words).last).to_be_visible(timeout=SLOWEST_MS)


def arrived(page: Page) -> None:
    """Wait until a journey in time has ended."""
    expect(page.locator('[data-action="hour"]')).to_be_enabled(timeout=2 * SLOWEST_MS)


def travel_to(page: Page, words: str) -> None:
    """Go from message to message until the bot says *words* once more; the hour decides how many."""
    said = page.locator("#log").get_by_text(words)
    before = said.count()
    for _message in range(4):
        page.locator('[data-action="next"]').click()
        arrived(page)
        page.wait_for_timeout(200)
        if said.count() > before:
            return
    raise AssertionError(f"no message said: {words}")


def enrol(page: Page) -> None:
    """Go through enrolment with every default."""
    say(page, "/start")
    press(page, "I've read this")
    press(page, "I agree")
    heard(page, "Which time zone are you in?")
    say(page, "Lisbon")
    heard(page, "Is that your time?")
    for name in ("Yes", "Not yet", "22:00", "09:00", "4.5 mg"):
        press(page, name)
    heard(page, "Please check:")
    press(page, re.compile("All correct"))
    heard(page, "You're set up.")
