"""Pictures that somebody looked at and found good: `python -m tests.reports.golden` takes new ones."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from bot.domain.checkin_calendar import Rhythm
from bot.reports.picture import draw_picture
from tests.reports.diaries import diary, titrated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER = Path(__file__).parent / "golden"
PICTURES: Mapping[str, Callable[[], bytes]] = {
    "week": lambda: draw_picture(diary(7, started_on=date(2026, 5, 3))),
    "month": lambda: draw_picture(diary(30)),
    "quarter": lambda: draw_picture(diary(90)),
    "year": lambda: draw_picture(diary(365)),
    "discreet": lambda: draw_picture(diary(30, discreet=True)),
    "every-other-day": lambda: draw_picture(diary(90, rhythm=Rhythm.EVERY_OTHER_DAY)),
    "titration": lambda: draw_picture(titrated(365, 14)),
    "silent": lambda: draw_picture(diary(7, silent=True)),
}
TILE = 12
# Another version of a font moves edges by a fraction of a pixel; a lost mark changes its tile altogether.
TOLERANCE = 0.055


def small(content: bytes) -> Image.Image:
    """Return the picture at the size of a phone's screen: 360 pixels wide, grey levels apart from colours."""
    image = Image.open(BytesIO(content)).convert("RGB")
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far the worst tiles of two pictures are apart: 0 the same, 1 where the sizes differ."""
    if one.size != other.size:
        return 1.0
    apart = ImageChops.difference(one, other).convert("L")
    tiles = apart.resize((one.width // TILE, one.height // TILE), Image.Resampling.BOX)
    return float(tiles.getextrema()[1]) / 255  # type: ignore[arg-type]


def kept(name: str) -> Image.Image:
    """Return the picture that was found good."""
    return Image.open(FOLDER / f"{name}.png").convert("RGB")


def main() -> None:
    """Take new ones: look at each before you commit it."""
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        picture = small(draw()).quantize(256, dither=Image.Dither.NONE)
        picture.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
