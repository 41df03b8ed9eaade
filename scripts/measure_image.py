"""`make image-check`: replays the Dockerfile's first stage by hand, where there is no container engine.

What COPY and RUN of that stage say is done in a temporary folder, with this machine's Python. It shows how
large the folder is that the image takes over from it, which packages are the largest, and how long the
installed bot takes from its start to a healthy answer of /healthz, against the sandbox's Bot API. The base
image, user 10001 and the read-only file system aren't in it.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import distributions
from pathlib import Path

import httpx

from bot.clock import SystemClock
from bot.sandbox.server import SANDBOX_TOKEN, SandboxServer
from bot.sandbox.serving import loopback_socket

ROOT = Path(__file__).parent.parent
LARGEST = 10
_MB = 1_000_000
_STARTS = 2
_WITHIN_S = 60
_OK = 200


def main() -> None:
    """Measure, and print it."""
    with tempfile.TemporaryDirectory(prefix="ldn-image-") as name:
        folder = Path(name)
        replay(folder)
        show_sizes(folder / "venv")
        for number in range(_STARTS):
            began_with = "its first start (makes the database)" if number == 0 else "a later start"
            seconds, memory_mb = asyncio.run(start(folder))
            tell(f"{seconds:5.1f} s to a healthy /healthz, {memory_mb:.0f} MB at most: {began_with}")


def replay(folder: Path) -> None:
    """Do what the Dockerfile's stage "build" does, with /src and /venv in *folder*."""
    source = folder / "src"
    source.mkdir()
    for line in first_stage():
        word, _space, rest = line.partition(" ")
        if word == "COPY":
            *names, target = rest.split()
            for name in names:
                copy(ROOT / name, source / target / ("" if (ROOT / name).is_file() else "."))
        elif word == "RUN":
            python = re.sub(r"\bpython -m", f"{sys.executable} -m", rest)
            command = python.replace("/venv", str(folder / "venv"))
            subprocess.run(["/bin/sh", "-ec", command], cwd=source, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the Dockerfile's own


def first_stage() -> list[str]:
    """Return the instructions of the stage "build", one a line."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    [stage] = re.findall(r"^FROM \S+ AS build\n(.*?)^FROM ", text, re.DOTALL | re.MULTILINE)
    return [line for line in stage.splitlines() if line and not line.startswith("#")]


def copy(source: Path, target: Path) -> None:
    """Copy a file into a folder, or a folder's content, as COPY does."""
    if source.is_file():
        shutil.copy(source, target)
    else:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)


def show_sizes(venv: Path) -> None:
    """Print how large the folder is, and its largest packages."""
    files = [path for path in venv.rglob("*") if path.is_file() and not path.is_symlink()]
    total = sum(path.stat().st_size for path in files)
    [packages] = (venv / "lib").glob("python3.*/site-packages")
    sizes = {
        f"{found.name} {found.version}": sum(
            path.stat().st_size for file in found.files or () if (path := Path(str(file.locate()))).is_file()
        )
        for found in distributions(path=[str(packages)])
    }
    version = ".".join(map(str, sys.version_info[:2]))
    tell(f"/venv: {total / _MB:.0f} MB in {len(files)} files, {len(sizes)} packages, Python {version}")
    for name, size in sorted(sizes.items(), key=lambda pair: -pair[1])[:LARGEST]:
        tell(f"{size / _MB:7.1f} MB  {name}")


async def start(folder: Path) -> tuple[float, float]:
    """Start the installed bot; return seconds until it says that it is well, and its memory's peak in MB."""
    with loopback_socket("127.0.0.1", 0) as free:
        port = int(free.getsockname()[1])
    async with SandboxServer(SystemClock()) as telegram:
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            folder / "venv/bin/ldn-companion",
            "run",
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONDONTWRITEBYTECODE": "1",
                "LDN_TELEGRAM__TOKEN": SANDBOX_TOKEN,
                "LDN_TELEGRAM__BASE_URL": telegram.base_url,
                "LDN_TELEGRAM__LISTEN_PORT": str(port),
            },
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(_WITHIN_S):
                await until_well(f"http://127.0.0.1:{port}/healthz")
            return time.monotonic() - began, peak_mb(process.pid)
        finally:
            process.terminate()
            await process.wait()


async def until_well(address: str) -> None:
    """Ask until the answer is 200."""
    async with httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(address)).status_code == _OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.02)


def peak_mb(pid: int) -> float:
    """Return a process's largest resident size so far."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 / _MB if found else 0.0


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
