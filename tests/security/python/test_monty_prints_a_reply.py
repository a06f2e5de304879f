"""Output that looks like the reply of a worker."""

from __future__ import annotations

from security_world import Attack

from lotterylang.run.effects import Called


def test_monty_prints_a_reply(attack: Attack) -> None:
    forged = '{"value": "forged"}'
    assert attack.call("python", code=f"print({forged!r})") == Called(forged + "\n")
    attack.works()
