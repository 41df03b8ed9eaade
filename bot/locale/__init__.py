"""Words for patients: gettext catalogues, and the language of the patient who is spoken to.

Every string that a patient reads passes through `_` (one text) or `ngettext` (a count). `N_` marks a text
that is translated later, where it is said. The language is the speaker's surroundings, not an argument of
each of a hundred small functions: `speaking("en")` sets it for one update or one delivery.
"""

from __future__ import annotations

import gettext as gettext_module
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAIN = "ldn_companion"
CATALOGUES = Path(__file__).parent
LANGUAGES = ("en",)

_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def _catalogue(language: str) -> gettext_module.NullTranslations:
    return gettext_module.translation(DOMAIN, CATALOGUES, [language], fallback=True)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything inside the block in *language* (a code of LANGUAGES)."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def _(text: str) -> str:
    """Return *text* in the language being spoken."""
    return _catalogue(_language.get()).gettext(text) if text else text


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of the text that fits *count* in the language being spoken."""
    return _catalogue(_language.get()).ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which the extractor knows
    """Mark *text* for translation without translating it here."""
    return text
