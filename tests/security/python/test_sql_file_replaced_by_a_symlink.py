"""The granted file becomes a symlink to another one after the grant."""

from __future__ import annotations

from security_world import Attack


def test_sql_file_replaced_by_a_symlink(attack: Attack) -> None:
    (attack.folder / "sales.db").rename(attack.folder / "kept.db")
    (attack.folder / "sales.db").symlink_to(attack.folder / "outside" / "other.db")
    reply = attack.call("sql", query="SELECT item FROM sales")
    assert reply.kind == "Denied"  # type: ignore[union-attr]
    (attack.folder / "sales.db").unlink()
    (attack.folder / "kept.db").rename(attack.folder / "sales.db")
    attack.works()
