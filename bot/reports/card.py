"""The wallet card, as PNG: what whoever treats the patient has to know, also in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.safety import CARD_LINES, CARD_TITLE
from bot.locale import _, speaking
from bot.locale.dates import short_date
from bot.reports.typesetting import printable, typeset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

ENGLISH = "en"


def draw_card(amount: str | None, as_of: date, language: str) -> bytes:
    """Return the card; call it in a thread.

    Args:
        amount: What the plan says on that date ("4.5 mg"), or None where it has no dose.
        as_of: The patient's local date.
        language: The patient's; English stands below it.
    """
    languages = list(dict.fromkeys((language, ENGLISH)))
    return typeset("card.typ", {"blocks": [_block(amount, as_of, one) for one in languages]}, "png")[0]


def _block(amount: str | None, as_of: date, language: str) -> dict[str, str | Sequence[str]]:
    with speaking(language):
        facts = [_("As of {date}.").format(date=short_date(as_of, year=True))]
        if amount is not None:
            text = _("By my plan: {amount} of naltrexone by mouth. {as_of}")
            facts = [text.format(amount=printable(amount), as_of=facts[0])]
        return {"title": _(CARD_TITLE), "lines": [_(line) for line in CARD_LINES], "facts": facts}
