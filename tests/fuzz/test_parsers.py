"""The short form of `make fuzz`."""

from __future__ import annotations

import pytest

from tests.fuzz.parsers import PARSERS
from tests.fuzz.run import fuzz


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_anything(name: str) -> None:
    """Each returns what it promises or says that it didn't understand, whatever was typed."""
    assert fuzz(name, 60, derandomize=True) >= 30
