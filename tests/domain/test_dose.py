"""What a patient can say about a dose, and what is then known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dose import TRANSITIONS, Dose, DoseEvent, DoseState, NotTakenReason, adherence, advance
from bot.domain.dose_log import (
    HoursSince,
    LogOutcome,
    Refusal,
    correct_taken,
    log_not_taken,
    log_taken,
    log_unsure,
    undo,
)

DUE = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
MORNING_AFTER = DUE + timedelta(hours=10)


def dose(state: DoseState = DoseState.ASKED, due_at: datetime = DUE) -> Dose:
    return Dose(UUID(int=due_at.day), due_at.date(), due_at, state, Decimal("4.5"))


def taken(at: datetime, *, logged_at: datetime | None = None, known: bool = True) -> Dose:
    return replace(
        dose(DoseState.TAKEN, at),
        taken_mg=Decimal("4.5"),
        taken_at=at if known else None,
        logged_at=logged_at or at,
    )


def test_taken_at_the_reminder_is_taken_now_in_the_planned_amount() -> None:
    """One tap on 'Taken' records the planned amount at the instant of the tap."""
    now = DUE + timedelta(minutes=3)
    result = log_taken(dose(), now)
    assert result.outcome is LogOutcome.RECORDED
    assert (result.dose.state, result.dose.taken_mg, result.dose.taken_at, result.dose.logged_at) == (
        DoseState.TAKEN,
        Decimal("4.5"),
        now,
        now,
    )
    assert result.warning is None


def test_a_second_taken_changes_nothing_and_says_since_when() -> None:
    """Two taps are one fact."""
    first = log_taken(dose(), DUE).dose
    again = log_taken(first, DUE + timedelta(hours=1))
    assert (again.outcome, again.dose, again.since) == (LogOutcome.ALREADY_LOGGED, first, DUE)


def test_taken_said_the_next_morning_has_no_known_time() -> None:
    """'Did you take Tuesday's dose?' 'Taken' doesn't mean 'just now'."""
    result = log_taken(dose(), MORNING_AFTER)
    assert (result.dose.state, result.dose.taken_at) == (DoseState.TAKEN, None)


def test_a_dose_under_twelve_hours_after_the_last_warns_and_is_recorded() -> None:
    """DOMAIN.md's example: 'logged at 09:10, 11 hours ago'."""
    last = taken(datetime(2026, 11, 24, 9, 10, tzinfo=UTC))
    result = log_taken(dose(), datetime(2026, 11, 24, 20, 40, tzinfo=UTC), last_taken=last)
    assert result.outcome is LogOutcome.RECORDED
    assert result.warning == HoursSince(datetime(2026, 11, 24, 9, 10, tzinfo=UTC), 11)


@pytest.mark.parametrize(("hours", "warns"), [(0, True), (11.99, True), (12, False), (24, False)])
def test_the_warning_ends_at_twelve_hours(hours: float, *, warns: bool) -> None:
    """Exactly 12 hours apart is far enough."""
    last = taken(DUE - timedelta(hours=hours))
    assert (log_taken(dose(), DUE, last_taken=last).warning is not None) is warns


def test_a_last_dose_of_unknown_time_counts_from_when_it_was_logged() -> None:
    """The cautious end of what is possible: it may have been taken right before it was logged."""
    last = taken(DUE - timedelta(hours=24), logged_at=DUE - timedelta(hours=11), known=False)
    warning = log_taken(dose(), DUE, last_taken=last).warning
    assert warning == HoursSince(DUE - timedelta(hours=11), 11)


def test_filling_in_old_doses_one_after_the_other_warns_of_nothing() -> None:
    """Two answers about the past, a minute apart, are not two doses a minute apart."""
    monday = taken(DUE - timedelta(hours=24), logged_at=MORNING_AFTER, known=False)
    assert log_taken(dose(), MORNING_AFTER + timedelta(minutes=1), last_taken=monday).warning is None


def test_a_dose_can_be_taken_early() -> None:
    """Through /today, a planned dose is taken before its reminder."""
    result = log_taken(dose(DoseState.PLANNED), DUE - timedelta(hours=3))
    assert result.dose.state is DoseState.TAKEN
    assert result.dose.taken_at == DUE - timedelta(hours=3)


@pytest.mark.parametrize(
    ("now", "taken_at", "refusal"),
    [
        (DUE, DUE + timedelta(minutes=1), Refusal.IN_FUTURE),
        (DUE - timedelta(hours=19), None, Refusal.BEFORE_THIS_DOSE),
        (DUE, DUE - timedelta(hours=19), Refusal.BEFORE_THIS_DOSE),
        (DUE + timedelta(days=3), DUE + timedelta(hours=37), Refusal.AFTER_THIS_DOSE),
    ],
)
def test_a_time_that_cannot_be_this_doses_is_refused(
    now: datetime, taken_at: datetime | None, refusal: Refusal
) -> None:
    """Nothing is recorded, and the reason is known."""
    result = log_taken(dose(), now, taken_at=taken_at)
    assert (result.outcome, result.refusal, result.dose) == (LogOutcome.REFUSED, refusal, dose())


@pytest.mark.parametrize("amount", ["0", "-1", "10", "45"])
def test_an_amount_the_bot_does_not_handle_is_refused(amount: str) -> None:
    """From 10 mg nothing is saved."""
    assert log_taken(dose(), DUE, taken_mg=Decimal(amount)).refusal is Refusal.AMOUNT_OUT_OF_RANGE


def test_the_other_amount_of_a_step_can_be_logged() -> None:
    """'Took 1.5 mg' keeps planned and taken apart."""
    result = log_taken(dose(), DUE, taken_mg=Decimal("1.5")).dose
    assert (result.planned_mg, result.taken_mg) == (Decimal("4.5"), Decimal("1.5"))


def test_not_tonight_keeps_a_reason_and_asks_for_none() -> None:
    """A reason may come with the answer, later, or never."""
    without = log_not_taken(dose(), DUE)
    assert (without.dose.state, without.dose.reason) == (DoseState.NOT_TAKEN, None)
    later = log_not_taken(without.dose, DUE + timedelta(minutes=1), NotTakenReason.RAN_OUT)
    assert (later.outcome, later.dose.reason, later.dose.logged_at) == (
        LogOutcome.RECORDED,
        NotTakenReason.RAN_OUT,
        DUE,
    )
    again = log_not_taken(later.dose, DUE + timedelta(minutes=2))
    assert (again.outcome, again.dose) == (LogOutcome.ALREADY_LOGGED, later.dose)


def test_not_sure_is_unknown_and_counts_as_not_answered() -> None:
    """Silence and 'not sure' are the same fact: none."""
    result = log_unsure(dose(), MORNING_AFTER)
    assert result.dose.state is DoseState.UNKNOWN
    assert log_unsure(result.dose, MORNING_AFTER).outcome is LogOutcome.ALREADY_LOGGED
    assert adherence([result.dose.state]).not_answered == 1


def test_taken_becomes_not_taken_and_back() -> None:
    """A logged dose is corrected in both directions and keeps nothing of the wrong answer."""
    first = log_taken(dose(), DUE).dose
    changed = log_not_taken(first, MORNING_AFTER, NotTakenReason.FORGOT)
    assert (changed.before, changed.dose.state, changed.dose.taken_mg, changed.dose.taken_at) == (
        first,
        DoseState.NOT_TAKEN,
        None,
        None,
    )
    back = correct_taken(changed.dose, MORNING_AFTER).dose
    assert (back.state, back.taken_mg, back.taken_at, back.reason) == (
        DoseState.TAKEN,
        Decimal("4.5"),
        None,
        None,
    )


def test_a_correction_of_the_time_keeps_the_amount_and_the_other_way_round() -> None:
    """What isn't named stays as it is."""
    first = log_taken(dose(), DUE, taken_mg=Decimal(3)).dose
    earlier = correct_taken(first, MORNING_AFTER, taken_at=DUE - timedelta(hours=1)).dose
    assert (earlier.taken_mg, earlier.taken_at) == (Decimal(3), DUE - timedelta(hours=1))
    more = correct_taken(earlier, MORNING_AFTER, taken_mg=Decimal("4.5")).dose
    assert (more.taken_mg, more.taken_at) == (Decimal("4.5"), DUE - timedelta(hours=1))


def test_undo_before_the_due_time_plans_the_reminder_again() -> None:
    """Undone early, the dose is as if nothing had been said."""
    planned = dose(DoseState.PLANNED)
    early = log_taken(planned, DUE - timedelta(hours=2)).dose
    assert undo(early, DUE - timedelta(hours=1)).dose == planned


def test_undo_after_the_due_time_leaves_the_dose_asked() -> None:
    """The patient has seen it, so it was asked; nothing of the answer remains."""
    said = log_not_taken(dose(), DUE, NotTakenReason.OTHER).dose
    assert undo(said, DUE).dose == dose(DoseState.ASKED)
    assert undo(said, DUE, on_hold=True).dose.state is DoseState.HELD


@pytest.mark.parametrize("state", [DoseState.PLANNED, DoseState.ASKED, DoseState.HELD, DoseState.UNKNOWN])
def test_what_nobody_said_cannot_be_undone(state: DoseState) -> None:
    """An unanswered dose that the bot closed as unknown was not the patient's word."""
    assert undo(dose(state), DUE).refusal is Refusal.NOTHING_TO_UNDO


def test_a_dose_taken_while_on_hold_is_recorded_and_flagged() -> None:
    """A fact is a fact, and the safety text belongs beside it."""
    result = log_taken(dose(DoseState.HELD), DUE)
    assert (result.outcome, result.was_held) == (LogOutcome.RECORDED, True)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [(DoseState.HELD, Refusal.ON_HOLD), (DoseState.CANCELLED, Refusal.CANCELLED)],
)
def test_not_taken_says_nothing_about_a_dose_that_was_not_due(state: DoseState, refusal: Refusal) -> None:
    """Held and cancelled doses stay out of the counts."""
    assert log_not_taken(dose(state), DUE).refusal is refusal
    assert log_unsure(dose(state), DUE).refusal is refusal


def test_the_bots_own_steps_follow_the_table() -> None:
    """Silence closes an asked dose as unknown; a window that passed leaves it unreached; an answer stands."""
    asked = advance(dose(DoseState.PLANNED), DoseEvent.ASK)
    assert asked is not None
    assert asked.state is DoseState.ASKED
    closed = advance(asked, DoseEvent.CLOSE)
    assert closed is not None
    assert closed.state is DoseState.UNKNOWN
    missed = advance(dose(DoseState.PLANNED), DoseEvent.MISS_WINDOW)
    assert missed is not None
    assert missed.state is DoseState.UNREACHED
    said = log_taken(dose(), DUE).dose
    assert [advance(said, event) for event in (DoseEvent.ASK, DoseEvent.CLOSE, DoseEvent.HOLD)] == [None] * 3


def test_no_state_is_called_missed_and_every_state_can_become_taken() -> None:
    """There is no 'missed', and 'I took it' always finds its place."""
    assert "missed" not in set(DoseState)
    assert all(TRANSITIONS[state][DoseEvent.TAKE] is DoseState.TAKEN for state in DoseState)


def test_adherence_is_counted_as_domain_md_counts_it() -> None:
    """'taken 22 · not taken 3 · not answered 3, of 28': held, cancelled and planned stand outside."""
    states = (
        [DoseState.TAKEN] * 22
        + [DoseState.NOT_TAKEN] * 3
        + [DoseState.ASKED, DoseState.UNKNOWN]
        + [DoseState.UNREACHED]
        + [DoseState.HELD] * 4
        + [DoseState.CANCELLED, DoseState.PLANNED]
    )
    counts = adherence(states)
    assert (counts.taken, counts.not_taken, counts.not_answered, counts.not_asked) == (22, 3, 2, 1)
    assert (counts.of, counts.held, counts.known) == (28, 4, 25)


@given(st.lists(st.sampled_from(DoseState)))
def test_adherence_parts_add_up_to_its_denominator(states: list[DoseState]) -> None:
    """Nothing is counted twice and nothing is lost, in any order."""
    counts = adherence(states)
    assert counts.taken + counts.not_taken + counts.not_answered + counts.not_asked == counts.of
    assert counts == adherence(sorted(states))


@given(
    st.sampled_from(DoseState),
    st.lists(st.sampled_from(["taken", "not taken", "unsure", "undo", "hold", "release", "close"])),
)
def test_whatever_is_said_in_whatever_order_the_row_makes_sense(state: DoseState, said: list[str]) -> None:
    """A taken dose has an amount; no other one has an amount, a time of taking, or anybody else's date."""
    here, now = dose(state), DUE
    if state is DoseState.TAKEN:
        here = taken(DUE)
    for word in said:
        now += timedelta(minutes=7)
        match word:
            case "taken":
                here = log_taken(here, now).dose
            case "not taken":
                here = log_not_taken(here, now).dose
            case "unsure":
                here = log_unsure(here, now).dose
            case "undo":
                here = undo(here, now).dose
            case _:
                here = advance(here, DoseEvent(word)) or here
        assert (here.taken_mg is not None) is (here.state is DoseState.TAKEN)
        assert here.taken_at is None or here.state is DoseState.TAKEN
        assert here.dose_date == date(2026, 11, 24)
