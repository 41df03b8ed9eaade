"""Every word that a patient reads can be translated: the extractor finds it."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

BOT = Path(__file__).parent.parent / "bot"


def extracted() -> set[str]:
    """Return every text that is marked for translation."""
    found = extract_from_dir(BOT, keywords={"_": None, "N_": None, "ngettext": (1, 2)})
    return {text for _file, _line, message, _comments, _context in found for text in _texts(message)}


def _texts(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


def test_the_extractor_finds_the_questions_the_safety_texts_and_the_buttons() -> None:
    """One of each room: a domain's text marked with N_, a message and a button said with _."""
    words = extracted()
    assert "In the past 24 hours, how strong was your pain on average?" in words
    assert any(text.startswith("Naltrexone blocks opioids") for text in words)
    assert {"Not tonight", "Snooze", "Skip", "Tuesday"} <= words


def test_no_text_for_translation_holds_a_value_already() -> None:
    """A translator needs named places, not positions: {amount}, never {} or %s."""
    for text in extracted():
        assert "{}" not in text
        assert "%s" not in text
