"""A file that a tool could write must not become code of a worker by having a module's name."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize("name", ["json.py", "pydantic.py", "sqlite3.py", "sitecustomize.py", "lotterylang.py"])
def test_module_in_the_folder(attack: Attack, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (attack.folder / name).write_text("open('broken', 'w').close(); raise SystemExit", encoding="utf-8")
    monkeypatch.syspath_prepend("")
    monkeypatch.setenv("PYTHONPATH", str(attack.folder))
    attack.works()
    assert not (attack.folder / "broken").exists()
