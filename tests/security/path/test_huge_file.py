"""A file of a terabyte without contents is not read."""

from __future__ import annotations

from security_world import Attack


def test_huge_file(attack: Attack) -> None:
    with (attack.folder / "out" / "huge").open("wb") as file:
        file.truncate(2**40)
    reply = attack.call("read_file", path="out/huge")
    assert reply.kind == "ToolFailed"  # type: ignore[union-attr]
    attack.works()
