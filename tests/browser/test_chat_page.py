"""The sandbox as a visitor meets it: the page in Debian's Chromium, the bot in a process of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, expect

from bot.sandbox.server import SANDBOX_TOKEN
from tests.browser.visitor import (
    SLOWEST_MS,
    SandboxProcess,
    chromium,
    enrol,
    heard,
    press,
    say,
    somebody_new,
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


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox in a process of its own; it must end in good order."""
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def page(browser: Browser, sandbox: SandboxProcess) -> Iterator[Page]:
    """The open page on a new patient; a request that leaves loopback or an error in it fails the test."""
    with watched(browser, width=1100) as page:
        somebody_new(page, sandbox.address)
        yield page


@contextmanager
def watched(browser: Browser, *, width: int, dark: bool = False) -> Iterator[Page]:
    """A page that may speak to nobody but the sandbox; an unreachable sandbox is no error of its scripts."""
    context = browser.new_context(
        viewport={"width": width, "height": 850}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    page.set_default_timeout(SLOWEST_MS)
    hosts: set[str | None] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert hosts <= {"127.0.0.1", None}
    assert [error for error in errors if "net::ERR_" not in error] == []


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


def test_a_screen_reader_is_told_each_message_once_and_keeps_its_place(page: Page) -> None:
    """One line in one live region; the focus goes to the message, then before the new buttons, never away."""
    told = page.locator("#read-out p")
    page.locator("#start").press("Enter")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("Welcome.")
    expect(told).to_contain_text("Buttons: I've read this.")
    expect(page.locator("#log article:focus")).to_have_count(1)  # the newest that was drawn
    expect(page.locator("#log")).to_have_attribute("aria-live", "off")
    page.locator("#log").get_by_role("button", name="I've read this").press("Enter")
    expect(told).to_have_count(2)
    expect(page.locator("#log .keys")).to_be_focused()
    page.keyboard.press("Enter")  # a second time by mistake: nothing is answered
    page.keyboard.press("Tab")
    expect(page.locator("#log").get_by_role("button", name="I agree")).to_be_focused()
    expect(told).to_have_count(2)
    page.locator("#attach").press("Enter")
    expect(page.locator("#attach-location")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#attach")).to_be_focused()


def test_a_diary_goes_out_as_a_file_and_into_another_patients_chat(page: Page) -> None:
    """The export of one patient, sent back by a new one: the whole way that a diary moves."""
    enrol(page)
    say(page, "/export")
    with page.expect_download() as kept:
        press(page, "One file (JSON)")
        page.locator("#log a.file").last.click()
    with page.expect_request(lambda one: "/page-api/time?" in one.url):
        page.locator("#new-person").click()
    expect(page.locator("#empty")).to_be_visible()
    say(page, "/start")
    press(page, "I've read this")
    press(page, "I agree")
    heard(page, "Which time zone are you in?")
    diary = kept.value.path().read_bytes()
    file = FilePayload(name="diary.json", mimeType="application/json", buffer=diary)
    page.locator("#document").set_input_files(file)
    heard(page, "Your diary is here")


def test_two_patients_side_by_side_have_chats_of_their_own(page: Page) -> None:
    """What one types never shows in the other's pane; on a phone the list switches between them."""
    page.locator("#two").click()
    other = page.frame_locator("#beside iframe")
    expect(other.locator("#composer")).to_be_visible()
    expect(other.locator("#time-bar")).to_be_hidden()
    other.locator("#new-person").click()
    expect(other.locator("#empty")).to_be_visible()
    say(page, "/start")
    heard(page, "First, what this is")
    expect(other.locator("#log article")).to_have_count(0)
    other.locator("#start").click()
    expect(other.locator("#log").get_by_text("First, what this is")).to_be_visible()
    expect(page.locator("#log article")).to_have_count(2)
    page.set_viewport_size({"width": 390, "height": 780})
    expect(page.locator("#beside")).to_be_hidden()
    page.locator("#person").select_option(index=0)
    expect(page.locator("#person")).to_be_visible()


def test_the_story_survives_a_reload_and_hands_the_chat_over(page: Page) -> None:
    """Stopped by its button, and again by a tap in the chat; what stood there can be answered at once."""
    page.locator("#watch").click()
    page.locator("#speed").select_option("20")
    heard(page, "You're set up.")
    page.reload()
    expect(page.locator("#journey-stop")).to_have_text("Stop and take over")
    expect(page.locator("#speed")).to_have_value("20")
    heard(page, "Time for your LDN, 1.5 mg.")
    page.locator("#journey-stop").click()
    expect(page.locator("#journey")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("The chat is yours now")
    say(page, "/today")
    heard(page, "1.5 mg")
    page.locator('[data-action="story"]').click()
    page.locator("#speed").select_option("4")
    heard(page, "You're set up.")
    say(page, "/help")
    expect(page.locator("#journey")).to_be_hidden()


def test_the_drawer_shows_the_bot_api_without_the_token(page: Page) -> None:
    """Method, parameters and answer; an opened entry stands still while more comes."""
    page.locator("#open-traffic").click()
    page.locator("#clear-traffic").click()
    say(page, "/start")
    heard(page, "First, what this is")
    calls = page.locator("#calls details")
    sent = calls.filter(has_text="sendMessage").first
    sent.locator("summary").click()
    expect(sent.locator("pre")).to_contain_text('"inline_keyboard"')
    expect(page.locator("#hold-traffic")).to_have_attribute("aria-pressed", "true")
    say(page, "/help")
    expect(page.locator("#hold-traffic")).to_contain_text("new")
    assert SANDBOX_TOKEN not in page.content()
    page.keyboard.press("Escape")
    page.locator("#close-traffic").click()
    expect(page.locator("#open-traffic")).to_be_focused()


def test_a_restart_under_the_open_page_loses_nothing_of_it(browser: Browser, tmp_path: Path) -> None:
    """A banner meanwhile; then the old chat still stands there, the draft too, and a new one begins."""
    process = SandboxProcess(tmp_path)
    process.start()
    with watched(browser, width=390) as page:
        page.goto(process.address)
        say(page, "/start")
        heard(page, "First, what this is")
        page.locator("#text").fill("half a sentence")
        process.stop()
        expect(page.locator("#banner")).to_contain_text("Trying again")
        page.locator("#composer [type=submit]").click()
        expect(page.locator("#text")).to_have_value("half a sentence")
        process.start()
        expect(page.locator("#banner")).to_be_hidden(timeout=SLOWEST_MS)
        expect(page.locator("#text")).to_have_value("half a sentence")
        expect(page.locator("#before").get_by_text("First, what this is")).to_be_visible()
        expect(page.locator("#before").get_by_role("button", name="I've read this")).to_be_disabled()
        page.locator("#start").click()
        heard(page, "First, what this is")
        press(page, "I've read this")
        heard(page, "Your data.")
    process.stop()


def test_a_restart_under_a_second_patients_chat_loses_nothing_of_it_either(
    browser: Browser, tmp_path: Path
) -> None:
    """The new sandbox knows only one patient: what the other one said stands above that one's chat."""
    process = SandboxProcess(tmp_path)
    process.start()
    with watched(browser, width=390) as page:
        page.goto(process.address)
        somebody_new(page, process.address)
        say(page, "/start")
        heard(page, "First, what this is")
        page.locator("#text").fill("half a sentence")
        process.stop()
        process.start()
        expect(page.locator("#before").get_by_text("First, what this is")).to_be_visible(timeout=SLOWEST_MS)
        expect(page.locator("#text")).to_have_value("half a sentence")
        expect(page.locator("#start")).to_be_visible()
    process.stop()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100], ids=["phone", "desktop"])
def test_axe_finds_nothing_serious(
    browser: Browser, sandbox: SandboxProcess, *, dark: bool, width: int
) -> None:
    """Empty, in a chat with buttons, during a story, with the drawer open; and nothing is wider than it."""
    with watched(browser, width=width, dark=dark) as page:
        somebody_new(page, sandbox.address)
        found = serious(page)
        page.locator("#watch").click()
        heard(page, "You're set up.")
        found += serious(page)
        page.locator("#journey-stop").click()
        expect(page.locator("#journey")).to_be_hidden()
        page.locator("#open-traffic").click()
        page.locator("#calls summary").first.click()
        found += serious(page)
        assert found == []
        for bar in ("html", ".top", ".time-bar", ".travel"):
            wider = "each => each.scrollWidth - each.clientWidth"
            assert page.locator(bar).evaluate(wider) <= 0, bar


def serious(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, with where it is."""
    results = Axe().run(page).response
    return [
        f"{each['id']}: {[node['target'] for node in each['nodes']]}"
        for each in results["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
