"""Writes docs/licences.md: the licence of everything that runs in the bot (`make licences`)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK, TARGET = ROOT / "requirements.lock", ROOT / "docs" / "licences.md"
# They build the package and aren't in the image.
_BUILD_ONLY = frozenset({"editables", "hatchling", "pathspec", "pluggy", "trove-classifiers"})
# The names in the package's metadata are long, old or whole texts.
_LONGEST = 60

_HEAD = """# Licences

What runs in the bot, from `requirements.lock`, and under which licence; written by `make licences`. LDN
Companion itself is under the MIT licence; its list of cities comes from GeoNames (CC BY 4.0).

| package | version | licence |
|---|---|---|
"""


def locked() -> frozenset[str]:
    """Return the names in requirements.lock, but those that only build."""
    names = re.findall(r"(?m)^([A-Za-z0-9._-]+)==", LOCK.read_text("utf-8"))
    return frozenset(name.lower() for name in names) - _BUILD_ONLY


def page() -> str:
    """Return docs/licences.md; packages that this machine hasn't got (another system's) are left out."""
    listed = subprocess.run(  # noqa: S603 - names from our own lock
        [
            Path(sys.executable).with_name("pip-licenses"),
            "--from=mixed",
            "--format=json",
            "--packages",
            *sorted(locked()),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    rows = sorted(json.loads(listed.stdout), key=lambda row: row["Name"].lower())
    return _HEAD + "".join(
        f"| {row['Name']} | {row['Version']} | {_short(row['License'])} |\n" for row in rows
    )


def _short(licence: str) -> str:
    return " ".join(licence.replace("|", "/").split())[:_LONGEST]


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
