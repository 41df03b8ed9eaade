"""Amounts as people write them, and those that are refused rather than guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.free_text.dose_amount import (
    DoseAmount,
    DoseRefusal,
    format_mg,
    needs_second_question,
    parse_dose,
)

AMOUNTS = [
    ("4.5", "4.5", "4.5 mg"),
    ("4,5", "4.5", "4.5 mg"),
    ("4.5mg", "4.5", "4.5 mg"),
    ("4.5 mg", "4.5", "4.5 mg"),
    ("4,5 MG.", "4.5", "4.5 mg"),
    (" 4.5 mg! ", "4.5", "4.5 mg"),
    ("4.50", "4.5", "4.5 mg"),
    ("3.0 mg", "3", "3 mg"),
    ("3", "3", "3 mg"),
    ("+3", "3", "3 mg"),
    ("0.5", "0.5", "0.5 mg"),
    (".5", "0.5", "0.5 mg"),
    ("0,125", "0.125", "0.125 mg"),
    ("9.999", "9.999", "9.999 mg"),
    ("٤.٥", "4.5", "4.5 mg"),
    ("1½", "1.5", "1.5 mg"),
    ("1 ½ mg", "1.5", "1.5 mg"),
    ("1 1/2", "1.5", "1.5 mg"),
    ("½", "0.5", "0.5 mg"),
    ("¾ mg", "0.75", "0.75 mg"),
    ("four and a half", "4.5", "4.5 mg"),
    ("4 and a half", "4.5", "4.5 mg"),
    ("Four and a half mg", "4.5", "4.5 mg"),
    ("one and a half milligrams", "1.5", "1.5 mg"),
    ("one and a quarter mg", "1.25", "1.25 mg"),
    ("half a milligram", "0.5", "0.5 mg"),
    ("three quarters of a milligram", "0.75", "0.75 mg"),
    ("three", "3", "3 mg"),
    ("four point five", "4.5", "4.5 mg"),
    ("point five", "0.5", "0.5 mg"),
    ("zero point two five mg", "0.25", "0.25 mg"),
    ("500 mcg", "0.5", "500 mcg"),
    ("500mcg", "0.5", "500 mcg"),
    ("500 µg", "0.5", "500 µg"),
    ("500 μg", "0.5", "500 µg"),
    ("250 micrograms", "0.25", "250 micrograms"),
    ("five hundred micrograms", "0.5", "five hundred micrograms"),
    ("4500 mcg", "4.5", "4500 mcg"),
    ("1 mcg", "0.001", "1 mcg"),
]

REFUSED = {
    DoseRefusal.NOT_UNDERSTOOD: [
        *(
            "",
            " ",
            "mg",
            "abc",
            "a",
            "half",
            "half my dose",
            "3 or 4.5",
            "3 4.5",
            "1.5.5",
            "4.5 mg 3 mg",
            "3-4.5",
        ),
        *(
            "4.5 mg 😀",
            "4. 5",
            "nan",
            "inf",
            "1e3",
            "1/3",
            "11/2",
            "--3",
            "3 mg at night",
            "twice 1.5",
            "four five",
        ),
        *(
            "1,500",
            "1,500 mcg",
            "1.500 mcg",
            "one mg and a half",
            "4.5 mg / 0.45 ml",
            "4.5 mg twice a day",
            "½½",
        ),
        *("4️⃣", "²", "four and four", "point", "4.5 mgg"),
    ],
    DoseRefusal.TEN_OR_MORE: [
        *(
            "10",
            "45",
            " 45 ",
            "45mg",
            "10.0",
            "10,5 mg",
            "50 mg",
            "500",
            "ten",
            "forty five",
            "one hundred mg",
        ),
        *("10000 mcg", "99999999999999999999"),
    ],
    DoseRefusal.NOT_POSITIVE: ["0", "0.0", "0 mg", "-1", "- 4.5 mg", "zero"],
    DoseRefusal.TOO_FINE: ["0.0005", "4.4999", "9.9999", "0.5 mcg"],
    DoseRefusal.UNITS: [
        *(
            "0.5 ml",
            "1 tablet",
            "half a tablet",
            "two capsules",
            "4.5 g",
            "4.5g",
            "100 IU",
            "5 %",
            "1 drop",
            "1 cc",
        ),
    ],
}


@pytest.mark.parametrize(("typed", "mg", "shown"), AMOUNTS)
def test_an_amount_is_read_and_shown_in_its_own_unit(typed: str, mg: str, shown: str) -> None:
    """Milligrams without trailing zeros; micrograms as typed."""
    amount = parse_dose(typed)

    assert isinstance(amount, DoseAmount)
    assert (amount.mg, amount.shown_as) == (Decimal(mg), shown)


@pytest.mark.parametrize(
    ("refusal", "typed"), [(why, typed) for why, texts in REFUSED.items() for typed in texts]
)
def test_what_is_no_plain_amount_under_10_mg_is_refused(refusal: DoseRefusal, typed: str) -> None:
    """Each for its own reason; 45 is not taken for 4.5."""
    assert parse_dose(typed) is refusal


@given(st.integers(1, 9_999))
def test_every_amount_under_10_mg_is_read_back_as_it_is_shown(micrograms: int) -> None:
    """In steps of 0.001 mg."""
    mg = Decimal(micrograms) / 1000

    assert parse_dose(format_mg(mg)) == DoseAmount(mg.normalize())


@given(st.text())
def test_no_text_breaks_the_reader_or_passes_10_mg(typed: str) -> None:
    """Any text gives an amount in range or a refusal."""
    amount = parse_dose(typed)

    assert isinstance(amount, DoseRefusal) or 0 < amount.mg < 10


@pytest.mark.parametrize(
    ("mg", "present", "asked"),
    [
        ("6", None, False),
        ("6.001", None, True),
        ("6", "4.5", False),
        ("6.5", "6", True),
        ("5", "0.5", True),
        ("1.25", "0.5", False),
        ("1.251", "0.5", True),
        ("0.5", "4.5", False),
    ],
)
def test_a_large_dose_or_a_large_step_is_asked_twice(mg: str, present: str | None, asked: bool) -> None:  # noqa: FBT001 - a table
    """Above 6 mg, or above 2.5 times the present dose."""
    assert needs_second_question(Decimal(mg), Decimal(present) if present else None) is asked


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("4.5 mg (0.45 ml)", "4.5 mg (0.45 ml)"),
        ("0,3 ml = 3 mg", "3 mg (0,3 ml)"),
        ("500 mcg 0.5ml", "500 mcg (0.5 ml)"),
    ],
)
def test_a_liquid_keeps_mg_and_ml_as_typed(typed: str, shown: str) -> None:
    """Both stand on the label; neither is computed from the other."""
    amount = parse_dose(typed)
    assert isinstance(amount, DoseAmount)
    assert amount.shown_as == shown
