"""The granted file becomes a symlink to another one after the grant."""

from __future__ import annotations

from contextlib import closing

from security_world import Attack

from lotterylang.run.effects import Call, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool


def test_sql_file_replaced_by_a_symlink(attack: Attack) -> None:
    (attack.folder / "sales.db").rename(attack.folder / "kept.db")
    (attack.folder / "sales.db").symlink_to(attack.folder / "outside" / "other.db")
    reply = attack.call("sql", query="SELECT item FROM sales")
    assert reply.kind == "Denied"  # type: ignore[union-attr]
    (attack.folder / "sales.db").unlink()
    (attack.folder / "kept.db").rename(attack.folder / "sales.db")
    attack.works()


def test_sql_folder_replaced_by_a_symlink(attack: Attack) -> None:
    grant = Grant("sql", ("out/inner/other.db",))
    opened = open_tool("std.tools.sql", None, attack.folder, grant, grant)
    (attack.folder / "out" / "inner").rmdir()
    (attack.folder / "out" / "inner").symlink_to(attack.folder / "outside", target_is_directory=True)
    with closing(Tools({"sql": opened}, attack.folder)) as tools:
        call = Call("answer/call", "sql", (("query", "SELECT item FROM sales"),))
        reply = tools.submit([call])[0].result(timeout=30)
    assert isinstance(reply, Failed)
    assert reply.kind == "Denied"
