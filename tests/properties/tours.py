"""One short way through each feature: what a patient waits for, taps and types on it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from bot.message import read_press

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton
    from tests.properties.conversation import Conversation


class Tap(str):
    """The newest button with this verb, and with all that stands behind it: "dose.amount_is=3"."""

    __slots__ = ()


class Here(tuple[float, float]):
    """A place to share: latitude, longitude."""

    __slots__ = ()


# A time to wait, words to type, buttons to press, a place to share.
Stop = timedelta | Tap | Here | str
Tour = tuple[Stop, ...]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LISBON, TOKYO = Here((38.72, -9.14)), Here((35.68, 139.69))


def taps(verbs: str, *, of: str = "") -> Tour:
    """Return a tap for each line or word; *of* is what their verbs begin with."""
    return tuple(Tap(of + verb) for verb in verbs.split())


# Begins with nobody, at noon.
ENROLMENT: Tour = (
    "/start",
    *taps("read agree share", of="start."),
    LISBON,
    *taps("go=zone view=clock go=zone", of="start."),
    "Lisbon",
    *taps("zone answer", of="start."),
    "22:00",
    "09:00",
    "4.5",
    Tap("start.finish"),
)

# Days as most patients have them. Begins at noon and ends on a morning, with the doses on hold.
TREATMENT: Tour = (
    timedelta(hours=10, minutes=5),
    *taps("snooze snooze_for", of="dose."),
    timedelta(minutes=40),
    *taps("taken correct amount amount_is correct time time_is", of="dose."),
    *taps("correct to_not_taken reason correct to_taken undo", of="dose."),
    11 * HOUR,
    *taps("answer=pain answer=sleep pick rate rated", of="checkin."),
    DAY,
    *taps("dose answer=pain answer=sleep same", of="checkin."),
    DAY,
    *taps("unwell change better dose answer=pain answer=sleep", of="checkin."),
    *taps("pick=low_mood rate=low_mood=severe stop", of="checkin."),
    39 * HOUR,
    "/checkin",
    Tap("checkin.day"),
    "I took tramadol last night",
    22 * HOUR,
)

# The other answers that there are, and the safety hold. Begins at noon, with the first dose tonight.
ANSWERS: Tour = (
    10 * HOUR,
    *taps("dose.not_tonight dose.skip_reason dose.correct dose.back"),
    11 * HOUR,
    "/checkin",
    *taps("skip back answer=pain answer=sleep pick=headache rate drop pick=nausea rate=mild", of="checkin."),
    *taps("rated change goto show", of="checkin."),
    "/today",
    *taps("today.extra today.extra_undo today.open checkin.open"),
    13 * HOUR,
    "/today",
    *taps("today.not_sure today.unsure today.open"),
    11 * HOUR,
    *taps("answer=pain answer=sleep none", of="checkin."),
    "I took tramadol last night",
    13 * HOUR,
    *taps("safety.not_yet safety.resume"),
    "I took codeine",
    Tap("safety.not_about_me"),
)

# Begins on the morning after the first dose.
HISTORY: Tour = (
    "/history",
    *taps("nothing day=2026-03-03 extra extra_undo", of="history."),
    timedelta(minutes=1),
    "pain 6, slept badly 4",
    "pain 7",
    timedelta(minutes=1),
    "/history",
    *taps("history.day=2026-03-04 history.before history.withdraw undo.open undo.now"),
    "/history",
    *taps("history.month=2026-02 history.month=2026-03"),
)

# Begins before the first dose.
SETTINGS: Tour = (
    "/settings",
    *taps("settings.test settings.field=zone settings.clock settings.place settings.open"),
    *taps("settings.field=zone settings.share"),
    LISBON,
    *taps("settings.zone settings.open settings.field=reminder_time"),
    "8:00 am",
    *taps("settings.swap settings.open settings.set=discreet"),
)

# Begins in the discreet mode, and ends out of it.
DISCREET: Tour = (
    "/note took ibuprofen",
    Tap("event.reveal"),
    "/card",
    *taps("card.show more.open card.open"),
    "/help",
    "/dose",
    *taps("help.safety regimen.open regimen.numbers"),
    "/settings",
    Tap("settings.set=discreet"),
)

# Begins on the morning after the first dose.
REGIMEN: Tour = (
    "/dose 1.5 for 2 weeks, then 3 for 2 weeks, then 4.5",
    *taps("save open hold hold_for=7 save why=prescriber open hold hold_for=7 save", of="regimen."),
    "It works here",
    *taps("open step move=7 save open step drop save open new amount=3 from only", of="regimen."),
    "/dose 9.5",
    *taps("from sure save history open", of="regimen."),
    4 * DAY,
    "/dose",
    *taps("back back_for=7 save history open", of="regimen."),
)

# Begins on a morning.
PAUSES: Tour = (
    "/dose 1.5 for 3 days, then 3",
    Tap("regimen.save"),
    "/pause",
    *taps("reason=illness later", of="pause."),
    "tomorrow",
    *taps("start=7 checkins open new reason=surgery start", of="pause."),
    5 * DAY,
    "/resume",
    *taps("resume=sure as_before", of="pause."),
)

SUPPLY: Tour = (
    "/supply",
    *taps("new label unit=capsules", of="supply."),
    "90",
    *taps("per_is refill got count", of="supply."),
    "20",
    *taps("per per_of per_is expiry", of="supply."),
    "12/2027",
    *taps("expiry expiry_is=none ledger one open warn warn_is=7", of="supply."),
    34 * HOUR,
    "/supply",
    *taps("said=taken one remove remove_sure", of="supply."),
)

DATES: Tour = (
    "/dates",
    *taps("new kind", of="dates."),
    "3/4",
    *taps("on every open one ask=words", of="dates."),
    "the blue form",
    *taps("ask=words no_words ask=every every ask=date", of="dates."),
    "1 December",
    *taps("delete restore open", of="dates."),
)

EVENTS: Tour = (
    "/note",
    *taps("kind=flare last last day day words", of="event."),
    "worse than most",
    *taps("what set_kind=illness words no_words delete restore list show", of="event."),
    "/note",
    *taps("kind=medicine bare what aspect=stopped list menu", of="event."),
)

REPORT: Tour = (
    "/report",
    Tap("report.name"),
    "A. B., 1970",
    Tap("report.questions"),
    "Is 4.5 mg right?",
    *taps("no_questions no_name forget preview send open", of="report."),
)

TRAVEL: Tour = (
    "I'm in New York",
    Tap("travel.keep"),
    "/travel New York",
    Tap("travel.move"),
    "3/4",
    *taps("back_on forget ask share", of="travel."),
    TOKYO,
    "/travel Springfield",
    *taps("to move home ask open", of="travel."),
)

# Begins after a day with answers; everything is gone at its end.
LEAVING: Tour = (
    "/export",
    *taps("data.json data.tables data.open"),
    "/privacy",
    *taps("delete when grace undo open delete when now", of="privacy."),
)

LOOKING_BACK: Tour = (
    "/summary",
    *taps("summary.show=30 compare.open compare.show summary.open"),
    "my knees hurt when it rains",
    *taps("help.open more.open help.about more.open today.open"),
)


TO_THE_MORNING: Tour = (21 * HOUR,)

# Each is one patient's, enrolled at noon for tonight; but the first, who is nobody yet.
CHAINS: dict[str, Tour] = {
    "enrolment": ENROLMENT,
    "treatment": TREATMENT,
    "answers, looking back, leaving": (*ANSWERS, *LOOKING_BACK, *REPORT, *LEAVING),
    "history, notes and dates": (*TO_THE_MORNING, *HISTORY, *EVENTS, *DATES),
    "plan": (*TO_THE_MORNING, *REGIMEN),
    "supply and pauses": (*SUPPLY, 11 * HOUR, *PAUSES),
    "settings and travel": (*SETTINGS, *DISCREET, HOUR, *TRAVEL),
}


@cache
def verb_of(data: str) -> str:
    """Return the verb of a button's callback data."""
    press = read_press(data)
    return press.verb if press else ""


def verbs_on(tour: Tour) -> frozenset[str]:
    """Return the verbs that are pressed on the tour."""
    return frozenset(stop.split("=")[0] for stop in tour if isinstance(stop, Tap))


async def start(talk: Conversation, name: str) -> Person:
    """Return who goes the chain called *name*."""
    return talk.meet("Ana") if name == "enrolment" else await talk.enrol("Ana")


async def follow(talk: Conversation, person: Person, tour: Tour) -> None:
    """Go the tour, each step of it held against the model."""
    for stop in tour:
        if isinstance(stop, timedelta):
            await talk.wait(stop)
        elif isinstance(stop, Here):
            await talk.share(person, *stop)
        elif isinstance(stop, Tap):
            await talk.press(person, _newest(talk, person, stop))
        else:
            await talk.say(person, stop)


def _newest(talk: Conversation, person: Person, tap: Tap) -> ChatButton:
    verb, *args = tap.split("=")
    found = [
        button
        for button in talk.buttons(person)
        if verb_of(button.data or "") == verb and set(args) <= set((button.data or "").split(":"))
    ]
    assert found, f"no {tap} was ever sent; newest: {person.last and person.last.text}"
    return found[-1]
