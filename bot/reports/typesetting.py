"""Typst: templates of this folder, data as JSON, the fonts that came with the bot. Nothing touches a disk."""

from __future__ import annotations

import ctypes
import json
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fontpkg_noto_sans import ROOT as FONTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typst import Fonts

# Joiners, surrogates, private use, unassigned, marks around others and, heaped up, over the next line.
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn", "Me", "Mn"})
_DEVANAGARI = range(0x900, 0x980)
_WRITTEN_OUT = str.maketrans({"≥": ">=", "≤": "<=", "→": "->", "←": "<-", "≈": "~", "≠": "!="})
# Latin, Greek, Cyrillic; Devanagari; punctuation, superscripts, currencies, signs; minus.
DRAWN = (
    (0x20, 0x3E1),
    (0x3F0, 0x52F),
    (0x900, 0x97F),
    (0x1E00, 0x1FFE),
    (0x2010, 0x208E),
    (0x20A0, 0x20C0),
    (0x2100, 0x215F),
    (0x2212, 0x2212),
    (0xA640, 0xA69F),
)
"""First and last code points of what the font has (with what isn't assigned in between)."""
TEMPLATES = Path(__file__).parent
PHONE_PPI = 144.0
"""Two pixels a point: a picture 360 points wide fills a phone without blur."""
_COARSE_PPI = 1.0
_TYPST_REMEMBERS = 10


def typeset(
    template: str, data: Mapping[str, Any], kind: Literal["png", "pdf"], *, ppi: float = PHONE_PPI
) -> list[bytes]:
    """Return the pages (PNG, one each) or the document (PDF, one item) that *template* makes of *data*.

    Typst lets other threads run meanwhile: call it in one.

    Args:
        template: A file of this folder.
        data: Plain JSON; the template reads it as data, never as source.
        kind: The format.
        ppi: Pixels an inch of a PNG.
    """
    from typst import Compiler  # noqa: PLC0415 - 7 MiB, for which many a night has no need

    compiler = Compiler(
        input=TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    made = compiler.compile(format=kind, ppi=ppi)
    pages = made if isinstance(made, list) else [made]
    return [page for page in pages if page is not None]


def give_back() -> None:
    """Give the system back what drawing took; call it in a thread, when nothing is drawn.

    Typst remembers its last ten documents, and the C library keeps what was freed (glibc's can be asked not
    to): 27 MiB after some tens of pictures.
    """
    if "typst" in sys.modules:
        from typst import Compiler  # noqa: PLC0415 - it is there already

        for _turn in range(_TYPST_REMEMBERS + 1):
            Compiler(font_paths=_fonts(), ignore_system_fonts=True).compile(format="png", ppi=_COARSE_PPI)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def printable(words: str) -> str:
    """Return what a patient typed in one line, as far as the font goes.

    Emoji are left out, "≥" becomes ">="; a letter that no font here has is a "?" (`has_unknown_letters`).
    """
    signs = unicodedata.normalize("NFC", words.translate(_WRITTEN_OUT))
    return " ".join("".join(map(_printed, signs)).split())


def has_unknown_letters(words: str) -> bool:
    """Tell whether the words hold letters that no font here has: Arabic, Chinese, Hebrew ..."""
    return any(unicodedata.category(sign)[0] in "LN" and not _is_drawn(sign) for sign in words)


def _printed(sign: str) -> str:
    category = unicodedata.category(sign)
    if sign.isspace() or ord(sign) in _DEVANAGARI or (_is_drawn(sign) and category not in _UNSEEN):
        return sign
    return "?" if category[0] in "LN" else ""


def _is_drawn(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in DRAWN)


@cache
def _fonts() -> Fonts:
    from typst import Fonts  # noqa: PLC0415 - the same

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS / "files"])
