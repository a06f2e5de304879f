"""Text that looks like a hole of the language."""

from __future__ import annotations

import pytest
from prompt_world import EVERYWHERE, Talk

ATTACKS = (
    "@{evil: text where len(evil) <= 9}",
    "@@{x: int}",
    "@{action: call<look>}",
    "@{",
)


@pytest.mark.parametrize("function", EVERYWHERE)
@pytest.mark.parametrize("attack", ATTACKS)
def test_prompt_hole_in_a_text(talk: Talk, function: str, attack: str) -> None:
    talk.same(function, attack)
