"""`lot doctor`: what is there, what is lacking and how to mend it; status 1 only where programs can't run."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tiny_llama import tiny

from command import lot
from lotterylang.recipe import Recipe
from lotterylang.shell import doctor, speed
from lotterylang.world.model.build import folder
from lotterylang.world.model.source.catalog import CATALOG, DEFAULT


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def examined() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lot("doctor", "--json").out)
    return found


def line(found: dict[str, Any], what: str) -> dict[str, Any]:
    (one,) = [each for each in found["found"] if each["what"] == what]
    return one


def test_without_a_model_programs_can_run_and_the_command_that_fetches_it_is_said() -> None:
    found = examined()
    assert found["can_run"]
    assert found["speed"] is None
    assert (line(found, "Model")["good"], line(found, "Model")["needed"]) == (False, False)
    assert "lot model get smollm2-135m-instruct" in line(found, "Model")["mend"]
    printed = lot("doctor")
    assert (printed.status, printed.out.splitlines()[-1]) == (0, "Programs can run.")


def test_with_a_model_its_speed_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = tiny().write(tmp_path / "tiny.gguf")
    hashed = folder.hash_of(weights)
    monkeypatch.setitem(CATALOG, DEFAULT, replace(CATALOG[DEFAULT], weights_sha256=hashed))
    monkeypatch.setattr(speed, "_READ", "a b c d e f " * 10)
    folder.built(weights, hashed, Recipe(), lambda stage, done, total: None)
    found = examined()
    assert line(found, "Model")["good"]
    assert found["speed"]["read"] > 0
    assert found["speed"]["written"] > 0
    assert any("tokens read" in one and "this machine now" in one for one in lot("doctor").out.splitlines())


def test_a_damaged_model_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = tiny().write(tmp_path / "tiny.gguf")
    hashed = folder.hash_of(weights)
    monkeypatch.setitem(CATALOG, DEFAULT, replace(CATALOG[DEFAULT], weights_sha256=hashed))
    built = folder.built(weights, hashed, Recipe(), lambda stage, done, total: None)
    (built / folder.BODY).write_bytes(b"")
    shown = line(examined(), "Model")
    assert (shown["good"], "damaged" in shown["said"]) == (False, True)


def test_without_compilers_and_hnswlib_programs_still_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "hnswlib" else there(name))
    found = examined()
    assert found["can_run"]
    assert line(found, "C++ compiler")["mend"] == "Install it: `apt install g++`"
    assert "HNSWLIB_NO_NATIVE=1" in line(found, "hnswlib")["mend"]


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("lark", "no_such_package"))
    printed = lot("doctor")
    assert printed.status == 1
    assert "MISSING  Packages: no_such_package missing. Install them: `make run`" in printed.out
    assert printed.out.splitlines()[-1] == "Programs can't run until what is MISSING is mended."


def test_every_package_of_the_plain_install_is_looked_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    names = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}  # type: ignore[index]
    assert {name.removesuffix("-gpu").replace("-", "_") for name in names} == set(doctor.PACKAGES)


def test_cuda_is_found_or_the_one_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.device, "without_cuda", lambda: "no driver here")
    assert line(examined(), "CUDA") == {
        "what": "CUDA",
        "good": False,
        "said": "no driver here",
        "mend": "The CPU takes its place",
        "needed": False,
    }
    monkeypatch.setattr(doctor.device, "without_cuda", lambda: None)
    monkeypatch.setattr(doctor.device, "cuda_processor", lambda: "a GPU")
    assert (line(examined(), "CUDA")["good"], line(examined(), "CUDA")["said"]) == (True, "a GPU")


def test_a_folder_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "file"))
    found = examined()
    assert not found["can_run"]
    assert line(found, "Folder")["mend"] == "Set LOTTERY_HOME to a folder of yours"
