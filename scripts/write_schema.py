"""Writes docs/export.schema.json from the tables: `make schema`."""

from __future__ import annotations

import json
from pathlib import Path

from bot.storage.portable.schema import schema

TARGET = Path(__file__).parents[1] / "docs" / "export.schema.json"


def text() -> str:
    """Return the file's content."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
