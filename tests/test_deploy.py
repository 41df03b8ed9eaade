"""What operators copy from deploy/ is accepted by the programs that it is for, as far as they are here."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from scripts.list_licences import locked

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "deploy" / "ldn-companion.service"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze."""
    return subprocess.run(
        [shutil.which("systemd-analyze") or "", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@needs_systemd
def test_systemd_understands_every_line_of_the_unit(tmp_path: Path) -> None:
    """Nothing is unknown, misspelt or contradictory; only the program's path is this machine's."""
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text("utf-8")), "utf-8")
    checked = analyze("verify", "--man=no", str(unit))
    assert (checked.returncode, checked.stderr) == (0, "")


@needs_systemd
def test_the_unit_is_shut_in() -> None:
    """By systemd's own measure of exposure, 10 the worst, it is at most 1.5."""
    rated = analyze("security", "--offline=true", "--threshold=15", str(UNIT))
    if "Unknown" in rated.stderr or "unrecognized" in rated.stderr:
        pytest.skip("an older systemd-analyze")
    assert rated.returncode == 0, rated.stdout[-200:]


@pytest.mark.parametrize("name", ["Caddyfile", "Caddyfile.single", "nginx.conf"])
def test_a_proxy_leads_to_the_webhook_alone(name: str) -> None:
    """Telegram's path goes in, everything else is 404; braces match."""
    text = re.sub(r"(?m)#.*$", "", (ROOT / "deploy" / name).read_text("utf-8"))
    assert text.count("{") == text.count("}")
    assert "/telegram" in text
    assert "404" in text
    assert not re.search(r"healthz|metrics", text)


@pytest.mark.parametrize("head", ["x-replica: &replica", "  bot:", "  bot-postgres:"])
def test_what_a_bot_of_compose_writes_outlives_its_container(head: str) -> None:
    """Backups and the file of erasures lie in a volume with a name, which replicas share."""
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    _before, _head, after = compose.partition(f"\n{head}\n")
    assert "- data:/data" in after.partition("\n\n")[0]


def test_the_licence_of_everything_that_runs_is_listed() -> None:
    """`make licences` was run after the last change of the lock."""
    listed = set(
        re.findall(r"(?m)^\| (\S+) \| \S+ \| \S", (ROOT / "docs" / "licences.md").read_text("utf-8"))
    )
    names = {re.sub(r"[-_.]+", "-", name.lower()) for name in listed}
    # Those of another system, or of another Python, aren't installed here.
    elsewhere = {"colorama", "tzdata", "typing-extensions"}
    assert {re.sub(r"[-_.]+", "-", name) for name in locked()} - names <= elsewhere


def test_the_doctor_and_the_others_stand_in_the_readme() -> None:
    """Every command has its line in README's table."""
    import typer.main  # noqa: PLC0415 - the one use

    from bot.cli import app  # noqa: PLC0415 - the same

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    named = re.findall(r"(?m)^\| `ldn-companion ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"))
    assert set(named) == set(commands)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
