"""The sandbox as a visitor meets it: the page in Debian's Chromium, the bot in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import (
    SLOWEST_MS,
    SandboxProcess,
    chromium,
    enrol,
    heard,
    press,
    say,
    travel_to,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all these tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    """The sandbox in a process of its own; it must end in good order."""
    process = SandboxProcess(tmp_path)
    process.start()
    yield process.address
    process.stop()


@pytest.fixture
def page(browser: Browser, sandbox: str) -> Iterator[Page]:
    """The open page; a request that leaves loopback or an error in the console fails the test."""
    context = browser.new_context(viewport={"width": 1100, "height": 850})
    page = context.new_page()
    page.set_default_timeout(SLOWEST_MS)
    hosts: set[str | None] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(sandbox)
    yield page
    context.close()
    assert hosts <= {"127.0.0.1", None}
    assert errors == []


def test_a_visitor_enrols_takes_the_dose_answers_the_morning_and_reads_a_summary(page: Page) -> None:
    """The first ten minutes, by the time bar in ten seconds."""
    enrol(page)
    travel_to(page, "Time for your LDN, 4.5 mg.")
    press(page, "Taken")
    heard(page, "Taken 4.5 mg at")
    travel_to(page, "how strong was your pain on average?")
    press(page, "6")
    heard(page, "How was your sleep last night?")
    press(page, "7")
    heard(page, "Did you notice any of these")
    press(page, "None")
    heard(page, "Thank you.")
    say(page, "/summary")
    heard(page, "taken 1 · not taken 0 · not answered 0, of 1")


def test_a_week_is_played_and_90_days_are_filled(page: Page) -> None:
    """Plausible answers, and a summary with averages at the end."""
    enrol(page)
    page.locator('[data-action="week"]').click()
    heard(page, "Thank you.")
    expect(page.locator('[data-action="history"]')).to_be_enabled(timeout=30_000)
    page.locator('[data-action="history"]').click()
    heard(page, "(90 days)")


def test_a_second_patient_is_one_click_away(page: Page) -> None:
    """Each patient has a chat of their own."""
    say(page, "/start")
    heard(page, "First, what this is")
    page.locator("#new-person").click()
    expect(page.locator("#log").get_by_text("First, what this is")).to_have_count(0)
    say(page, "/start")
    heard(page, "First, what this is")


def test_the_page_fits_a_phone_in_the_dark(browser: Browser, sandbox: str) -> None:
    """Nothing is wider than the screen."""
    context = browser.new_context(viewport={"width": 390, "height": 780}, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(SLOWEST_MS)
    page.goto(sandbox)
    say(page, "/start")
    heard(page, "First, what this is")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
