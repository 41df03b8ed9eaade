"""A typed place and the zones it may mean, on the real list of cities."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.places import fold, is_zone
from bot.storage.places import CityFile, city_file, find_zones, zone_at

ONE_ZONE = [
    ("Lisbon", "Europe/Lisbon"),
    ("lisboa", "Europe/Lisbon"),
    (" LISBON, portugal ", "Europe/Lisbon"),
    ("I live in Berlin", "Europe/Berlin"),
    ("Wien", "Europe/Vienna"),
    ("München", "Europe/Berlin"),
    ("Muenchen", "Europe/Berlin"),
    ("sao paulo", "America/Sao_Paulo"),
    ("São Paulo", "America/Sao_Paulo"),
    ("Москва", "Europe/Moscow"),
    ("東京", "Asia/Tokyo"),
    ("Kiev", "Europe/Kyiv"),
    ("new york", "America/New_York"),
    ("NYC", "America/New_York"),
    ("New York City, USA", "America/New_York"),
    ("Washington, DC", "America/New_York"),
    ("Portland, Oregon", "America/Los_Angeles"),
    ("Portland, OR", "America/Los_Angeles"),
    ("portland maine", "America/New_York"),
    ("London, Ontario", "America/Toronto"),
    ("London UK", "Europe/London"),
    ("Paris, Texas", "America/Chicago"),
    ("Springfield, MO", "America/Chicago"),
    ("Sydney", "Australia/Sydney"),
    ("Kathmandu", "Asia/Kathmandu"),
    ("Nuuk", "America/Nuuk"),
    ("uk", "Europe/London"),
    ("Ireland", "Europe/Dublin"),
    ("Hawaii", "Pacific/Honolulu"),
    ("Azores", "Atlantic/Azores"),
    ("Lord Howe", "Australia/Lord_Howe"),
    ("europe/lisbon", "Europe/Lisbon"),
    ("America/New York", "America/New_York"),
    ("America / New_York", "America/New_York"),
    ("Asia/Calcutta", "Asia/Calcutta"),
    ("Etc/GMT+5", "Etc/GMT+5"),
    ("Etc/GMT-5", "Etc/GMT-5"),
    ("JST", "Asia/Tokyo"),
]


@pytest.mark.parametrize(("typed", "zone"), ONE_ZONE)
def test_a_place_that_is_clear_has_one_zone(typed: str, zone: str) -> None:
    """Under any of its names, with or without its country or state."""
    assert [(place.zone, place.suggestion) for place in find_zones(typed)] == [(zone, False)]


@pytest.mark.parametrize(
    ("typed", "zones"),
    [
        ("Portland", ["America/Los_Angeles", "America/New_York"]),
        ("London", ["Europe/London", "America/Toronto"]),
        ("Portugal", ["Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"]),
        ("Texas", ["America/Chicago", "America/Denver"]),
        ("EST", ["America/New_York", "America/Jamaica"]),
    ],
)
def test_a_place_that_is_not_clear_offers_each_zone_once(typed: str, zones: list[str]) -> None:
    """The most populous first."""
    assert [place.zone for place in find_zones(typed)] == zones


def test_a_choice_can_be_told_from_the_others() -> None:
    """By state and country."""
    assert [place.label for place in find_zones("Portland")] == [
        "Portland, Oregon, United States",
        "Portland, Maine, United States",
    ]


@pytest.mark.parametrize("typed", ["USA", "Australia", "Springfield", "Georgia", "Washington", "Cambridge"])
def test_no_more_than_six_places_are_offered(typed: str) -> None:
    """Each with another zone."""
    places = find_zones(typed)

    assert 2 <= len(places) <= 6
    assert len({place.zone for place in places}) == len(places)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Lisbn", "Europe/Lisbon"),
        ("Lisb", "Europe/Lisbon"),
        ("Copenhagn", "Europe/Copenhagen"),
        ("Chicgo", "America/Chicago"),
        ("Kathmndu", "Asia/Kathmandu"),
        ("Portland, Narnia", "America/Los_Angeles"),
    ],
)
def test_a_slip_of_a_finger_gets_suggestions(typed: str, zone: str) -> None:
    """Flagged as such, the likeliest first, three at most."""
    places = find_zones(typed)

    assert places[0].zone == zone
    assert all(place.suggestion for place in places)
    assert len(places) <= 3


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            ",",
            ", ,",
            "😀",
            "asdfgh",
            "zz",
            "Europe/Nowhere",
            "Europe/",
            "/",
            "posix/Europe/Lisbon",
            "Factory",
        ),
        *("UTC+1", "GMT-5", "+02:00", "x" * 10_000, "Lisbon " * 2_000, "22:30", "'; DROP TABLE patient; --"),
    ],
)
def test_what_is_no_place_finds_nothing(typed: str) -> None:
    """A bare offset is no zone: it would be wrong for half of the year."""
    assert find_zones(typed) == []


@given(st.text(max_size=90))
def test_no_text_breaks_the_search(typed: str) -> None:
    """And whatever it finds is a zone."""
    assert all(is_zone(place.zone) for place in find_zones(typed))


def test_every_name_in_the_file_is_found() -> None:
    """A sample of one in 50, the first and the last among them."""
    cities = city_file()
    names = [line.split(b"\t")[0].decode() for line in cities._names.splitlines() if line]  # noqa: SLF001 - the file's own list

    assert len(names) > 200_000
    assert all(cities.lookup(name) for name in [*names[::50], names[-1]])
    assert all(fold(name) == name for name in names[::50])


def test_the_cities_load_quickly_and_take_little_memory() -> None:
    """They wait until somebody types a city, and stay a block of bytes."""
    tracemalloc.start()
    begin = time.monotonic()
    cities = CityFile()
    seconds = time.monotonic() - begin
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert cities.lookup("lisbon")
    assert kept < 15e6
    assert peak < 40e6
    assert seconds < 10  # about 0.1 s; this counts tracing, and a busy machine


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (38.72, -9.14, "Europe/Lisbon"),
        (-31.55, 159.08, "Australia/Lord_Howe"),
        (0.0, 0.0, None),
        (91.0, 0.0, None),
        (0.0, 181.0, None),
        (float("nan"), 0.0, None),
    ],
)
def test_a_shared_location_becomes_a_zone(latitude: float, longitude: float, zone: str | None) -> None:
    """At sea, or off the globe, there is none."""
    assert zone_at(latitude, longitude) == zone


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Europe/Lisbon", True),
        ("Asia/Calcutta", True),
        ("UTC", True),
        ("europe/lisbon", False),
        ("Factory", False),
        ("localtime", False),
        ("posix/Europe/Lisbon", False),
        ("right/Europe/Lisbon", False),
        ("../../etc/passwd", False),
        ("", False),
    ],
)
def test_only_real_zones_are_zones(name: str, known: bool) -> None:  # noqa: FBT001 - a table
    """Spelled exactly, and meant for people."""
    assert is_zone(name) is known
