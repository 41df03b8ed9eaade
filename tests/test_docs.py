"""README and docs/ name nothing that isn't there, and quote the code word for word."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from bot import parts
from bot.cli import app
from bot.config import SECRET_KEYS, Settings
from bot.domain import checkin_words, evidence, safety, safety_help, side_effect
from bot.domain.checkin import Question

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text("utf-8") for page in PAGES}
EVERYTHING = "\n".join(TEXTS.values())
# Made when something runs, so not there in a fresh clone.
MADE = ("tests/benchmarks/results", "build/")


def words_of(page: str) -> str:
    """Return a page with its line breaks and quotation marks as single spaces."""
    return " ".join(re.sub(r"^> ?", "", TEXTS[page], flags=re.MULTILINE).split())


def test_the_documentation_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Sphinx follows every link between pages; no built page asks another server for anything."""
    sphinx = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    done = subprocess.run(
        [*sphinx, str(DOCS), str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    for page in tmp_path.rglob("*.html"):
        loaded = re.findall(
            r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(//|https?:)", page.read_text("utf-8")
        )
        assert not loaded, page.name


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_to_a_file_leads_somewhere(page: str) -> None:
    """A link or a picture that isn't on the web is in the repository."""
    prose = re.sub(r"(?ms)^```.*?^```", "", TEXTS[page])
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", prose)
    for link in filter(None, (one or other for one, other in links)):
        if not link.startswith(("http://", "https://")):
            assert ((ROOT / page).parent / link).exists(), link


def test_every_target_and_command_that_is_named_exists() -> None:
    """What a reader is told to type can be typed."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?m)(?:^    |`)make ([a-z-]+)", EVERYTHING)) <= targets
    known = typer.main.get_command(app).commands.keys()  # type: ignore[attr-defined]
    named = set(re.findall(r"ldn-companion ([a-z]+(?:-[a-z]+)*)\b", EVERYTHING))
    assert named - {"run"} <= known
    assert "run" in known


def test_every_setting_and_variable_that_is_named_exists() -> None:
    """Sections, keys and their variables are the ones of Settings."""
    keys = {
        (section, key)
        for section, field in Settings.model_fields.items()
        for key in type(field.default).model_fields
    }
    sections = "|".join(Settings.model_fields)
    assert set(re.findall(rf"`({sections})\.(\w+)`", EVERYTHING)) <= keys
    variables = {f"LDN_{section}__{key}".upper() for section, key in keys}
    variables |= {f"LDN_{section}__{key}_FILE".upper() for section, key in SECRET_KEYS}
    named = set(re.findall(r"\bLDN_[A-Z_]+", EVERYTHING)) - {"LDN_CONFIG", "LDN_HOST", "LDN_"}
    assert named <= variables


def test_every_file_that_is_named_exists() -> None:
    """A map that leads into a wall is worse than none."""
    named = set(re.findall(r"`((?:bot|tests|scripts|deploy|docs)/[\w./-]*)`", EVERYTHING))
    assert len(named) > 40
    assert [name for name in named if not name.startswith(MADE) and not (ROOT / name).exists()] == []


def test_the_map_of_the_house_names_every_room() -> None:
    """A newcomer finds each folder of bot/ on it."""
    rooms = {path.name for path in (ROOT / "bot").iterdir() if path.is_dir()} - {"__pycache__"}
    page = TEXTS["docs/developers/index.md"]
    assert sorted(room for room in rooms if f"`bot/{room}/`" not in page) == []


def test_every_command_of_the_chat_that_is_named_exists() -> None:
    """`/today` and the like, as patients type them."""
    known = {command for feature in parts.FEATURES for command in feature.commands} | {"more"}
    named = set(re.findall(r"(?:`|\*\*)/([a-z]+)(?:`|\*\*)", EVERYTHING)) - _NOT_OURS
    assert {"today", "checkin", "summary"} <= named <= known


def test_clinicians_read_the_questions_as_patients_do() -> None:
    """Every question, scale end, side effect and answer stands in docs/clinicians word for word."""
    page = words_of("docs/clinicians/asked.md")
    said = [checkin_words.QUESTION_TEXTS[question] for question in Question]
    said += [end for ends in checkin_words.SCALE_ENDS.values() for end in ends]
    said += [*checkin_words.PGIC_LABELS.values(), *checkin_words.DOSE_ANSWER_LABELS.values()]
    said += [*side_effect.SIDE_EFFECT_LABELS.values(), *side_effect.SEVERITY_DEFINITIONS.values()]
    assert [text for text in said if text not in page] == []


def test_clinicians_read_the_safety_texts_as_patients_do() -> None:
    """Every full safety text stands in docs/clinicians word for word, and the trials' numbers too."""
    page = words_of("docs/clinicians/safety.md")
    said = [row.text for row in safety.TABLE]
    said += [text for pair in safety_help.HELP_TEXTS for text in pair]
    said += [safety.BEFORE_USE, safety.EXTRA_DOSE, safety.FROM_10_MG, safety.ON_HOLD]
    said += [safety.NOT_SURE_MORNING, safety.NO_ANSWER_LOGGED, safety.EXTRA_DOSE_TODAY]
    said += [safety.hours_since_text("{time}", 11).replace("11", "{hours}")]
    said += [safety.CARD_TITLE, *safety.CARD_LINES]
    assert [text for text in said if text not in page] == []
    known = words_of("docs/clinicians/literature.md")
    numbers = {number for trial in evidence.TRIALS for number in re.findall(r"[−\d][\d.]*\d(?: %)?", trial)}
    assert [number for number in numbers if number not in known] == []


# Addresses on HTTP, and what is said to @BotFather.
_NOT_OURS = {"bot", "healthz", "metrics", "newbot", "setjoingroups"}
