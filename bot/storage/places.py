"""Where places come from: an extract of GeoNames, loaded when somebody first types a city, and tzfpy's map.

The extract stays one block of bytes that is searched in place: as Python objects its names would take many
times the memory. `scripts/build_places.py` makes the file.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain import places
from bot.domain.places import City, Place, fold, is_zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FILE = Path(__file__).parent / "places_data" / "places.gz"
_MOST_NAMES_READ = 400
_MAX_LATITUDE, _MAX_LONGITUDE = 90.0, 180.0


_Areas = dict[str, dict[str, int]]


class CityFile:
    """The cities of the file, found by name."""

    def __init__(self, path: Path = _FILE) -> None:
        with gzip.open(path) as file:
            head = json.loads(file.readline())
            self._cities: bytes = file.read(head["cities"])
            self._names: bytes = file.read(head["names"])
        self._zones: Sequence[str] = head["zones"]
        self._countries: Mapping[str, str] = head["countries"]
        self._largest = self._largest_by_area()

    def lookup(self, key: str) -> Sequence[City]:
        """Return the cities called *key* (folded), the most populous first for each kind of name."""
        at = self._first_name_from(key.encode())
        name, cities = self._read_names(at)
        return cities if name == key else []

    def starting_with(self, prefix: str) -> Sequence[City]:
        """Return the cities of the first few hundred names that begin with *prefix* (folded)."""
        wanted = prefix.encode()
        at = self._first_name_from(wanted)
        found: list[City] = []
        for _name in range(_MOST_NAMES_READ):
            if not self._names.startswith(wanted, at):
                break
            found += self._read_names(at)[1]
            at = self._names.index(b"\n", at) + 1
        return found

    def names_with(self, prefix: str, at_most: int) -> Sequence[str] | None:
        """Return the names that begin with *prefix* (folded), or None where there are more than *at_most*."""
        wanted = prefix.encode()
        at = self._first_name_from(wanted)
        names: list[str] = []
        while self._names.startswith(wanted, at):
            if len(names) == at_most:
                return None
            names.append(self._names[at : self._names.index(b"\t", at)].decode())
            at = self._names.index(b"\n", at) + 1
        return names

    def in_country(self, key: str) -> Sequence[City]:
        """Return the largest city of each zone of the country called *key* (folded), or with that code."""
        return [self._city(offset) for offset in self._largest[0].get(key, {}).values()]

    def in_region(self, key: str) -> Sequence[City]:
        """Return the largest city of each zone of the state or province called *key* (folded)."""
        return [self._city(offset) for offset in self._largest[1].get(key, {}).values()]

    def _first_name_from(self, key: bytes) -> int:
        """Return where the first line begins whose name is *key* or comes after it."""
        low, high = 1, len(self._names)
        while low < high:
            begin = self._names.rfind(b"\n", 0, (low + high) // 2) + 1
            if self._names[begin : self._names.find(b"\t", begin)] < key:
                low = self._names.find(b"\n", begin) + 1
            else:
                high = begin
        return low

    def _read_names(self, at: int) -> tuple[str, list[City]]:
        if at >= len(self._names):
            return "", []
        name, _tab, offsets = self._names[at : self._names.find(b"\n", at)].decode().partition("\t")
        return name, [self._city(int(o.rstrip("a")), main=not o.endswith("a")) for o in offsets.split(",")]

    def _city(self, offset: int, *, main: bool = True) -> City:
        row = self._cities[offset : self._cities.find(b"\n", offset)].decode()
        name, country, region, region_code, zone, population = row.split("\t")
        return City(
            name=name,
            country_code=country,
            country=self._countries.get(country, country),
            region=region,
            region_code=region_code,
            zone=self._zones[int(zone)],
            population=int(population),
            main_name=main,
        )

    def _largest_by_area(self) -> tuple[_Areas, _Areas]:
        """Return where the largest city of each zone stands, by folded name of country and of region."""
        countries: _Areas = {}
        regions: _Areas = {}
        for offset, (_name, country, region, _region_code, zone, _population) in self._rows():
            countries.setdefault(country, {}).setdefault(zone, offset)
            regions.setdefault(region, {}).setdefault(zone, offset)
        by_name = {fold(self._countries.get(code, code)): found for code, found in countries.items()}
        return by_name | countries, {fold(region): found for region, found in regions.items() if region}

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        offset = 0
        for line in self._cities.splitlines(keepends=True):
            yield offset, line.decode().rstrip("\n").split("\t")
            offset += len(line)


@cache
def city_file() -> CityFile:
    """Return the cities, loaded once (about 0.1 s and 10 MB)."""
    return CityFile()


def find_zones(text: str) -> list[Place]:
    """Return the places that *text* may mean (see `bot.domain.places.find_zones`)."""
    return places.find_zones(text, city_file())


def zone_at(latitude: float, longitude: float) -> str | None:
    """Return the IANA zone at a point in degrees, or None at sea; nothing is kept of the point."""
    # Imported here: the map is only needed by the few who share a location.
    from tzfpy import get_tz  # noqa: PLC0415 - 5 MB that most processes never need

    if not (abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE):
        return None
    zone = get_tz(longitude, latitude)
    return zone if is_zone(zone) and not zone.startswith("Etc/") else None
