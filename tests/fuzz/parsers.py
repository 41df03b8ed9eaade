"""Every parser of what comes from outside: what it is fed with, and what must hold for what it returns."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from bot.domain.free_text import dates, dose_amount, dose_plan, dose_words, event_words, span, time_of_day
from bot.domain.free_text.checkin_words import parse_checkin
from bot.domain.free_text.dose_amount import DoseAmount
from bot.domain.free_text.supply_words import parse_count, parse_expiry
from bot.domain.safety_matching import find_triggers
from bot.features.morning_checkin.presses import read_action
from bot.message import MAX_CALLBACK_BYTES, Press, press_data, read_press
from bot.storage.places import find_zones
from bot.storage.portable import FORMAT, VERSION
from bot.storage.portable.checking import read_file
from bot.storage.portable.columns import parts_of, portable_tables
from bot.storage.tables import Patient
from bot.telegram_io.raw_update import chat_key, id_of, is_id, storable
from tests.fuzz.http_webhook import over_http

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.storage.portable.columns import Part
    from bot.storage.tables import Base

TODAY = date(2026, 3, 3)

_VOCABULARY = """
taken took it at 10 10.30 22:30 pm am noon midnight half past quarter to ten four and a 4,5 4.5 mg mcg ml 500
0.5 1½ pain sleep slept badly well headache dreams bad severe none same nausea 6 8 11 -1 1e9 yesterday
tomorrow
monday december 1 2 12 31 29 february 2024 2026 for weeks days then from until every other day last since
march
started stopped ibuprofen flare period lisbon springfield europe/lisbon new york não méxico tramadol die
yellow
10/12/26 2026-02-30 32.13. Uhr 22h30 0 00 000 ١٢ ² ½ - – , ; : / ( ) .
"""
_WORDS = st.sampled_from([*_VOCABULARY.split(), "\N{PILL}", "\0", "\ud83d", "\u202e"])
TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(_WORDS, max_size=9).map(" ".join),
    st.lists(_WORDS, max_size=6).map("".join),
    st.lists(st.one_of(_WORDS, st.text(max_size=4)), max_size=8).map(" ".join),
    st.builds(lambda word, times: word * times, _WORDS, st.integers(0, 700)),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.just(10**400),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["update_id", "message", "chat", "from", "id", "text", "data"]), inner
        )
    ),
    max_leaves=12,
)


def _time(text: str) -> None:
    for evening in (True, False):
        found = time_of_day.parse_time(text, evening=evening)
        assert found is None or (isinstance(found, time) and found.tzinfo is None)


def _dose(text: str) -> None:
    found = dose_amount.parse_dose(text)
    if isinstance(found, DoseAmount):
        assert 0 < found.mg < 10
        assert found.mg == found.mg.quantize(Decimal("0.001"))


def _date(text: str) -> None:
    for towards in ("past", "future"):
        dates.parse_date(text, TODAY, towards=towards)
    dates.parse_month(text, TODAY)
    dose_plan.parse_last_date(text, TODAY, TODAY)


def _dose_words(text: str) -> None:
    dose_words.parse_dose_words(text)
    dose_words.parse_took_number(text)


def _checkin(text: str) -> None:
    parse_checkin(text)


def _supply(text: str) -> None:
    count = parse_count(text)
    assert count is None or (count.is_finite() and count >= 0)
    parse_expiry(text, TODAY)


def _city(text: str) -> None:
    for place in find_zones(text):
        assert place.zone


def _callback(data: str) -> None:
    # As the bot reads it: an update's texts are made storable first.
    data = storable(data)
    press = read_press(data)
    if press is None:
        return
    # Announced: the button is an old one.
    with suppress(ValueError):
        read_action(press)
    if press.row_id is not None and len(data.encode()) <= MAX_CALLBACK_BYTES - 8:
        assert read_press(press_data(press.verb, press.row_id, *press.args)) == press


def _webhook(body: str) -> None:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return
    found = id_of(raw)
    assert found is None or (is_id(found) and found >= 0)
    if isinstance(raw, dict):
        assert is_id(chat_key(raw))
        json.dumps(storable(raw), ensure_ascii=False).replace("\\u0000", "").encode()


def _import(body: str) -> None:
    incoming = read_file(body.encode("utf-8", "replace"))
    assert all(str(mistake) for mistake in incoming.mistakes)


def _press_text(press: Press) -> str:
    return ":".join([press.verb, "AAAAAAAAAAAAAAAAAAAAAA", *press.args])


CALLBACK = st.one_of(
    TEXT,
    st.lists(TEXT, max_size=5).map(":".join),
    st.builds(
        lambda verb, args: _press_text(Press(verb, None, tuple(args))),
        st.sampled_from(["checkin.answer", "checkin.rate", "checkin.pick", "dose.taken", "x"]),
        st.lists(
            st.one_of(st.sampled_from(["pain", "sleep", "hours_slept", "7", "nan", "1e9", "headache"]), TEXT)
        ),
    ),
)
BODY = st.one_of(
    TEXT, _JSON.map(json.dumps), st.integers(0, 3_000).map(lambda depth: "[" * depth + "]" * depth)
)

# A file of /export as it could have been tampered with: the right columns, and anything in them.
_LIKELY_VALUES = """
7f1c0de4-3b1b-4c5e-9a70-0123456789ab 2026-03-03 2026-03-03T22:00:00Z 22:00 4.5 taken daily day pain
1e9 9.9999 -1 2026-02-30 24:00 0001-01-01T00:00:00+23:59
"""
_LIKELY = st.sampled_from(_LIKELY_VALUES.split())


def _value_of(part: Part) -> st.SearchStrategy[object]:
    words = sorted(map(str, part.limit.words or ()))
    return st.one_of(_LIKELY, *([st.sampled_from(words)] if words else []), st.integers(-2, 12), _JSON)


def _rows_of(owner: type[Base]) -> st.SearchStrategy[dict[str, object]]:
    row = st.fixed_dictionaries({}, optional={part.name: _value_of(part) for part in parts_of(owner)})
    return st.lists(row, max_size=2).map(lambda rows: {owner.__tablename__: rows})


DIARY = st.builds(
    lambda patient, tables: json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "patient": (patient["patients"] or [{}])[0],
            "tables": {name: rows for table in tables for name, rows in table.items()},
        }
    ),
    _rows_of(Patient),
    st.lists(st.one_of([_rows_of(owner) for owner in portable_tables()]), max_size=2),
)

PARSERS: dict[str, tuple[st.SearchStrategy[str], Callable[[str], None]]] = {
    "times of day": (TEXT, _time),
    "doses": (TEXT, _dose),
    "dates and months": (TEXT, _date),
    "dose plans": (TEXT, lambda text: void(dose_plan.parse_plan(text, TODAY, TODAY))),
    "words about doses": (TEXT, _dose_words),
    "check-in sentences": (TEXT, _checkin),
    "events": (TEXT, lambda text: void(event_words.parse_event(text, TODAY))),
    "spans of a summary": (TEXT, lambda text: void(span.parse_span(text, TODAY))),
    "supplies": (TEXT, _supply),
    "cities and zones": (TEXT, _city),
    "safety words": (TEXT, lambda text: void(find_triggers(text))),
    "callback data": (CALLBACK, _callback),
    "webhook bodies": (BODY, _webhook),
    "webhook over HTTP": (BODY, over_http),
    "import files": (BODY, _import),
    "tampered diaries": (DIARY, _import),
}


def void(_result: object) -> None:
    """Drop a result: that there is one was the point."""
