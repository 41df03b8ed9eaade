"""The chat page's files: nothing from elsewhere, nothing inline, so that the strict policy holds."""

from __future__ import annotations

import re
from pathlib import Path

import bot.sandbox

PAGE = Path(bot.sandbox.__file__).parent / "page"
FILES = sorted(PAGE.iterdir())
LONGEST = 300


def test_every_file_is_short_and_loads_nothing_from_elsewhere() -> None:
    """Nothing leaves the machine: no address of another host stands in any file."""
    for file in FILES:
        content = file.read_text("utf-8")
        assert len(content.splitlines()) < LONGEST, file.name
        assert not re.search(r"(?:src|href|url|import|from|fetch)\W{1,3}(?:https?:)?//", content), file.name


def test_nothing_is_inline() -> None:
    """No inline script, style or handler: the Content-Security-Policy would drop it."""
    page = (PAGE / "index.html").read_text("utf-8")
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"\sstyle=|<style", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_what_the_bot_says_never_becomes_raw_html() -> None:
    """Only the whitelist of rich_text.js makes nodes of a message's HTML."""
    for file in FILES:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", file.read_text("utf-8")
        )


def test_every_imported_and_linked_file_is_there() -> None:
    """A renamed module is noticed before a browser does."""
    names = {file.name for file in FILES}
    for file in FILES:
        content = file.read_text("utf-8")
        linked = re.findall(r'from "\./([^"]+)"', content) + re.findall(r'"/page/([^"]+)"', content)
        assert set(linked) <= names, file.name


def test_every_element_that_a_script_asks_for_stands_in_the_page() -> None:
    """`byId` never returns null."""
    page = (PAGE / "index.html").read_text("utf-8")
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    for file in PAGE.glob("*.js"):
        assert set(re.findall(r'byId\("([^"]+)"\)', file.read_text("utf-8"))) <= ids, file.name
