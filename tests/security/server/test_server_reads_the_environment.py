"""A server that looks for keys in the environment."""

from __future__ import annotations

import json

from lotterylang.run.effects import Called
from lotterylang.world.tools.worker import KEPT_VARIABLES


def test_server_reads_the_environment(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("environment")
    assert isinstance(reply, Called)
    assert set(json.loads(reply.value)) <= {*KEPT_VARIABLES, "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
