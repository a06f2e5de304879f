"""A program that sleeps instead of working."""

from __future__ import annotations

import pytest
from security_world import Attack

from lotterylang.run.effects import Called


@pytest.mark.parametrize(
    "code", ["import time\ntime.sleep(10**6)\n'awake'", "import asyncio\nasyncio.run(asyncio.sleep(10**6))\n'awake'"]
)
def test_monty_sleeps(attack: Attack, code: str) -> None:
    assert attack.call("python", code=code) == Called("awake")
    attack.works()
