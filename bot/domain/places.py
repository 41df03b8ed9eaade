"""A city, country or zone that a patient types, and the time zones it may mean. Pure: the index comes in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Protocol
from zoneinfo import available_timezones

from bot.domain.slips import one_slip_away

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_PLACES = 6
MOST_SUGGESTIONS = 3
LONGEST_PLACE = 80
MUCH_SMALLER = 40
"""A namesake this many times smaller isn't offered: who lives there adds the country or state."""
MUCH_SMALLER_IN_COUNTRY = 400
"""Nor is a zone of a country where so few live (a base on Cyprus, for the United Kingdom)."""
SHORTEST_SUGGESTED = 4
_ALTERNATE_NAME_COUNTS = 0.05
_SHORTEST_ALTERNATE_SUGGESTED = 5
_WORDS_OF_A_QUALIFIER = 3


@dataclass(frozen=True, slots=True)
class Place:
    """One answer to "where are you?".

    Attributes:
        name: City ("Portland"), or the city in a zone's name where a zone was typed.
        region: State or province where the country has several zones ("Oregon"), or None.
        country: Country in English, or None for a zone that was typed.
        zone: IANA name.
        suggestion: The name was not typed like this: "did you mean …?"
    """

    name: str
    region: str | None
    country: str | None
    zone: str
    suggestion: bool = False

    @property
    def label(self) -> str:
        """Return "Portland, Oregon, United States"."""
        return ", ".join(part for part in (self.name, self.region, self.country) if part)


@dataclass(frozen=True, slots=True)
class City:
    """A row of the index.

    Attributes:
        name: Name in English, as far as it has one.
        country_code: ISO 3166, two letters.
        country: Name in English.
        region: State or province, "" where the index keeps none.
        region_code: "OR", "" where there is none.
        zone: IANA name.
        population: People.
        main_name: The name looked for is the main one, not one of the alternates.
    """

    name: str
    country_code: str
    country: str
    region: str
    region_code: str
    zone: str
    population: int
    main_name: bool = True


class PlaceIndex(Protocol):
    """Cities by folded name (see `fold`)."""

    def lookup(self, key: str) -> Sequence[City]:
        """Return the cities called *key*."""
        ...

    def starting_with(self, prefix: str) -> Sequence[City]:
        """Return some of the cities whose name begins with *prefix*."""
        ...

    def names_with(self, prefix: str, at_most: int) -> Sequence[str] | None:
        """Return the names that begin with *prefix*, or None where there are more than *at_most*."""
        ...

    def in_country(self, key: str) -> Sequence[City]:
        """Return the largest city of each zone of the country called *key* (or with that code: "US")."""
        ...

    def in_region(self, key: str) -> Sequence[City]:
        """Return the largest city of each zone of the state or province called *key*."""
        ...


_ABBREVIATIONS = {
    "et": ("America/New_York",),
    "est": ("America/New_York", "America/Jamaica"),
    "edt": ("America/New_York",),
    "ct": ("America/Chicago",),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "cdt": ("America/Chicago",),
    "mt": ("America/Denver",),
    "mst": ("America/Denver", "America/Phoenix"),
    "mdt": ("America/Denver",),
    "pst": ("America/Los_Angeles",),
    "pdt": ("America/Los_Angeles",),
    "gmt": ("Europe/London", "Africa/Accra"),
    "bst": ("Europe/London",),
    "wet": ("Europe/Lisbon",),
    "cet": ("Europe/Berlin", "Africa/Algiers"),
    "cest": ("Europe/Berlin",),
    "eet": ("Europe/Athens", "Africa/Cairo"),
    "msk": ("Europe/Moscow",),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "jst": ("Asia/Tokyo",),
    "aest": ("Australia/Sydney", "Australia/Brisbane"),
    "acst": ("Australia/Adelaide", "Australia/Darwin"),
    "awst": ("Australia/Perth",),
    "nzst": ("Pacific/Auckland",),
    "nzdt": ("Pacific/Auckland",),
    "utc": ("UTC",),
}
"""What people mean by them. IANA's own "EST" has no summer time, which hardly anybody means."""

_NOT_FOR_PATIENTS = frozenset({"Factory", "localtime", "posixrules"})
_LEAD = re.compile(r"^(?:i am in|im in|i live in|we live in|live in|living in|from|near|in|time ?zone:?|tz) ")


def is_zone(name: str) -> bool:
    """Tell whether *name* is exactly an IANA zone (aliases included) that a patient can have."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(
        name
        for name in available_timezones()
        if name not in _NOT_FOR_PATIENTS and not name.startswith(("posix/", "right/"))
    )


@cache
def _zones_by_typed_name() -> dict[str, str]:
    return {name.casefold(): name for name in _zones() if "/" in name}


@cache
def _zones_by_last_part() -> dict[str, str]:
    """Return the zones that no larger city stands for, as well: "Lord Howe", "Troll", "Easter"."""
    names = sorted(name for name in _zones() if "/" in name and not name.startswith("Etc/"))
    return {fold(name.rsplit("/", 1)[-1]): name for name in names}


def fold(text: str) -> str:
    """Return *text* as the index spells it: no case, accents or punctuation, "st" for "saint"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("ø", "o").replace("ł", "l")
    letters = (character for character in plain if not unicodedata.combining(character))
    words = "".join(letter if letter.isalnum() else "" if letter in "'’ʼ`" else " " for letter in letters)
    return " ".join("st" if word == "saint" else word for word in words.split())


def find_zones(text: str, index: PlaceIndex) -> list[Place]:
    """Return the places that *text* may mean, one for each zone, the most populous first, at most six.

    Zones ("europe/lisbon"), cities under any of their names, "Portland, Oregon", countries and states are
    known, and the usual abbreviations ("EST") by what people mean. A bare offset ("UTC+1") isn't taken: it
    would be wrong for half of the year. Near misses come back flagged as suggestions.

    Args:
        text: What a patient typed.
        index: The cities.

    Returns:
        Places; none where nothing is known by that name.
    """
    if len(text) > LONGEST_PLACE:
        return []
    parts = [fold(part) for part in text.split(",")]
    folded = " ".join(part for part in parts if part)
    if not folded:
        return []
    return _typed_zone(text, folded) or _known(parts, index) or _suggested(folded, index)


def _typed_zone(text: str, folded: str) -> list[Place]:
    if "/" in text:
        name = _zones_by_typed_name().get(
            re.sub(r"\s+", "_", re.sub(r"\s*/\s*", "/", text.strip().casefold()))
        )
        return [_place_of_zone(name)] if name else []
    return [_place_of_zone(name) for name in _ABBREVIATIONS.get(folded, ())]


def _place_of_zone(name: str) -> Place:
    return Place(name.rsplit("/", 1)[-1].replace("_", " "), None, None, name)


def _known(parts: Sequence[str], index: PlaceIndex) -> list[Place]:
    name, *qualifiers = [_LEAD.sub("", part) for part in parts if part]
    if qualifiers:
        cities = [city for city in index.lookup(name) if _is_in(city, qualifiers)]
        elsewhere = [replace(place, suggestion=True) for place in _places(index.lookup(name))]
        return _places(cities) or _known([" ".join([name, *qualifiers])], index) or elsewhere
    country = index.in_country(_COUNTRY_BY_NICKNAME.get(name, name))
    region = index.in_region(name)
    if country:
        return _places([*country, *region], much_smaller=MUCH_SMALLER_IN_COUNTRY)
    found = _places(index.lookup(name))
    if found or region:
        zones = {place.zone for place in found}
        also = [
            place
            for place in _places(region, much_smaller=MUCH_SMALLER_IN_COUNTRY)
            if place.zone not in zones
        ]
        return [*found, *also][:MOST_PLACES]
    zone = _zones_by_last_part().get(name)
    return _with_loose_qualifier(name.split(), index) or ([_place_of_zone(zone)] if zone else [])


def _with_loose_qualifier(words: Sequence[str], index: PlaceIndex) -> list[Place]:
    """Read "portland or" and "london united kingdom", which have no comma."""
    for count in range(1, min(_WORDS_OF_A_QUALIFIER, len(words) - 1) + 1):
        qualifier = " ".join(words[-count:])
        cities = [city for city in index.lookup(" ".join(words[:-count])) if _is_in(city, [qualifier])]
        if cities:
            return _places(cities)
    return []


def _is_in(city: City, qualifiers: Iterable[str]) -> bool:
    known = {fold(part) for part in (city.region, city.region_code, city.country, city.country_code) if part}
    known |= _COUNTRY_NICKNAMES.get(city.country_code, frozenset())
    return all(qualifier in known for qualifier in qualifiers)


_COUNTRY_NICKNAMES = {
    "US": frozenset({"us", "usa", "america", "united states of america", "u s", "u s a"}),
    "GB": frozenset({"uk", "england", "scotland", "wales", "great britain", "britain", "northern ireland"}),
    "NL": frozenset({"holland", "netherlands", "the netherlands"}),
    "DE": frozenset({"deutschland"}),
    "ES": frozenset({"espana"}),
    "AE": frozenset({"uae"}),
    "CZ": frozenset({"czech republic"}),
    "CH": frozenset({"schweiz", "suisse"}),
    "AT": frozenset({"osterreich"}),
    "BR": frozenset({"brasil"}),
}
_COUNTRY_BY_NICKNAME = {
    nickname: code for code, nicknames in _COUNTRY_NICKNAMES.items() for nickname in nicknames
}


def _places(cities: Iterable[City], *, much_smaller: int = MUCH_SMALLER) -> list[Place]:
    """Return one place for each zone, by the weight of its largest city."""
    weights = {city: city.population * (1 if city.main_name else _ALTERNATE_NAME_COUNTS) for city in cities}
    largest: dict[str, City] = {}
    for city in sorted(weights, key=lambda city: weights[city], reverse=True):
        largest.setdefault(city.zone, city)
    if not largest:
        return []
    least = weights[next(iter(largest.values()))] / much_smaller
    kept = [city for city in largest.values() if weights[city] >= least]
    return [Place(city.name, city.region or None, city.country, city.zone) for city in kept[:MOST_PLACES]]


def _suggested(folded: str, index: PlaceIndex) -> list[Place]:
    """Return places whose name begins like *folded*, or is one slip of a finger away from it."""
    if len(folded) < SHORTEST_SUGGESTED:
        return []
    cities = list(index.starting_with(folded))
    for slip in one_slip_away(folded, index.names_with):
        long_enough = len(slip) >= _SHORTEST_ALTERNATE_SUGGESTED
        cities += [city for city in index.lookup(slip) if city.main_name or long_enough]
    return [replace(place, suggestion=True) for place in _places(cities)[:MOST_SUGGESTIONS]]
