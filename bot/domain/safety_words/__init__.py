"""The words that bring a safety text, one file a language. Every typed text is read in all of them.

How to write a phrase (`en.py` has many, one a line): words stand in their order, without capitals;
`a|b` is a or b, single words each; `my|the?` may be missing; `...` is up to three words, never across a comma
or a full stop; `-wall|muscle` at the start or end: not if that word stands right before or after. Apostrophes
and hyphens don't matter: "can't" finds "cant", "self harm" finds "self-harm".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.safety_words import en

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.safety import Trigger

PHRASES: Mapping[str, Mapping[Trigger, str]] = MappingProxyType({"en": en.PHRASES})
NAMES: Mapping[str, Mapping[Trigger, str]] = MappingProxyType({"en": en.NAMES})
NOT_A_NAME: Mapping[str, str] = MappingProxyType({"en": en.NOT_A_NAME})
DENIED: Mapping[str, str] = MappingProxyType({"en": en.DENIED})
DENIED_USE: Mapping[str, str] = MappingProxyType({"en": en.DENIED_USE})
DENIAL_ENDS: Mapping[str, str] = MappingProxyType({"en": en.DENIAL_ENDS})
