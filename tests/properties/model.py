"""What a button may do to the rows: the model that every press is held against."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.storage.erasing import LEAVING
from bot.storage.tables import Checkin, Dose
from tests.properties.rows import Rows, changed_facts, said

if TYPE_CHECKING:
    from datetime import datetime

    from bot.message import Press
    from tests.properties.rows import Key, Row

_DOSE, _CHECKIN = Dose.__tablename__, Checkin.__tablename__
_EARLIEST = timedelta(hours=18)

# Verb -> the answers that may stand in the dose's row afterwards, beside the one that stood there before.
_MAY_SAY: dict[str, frozenset[str]] = {
    "dose.taken": frozenset({"taken"}),
    "dose.to_taken": frozenset({"taken"}),
    "dose.time_is": frozenset({"taken"}),
    "dose.amount_is": frozenset({"taken"}),
    "dose.not_tonight": frozenset({"not_taken"}),
    "dose.to_not_taken": frozenset({"not_taken"}),
    "dose.reason": frozenset({"not_taken"}),
    "today.unsure": frozenset({"unknown"}),
}
_SAY_NOTHING = frozenset(
    {
        "dose.skip_reason",
        "dose.snooze",
        "dose.snooze_for",
        "dose.back",
        "dose.correct",
        "dose.time",
        "dose.amount",
        "today.not_sure",
    }
)


def check_press(press: Press, before: Rows, after: Rows, now: datetime) -> None:
    """Hold a press against the model: a button changes the row that it carries, and no other fact."""
    before = _without_erased(before, after)
    changed = changed_facts(before, after)
    own = before.find(press.row_id) if press.row_id is not None else None
    strange = changed - _may_change(press, own, before)
    assert not strange, f"{press.verb} changed {_names(strange, before)}, its own row is {own}"
    if own is not None and _is_leaving(before, own):
        # Within the minute everything goes: nothing is logged any more, and that is said.
        assert not changed, f"{press.verb} logged something before the end"
    elif own is not None and own[0] == _DOSE:
        _check_dose(press, before.by_key[own], after.by_key.get(own), now)
    _check_history(changed, before, after)


def check_text(before: Rows, after: Rows) -> None:
    """Hold a typed text against the model: it says something about one dose and one check-in at most."""
    before = _without_erased(before, after)
    changed = changed_facts(before, after)
    for table in (_DOSE, _CHECKIN):
        several = {key for key in changed if key[0] == table}
        assert len(several) <= 1, f"one text changed {_names(several, before)}"
    _check_history(changed, before, after)


def check_nothing_said(before: Rows, after: Rows) -> None:
    """Neither time nor a restart answers for a patient: what was said stays, what wasn't stays open."""
    before = _without_erased(before, after)
    changed = changed_facts(before, after)
    assert not changed, f"nobody said anything, but these changed: {_names(changed, before)}"


def check_others(before: Rows, after: Rows, telegram_id: int) -> None:
    """Whatever one patient does, no row of another changes."""
    before = _without_erased(before, after)
    mine = {rows.patient_of(telegram_id) for rows in (before, after)}
    for rows, other in ((before, after), (after, before)):
        for key, row in rows.by_key.items():
            owner = rows.owner(key)
            if owner is not None and owner not in mine:
                assert other.by_key.get(key) == row, f"another patient's row of {key[0]} changed"


def _is_leaving(rows: Rows, key: Key) -> bool:
    return rows.owner(key) in _leaving(rows)


def _leaving(rows: Rows) -> set[object]:
    return {row["id"] for row in rows.of("patients").values() if row["state"] == LEAVING}


def _without_erased(before: Rows, after: Rows) -> Rows:
    """Return *before* without those who were leaving and of whom nothing is left: their minute was over."""
    erased = _leaving(before) - {row["id"] for row in after.of("patients").values()}
    return Rows({key: row for key, row in before.by_key.items() if before.owner(key) not in erased})


def _may_change(press: Press, own: Key | None, before: Rows) -> set[Key]:
    """Return the facts that a button may change: the row it carries; a check-in also the dose asked for."""
    if own is None:
        # "Undo" carries an action's id, under which all changes of one update stand.
        acted_on = {
            str(row["row_id"]) for row in before.of("changes").values() if press.row_id in row.values()
        }
        return {key for key in before.by_key if press.row_id is not None and key[1] in acted_on}
    if own[0] == "changes":
        return {key for key in before.by_key if key[1] == str(before.by_key[own]["row_id"])}
    if own[0] != _CHECKIN:
        return {own}
    if press.verb != "checkin.dose":
        return {own}
    return {own} | {
        (_DOSE, key)
        for key, dose in before.of(_DOSE).items()
        if dose["patient_id"] == before.by_key[own]["patient_id"]
        and dose["dose_date"] == date.fromisoformat(press.args[0])
    }


def _check_dose(press: Press, before: Row, after: Row | None, now: datetime) -> None:
    if after is None:
        return
    was, became = _answer(before), _answer(after)
    if press.verb in _SAY_NOTHING:
        assert became == was, f"{press.verb} changed the answer from {was} to {became}"
    elif press.verb in _MAY_SAY:
        assert became == was or became in _MAY_SAY[press.verb], f"{press.verb}: {was} became {became}"
    if press.verb == "dose.taken" and not press.args and now >= before["due_at"] - _EARLIEST:
        assert became == "taken", f"Taken didn't log a dose in state {before['state']}"
        assert was != "taken" or said(_DOSE, before) == said(_DOSE, after), "a second Taken changed the first"
    if press.verb == "dose.not_tonight" and was == "taken":
        assert became == "taken", "an old Not tonight took back a dose that was taken"


def _answer(row: Row) -> str | None:
    return None if said(_DOSE, row) is None else str(row["state"])


def _check_history(changed: set[Key], before: Rows, after: Rows) -> None:
    """Every change of an answer keeps the earlier one."""
    kept = [row["row_id"] for key, row in after.by_key.items() if key[0] == "changes"]
    was_kept = [row["row_id"] for key, row in before.by_key.items() if key[0] == "changes"]
    for table, key in changed:
        row = after.by_key.get((table, key))
        if table == _DOSE and row is not None:
            assert kept.count(row["id"]) > was_kept.count(row["id"]), "an answer changed and left no trace"


def _names(keys: set[Key], rows: Rows) -> list[str]:
    return [
        f"{table} {rows.by_key[table, key].get('dose_date') or rows.by_key[table, key].get('local_date')}"
        for table, key in sorted(keys)
    ]
