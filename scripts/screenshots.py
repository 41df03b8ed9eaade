"""Make the pictures of README and docs from the running sandbox: `make screenshots`."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.browser.visitor import (
    SandboxProcess,
    arrived,
    chromium,
    heard,
    press,
    say,
    travel_to,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, FloatRect, Page

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
# Higher than a phone, so that a whole summary is on the screen; a picture shows the newest messages of it.
PHONE = {"width": 390, "height": 1700}
DESKTOP = {"width": 1180, "height": 820}
SHARPNESS = 2
COLOURS = 128
_PAGE_WIDTH = 900
_SETTLED_MS = 400
_MARGIN = 8
_BESIDE = 550


def _keep(name: str, png: bytes, *, width: int | None = None) -> None:
    """Write the picture with few colours: a few dozen kB each, for the README loads them all."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if width is not None and picture.width > width:
        picture = picture.resize(
            (width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS
        )
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(PICTURES / f"{name}.png", optimize=True)


def _show(page: Page, name: str, messages: int = 1, tallest: int = PHONE["height"]) -> None:
    """Keep the newest so many messages of the chat, without the sandbox's own bars; *tallest* in pixels."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    page.wait_for_timeout(_SETTLED_MS)
    newest = page.locator("#log article")
    top = newest.nth(-messages).evaluate("each => each.getBoundingClientRect().top") - _MARGIN
    bottom = newest.last.evaluate("each => each.getBoundingClientRect().bottom") + _MARGIN
    clip: FloatRect = {"x": 0, "y": top, "width": PHONE["width"], "height": min(tallest, bottom - top)}
    _keep(name, page.screenshot(clip=clip))


def _open(browser: Browser, address: str, size: dict[str, int]) -> Page:
    context = browser.new_context(viewport=size, device_scale_factor=SHARPNESS, color_scheme="light")
    page = context.new_page()
    page.goto(address)
    return page


def _enrol(page: Page) -> None:
    say(page, "/start")
    press(page, "I've read this")
    press(page, "I agree")
    heard(page, "Which time zone are you in?")
    say(page, "Lisbon")
    heard(page, "Is that your time?")
    for name in ("Yes", "Not yet", "22:00", "09:00"):
        press(page, name)
    heard(page, "4.5 mg")
    _show(page, "enrolment")
    press(page, "4.5 mg")
    press(page, re.compile("All correct"))
    heard(page, "You're set up.")


def _first_night(page: Page) -> None:
    travel_to(page, "Time for your LDN, 4.5 mg.")
    _show(page, "reminder", messages=2)
    press(page, "Taken")
    heard(page, "Taken 4.5 mg at")
    travel_to(page, "how strong was your pain on average?")
    _show(page, "check-in", messages=2)
    _overview(page)
    for answer, then in (("6", "How was your sleep"), ("7", "Did you notice any"), ("None", "Thank you.")):
        press(page, answer)
        heard(page, then)


def _months(page: Page) -> None:
    page.locator('[data-action="history"]').click()
    arrived(page)
    heard(page, "(90 days)")
    page.locator("#log article").last.locator("img.photo").wait_for()
    # As tall as its neighbours in the README.
    _show(page, "summary", tallest=_BESIDE)
    say(page, "/history")
    heard(page, "Tap a day.")
    _show(page, "history")


def _doctors_page(page: Page) -> None:
    say(page, "/report")
    press(page, "Preview")
    picture = page.locator("#log img.photo").last
    page.wait_for_timeout(4 * _SETTLED_MS)
    picture.wait_for()
    address = picture.get_attribute("src") or ""
    png = page.request.get(re.sub(r"(?<=\d)/.*", "", page.url) + address).body()
    _keep("doctors-page", png, width=_PAGE_WIDTH)


def _overview(page: Page) -> None:
    """Keep the whole page as somebody at a desk sees it."""
    page.set_viewport_size(DESKTOP)
    page.wait_for_timeout(2 * _SETTLED_MS)
    _keep("page", page.screenshot())
    page.set_viewport_size(PHONE)


def main() -> None:
    """Start a sandbox, live in it, and write docs/pictures/*.png."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        sandbox = SandboxProcess(Path(folder))
        sandbox.start()
        try:
            phone = _open(browser, sandbox.address, PHONE)
            steps: tuple[Callable[[Page], None], ...] = (_enrol, _first_night, _months, _doctors_page)
            for step in steps:
                step(phone)
        finally:
            sandbox.stop()


if __name__ == "__main__":
    main()
