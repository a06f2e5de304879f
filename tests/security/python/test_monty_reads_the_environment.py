"""A program that looks for keys in the environment."""

from __future__ import annotations

import pytest
from security_world import SECRET, Attack

from lotterylang.run.effects import Called


@pytest.mark.parametrize("code", ["import os\nprint(os.environ)", "import os\nprint(os.getenv('TOKEN_OF_THE_HOST'))"])
def test_monty_reads_the_environment(attack: Attack, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_THE_HOST", SECRET)
    reply = attack.call("python", code=code)
    assert not isinstance(reply, Called) or reply.value in ("None\n", "{}\n", "environ({})\n")
    attack.works()
