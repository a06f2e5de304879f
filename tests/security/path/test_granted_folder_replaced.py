"""The granted folder was a symlink when it was granted: what it leads to later does not count."""

from __future__ import annotations

from contextlib import closing

from security_world import Attack

from lotterylang.run.effects import Call, Called, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool


def test_granted_folder_replaced(attack: Attack) -> None:
    link = attack.folder / "shared"
    link.symlink_to(attack.folder / "out")
    grant = Grant("read_file", ("shared/",))
    opened = open_tool("std.tools.read_file", None, attack.folder, grant, grant)
    link.unlink()
    link.symlink_to(attack.folder / "outside")
    with closing(Tools({"read_file": opened}, attack.folder)) as tools:
        calls = [
            Call("answer/call", "read_file", (("path", path),)) for path in ("shared/note.txt", "shared/secret.txt")
        ]
        note, secret = (future.result(timeout=30) for future in tools.submit(calls))
    assert note == Called("note")
    assert isinstance(secret, Failed)
    assert secret.kind == "NotFound"
