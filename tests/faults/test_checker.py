"""The checker sees what it is there for: each promise broken by hand, one at a time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from bot.message import press_data
from bot.sandbox.arrivals import Arrival
from bot.storage.tables import Delivery, Dose
from tests.faults.checker import violations

if TYPE_CHECKING:
    from bot.domain.dose import DoseState

DUE = datetime(2026, 3, 3, 22, tzinfo=UTC)
NEXT_NOON = DUE + timedelta(hours=14)
PATIENT = uuid4()
FRESH, LATE, COPY = (
    "💊 Time for your LDN, 4.5 mg.",
    "💊 Your LDN, 4.5 mg, was due at 22:00.",
    "💊 Your LDN, due at 22:00.\nIt's the same dose as before, don't take two.",
)


def dose(state: str = "asked", logged_after: float | None = None) -> Dose:
    """Return a dose that was due at 22:00."""
    logged_at = None if logged_after is None else DUE + timedelta(minutes=logged_after)
    return Dose(
        id=uuid4(),
        patient_id=PATIENT,
        dose_date=date(2026, 3, 3),
        due_at=DUE,
        state=state,
        logged_at=logged_at,
    )


def asked(about: Dose, minutes: float, text: str = FRESH, outcome: str = "ok") -> Arrival:
    """Return a message about the dose, so long after 22:00."""
    keyboard = {"inline_keyboard": [[{"text": "Taken", "callback_data": press_data("dose.taken", about.id)}]]}
    params = {"text": text, "reply_markup": json.dumps(keyboard)}
    return Arrival(1, "sendMessage", 5, DUE + timedelta(minutes=minutes), 0.0, params, outcome)


def uncertain(about: Dose) -> Delivery:
    """Return the row of a message that may have arrived."""
    return Delivery(kind="reminder", subject=str(about.id), state="uncertain")


@pytest.mark.parametrize(
    ("state", "messages"),
    [
        ("asked", [(0, FRESH, "ok")]),
        ("taken", [(14, FRESH, "cut after")]),
        ("asked", [(89, LATE, "ok")]),
        ("asked", [(0, FRESH, "cut after"), (2, COPY, "ok")]),
        ("unreached", []),
        ("unreached", [(0, FRESH, "cut after")]),
        ("held", []),
    ],
)
def test_promises_that_were_kept_are_no_violation(
    state: DoseState, messages: list[tuple[float, str, str]]
) -> None:
    """On time, caught up, repeated as the same dose, or honestly unreached."""
    one = dose(state)
    arrivals = [asked(one, *message) for message in messages]
    assert violations([one], [uncertain(one)], arrivals, NEXT_NOON) == []


def test_an_answer_before_the_hour_needs_no_reminder() -> None:
    """Taken early through /today."""
    assert violations([dose("taken", logged_after=-30)], [], [], NEXT_NOON) == []


@pytest.mark.parametrize(
    ("state", "messages", "wrong"),
    [
        ("asked", [], "neither asked on time"),
        ("unknown", [(0, FRESH, "cut before")], "neither asked on time"),
        ("asked", [(100, LATE, "ok")], "neither asked on time"),
        ("asked", [(16, FRESH, "ok")], "outside its window"),
        ("asked", [(-1, FRESH, "ok")], "before it was due"),
        ("asked", [(0, FRESH, "ok"), (241, LATE, "ok")], "over four hours"),
        ("asked", [(0, FRESH, "ok"), (1, FRESH, "ok")], "2 times"),
        ("asked", [(0, FRESH, "cut after"), (1, COPY, "ok"), (2, COPY, "ok")], "2 copies of 1"),
        ("unreached", [(5, FRESH, "ok")], "called unreached"),
    ],
)
def test_each_broken_promise_is_found(
    state: DoseState, messages: list[tuple[float, str, str]], wrong: str
) -> None:
    """Lost, late, early, doubled, or recorded otherwise than it was."""
    one = dose(state)
    found = violations([one], [uncertain(one)], [asked(one, *message) for message in messages], NEXT_NOON)
    assert [sentence for sentence in found if wrong in sentence]


def test_a_message_that_nobody_ends_is_found() -> None:
    """Its process died, and no other took it over."""
    one = dose("unreached")
    row = Delivery(kind="reminder", subject=str(one.id), state="sending", due_at=DUE)
    assert violations([one], [row], [], NEXT_NOON) == [f"a reminder of {DUE} hangs in its sending"]


def test_two_rows_for_one_dose_date_are_found() -> None:
    """One row for a dose."""
    assert violations([dose("unreached"), dose("unreached")], [], [], NEXT_NOON) == [
        "2 rows for one dose of 2026-03-03"
    ]


def test_a_dose_that_can_still_be_caught_up_is_no_violation_yet() -> None:
    """Its ninety minutes aren't over."""
    assert violations([dose("planned")], [], [], DUE + timedelta(minutes=80)) == []
    assert isinstance(dose().id, UUID)
