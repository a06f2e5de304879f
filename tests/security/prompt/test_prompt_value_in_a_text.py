"""Text that looks like a place for a value."""

from __future__ import annotations

import pytest
from prompt_world import EVERYWHERE, Talk


@pytest.mark.parametrize("function", EVERYWHERE)
@pytest.mark.parametrize("attack", ["${kept}", "$${kept}", "${secret}", '${turns([("a", "b")])}'])
def test_prompt_value_in_a_text(talk: Talk, function: str, attack: str) -> None:
    talk.same(function, attack)
