"""The time zone question: what a clock shows now, and well-known zones whose clocks show it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MINUTES_IN_DAY = 24 * 60

# One or a few for each offset and each rule of summer time; anybody else types a city.
_WELL_KNOWN = (
    "Pacific/Pago_Pago",
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Vancouver",
    "America/Denver",
    "America/Phoenix",
    "America/Chicago",
    "America/Winnipeg",
    "America/Mexico_City",
    "America/Regina",
    "America/New_York",
    "America/Toronto",
    "America/Bogota",
    "America/Lima",
    "America/Panama",
    "America/Halifax",
    "America/Caracas",
    "America/Puerto_Rico",
    "America/Santiago",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "America/Montevideo",
    "America/Nuuk",
    "Atlantic/Azores",
    "Atlantic/Cape_Verde",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Atlantic/Reykjavik",
    "Africa/Accra",
    "Africa/Casablanca",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Stockholm",
    "Europe/Warsaw",
    "Africa/Algiers",
    "Africa/Lagos",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Kyiv",
    "Europe/Bucharest",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Africa/Nairobi",
    "Asia/Riyadh",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Baku",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Tashkent",
    "Asia/Kolkata",
    "Asia/Colombo",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Almaty",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Jakarta",
    "Asia/Ho_Chi_Minh",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Manila",
    "Australia/Perth",
    "Australia/Eucla",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Darwin",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Australia/Melbourne",
    "Australia/Lord_Howe",
    "Pacific/Noumea",
    "Pacific/Auckland",
    "Pacific/Fiji",
    "Pacific/Chatham",
    "Pacific/Tongatapu",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
)


def place_name(zone_name: str) -> str:
    """Return the city in an IANA zone's name: "Buenos Aires" for America/Argentina/Buenos_Aires."""
    return zone_name.rsplit("/", 1)[-1].replace("_", " ")


def clock_offset(zone_name: str, now: datetime) -> int:
    """Return by how many minutes the clock in the zone is ahead of UTC at *now*, on a dial of 24 hours."""
    offset = now.astimezone(ZoneInfo(zone_name)).utcoffset() or timedelta(0)
    return round(offset.total_seconds() / 60) % MINUTES_IN_DAY


def clock_offsets(now: datetime) -> Sequence[int]:
    """Return the offsets of all clocks that can be offered at *now*, in the order of what they show.

    Two zones a whole day apart (Honolulu and Kiritimati) show the same time and share an offset here.
    """
    offsets = {clock_offset(name, now) for name in _WELL_KNOWN}
    start = now.hour * 60 + now.minute
    return sorted(offsets, key=lambda offset: (start + offset) % MINUTES_IN_DAY)


def shown_at(offset: int, now: datetime) -> str:
    """Return what a clock shows at *now* (aware UTC) that is *offset* minutes ahead of UTC: "22:15"."""
    return f"{now + timedelta(minutes=offset):%H:%M}"


def zones_showing(offset: int, now: datetime) -> Sequence[str]:
    """Return the well-known zones whose clocks at *now* are *offset* minutes ahead of UTC (see above)."""
    return [name for name in _WELL_KNOWN if clock_offset(name, now) == offset % MINUTES_IN_DAY]
