"""`lot model`: names of one's own, what is here, what it takes, what is freed. The model is a tiny one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from tiny_encoders import write as write_encoder
from tiny_llama import tiny

from command import lot
from golden import assert_golden
from lotterylang.shell import model_facts, screen
from lotterylang.shell.sizes import megabytes
from lotterylang.world.model.source import fetch, hub, own
from lotterylang.world.model.source.catalog import CATALOG, DEFAULT, DEFAULT_EMBEDDER, EMBEDDERS


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return tiny().write(tmp_path / "tiny.gguf")


def test_the_list_says_what_a_model_would_take() -> None:
    assert lot("model", "list").out == (
        "smollm2-135m-instruct  Apache-2.0  93 MB to fetch\nall-minilm-l6-v2       Apache-2.0  84 MB to fetch\n"
    )
    entries = [json.loads(line) for line in lot("model", "list", "--json").out.splitlines()]
    assert [(one["name"], one["here"], one["here_bytes"]) for one in entries] == [
        (DEFAULT, False, 0),
        (DEFAULT_EMBEDDER, False, 0),
    ]


def test_a_model_with_a_name_of_its_own_answers(weights: Path, tmp_path: Path) -> None:
    added = lot("model", "add", "mine", str(weights))
    assert (added.status, added.out.startswith("mine is ready, ")) == (0, True)
    program = tmp_path / "p.lot"
    program.write_text('model m = onnx("mine")\nfn run() -> int { (ASK m "n: @{n: int where 0 <= n <= 9}").n }\n')
    answered = lot("run", str(program))
    assert (answered.status, answered.out.strip().isdigit()) == (0, True)
    assert lot("run", str(program), "--model", "mine").out == answered.out
    assert lot("run", str(program), "--model", str(weights)).out == answered.out
    assert "mine" in lot("model", "list").out
    folder = Path(lot("model", "path", "mine").out.strip())
    assert (folder / "card.json").exists()


def test_info_says_shape_tokenizer_and_what_is_built(weights: Path) -> None:
    lot("model", "add", "mine", str(weights))
    made = lot("model", "variant", "mine", "fp32")
    assert (made.status, "mine:fp32 is ready, " in made.out) == (0, True)
    found = json.loads(lot("model", "info", "mine", "--json").out)
    assert found["source"] == str(weights)
    assert (found["architecture"], found["layers"], found["context"], found["chat"]) == ("llama", 2, 512, True)
    assert found["tokenizer"] == "BPE, 272 tokens"
    assert sorted(variant["recipe"] for variant in found["variants"]) == ["fp32", "int8"]
    assert all(variant["bytes"] > 0 and Path(variant["path"]).is_dir() for variant in found["variants"])
    assert "chat" in lot("model", "info", "mine").out
    assert json.loads(lot("model", "info", str(weights), "--json").out)["variants"] == found["variants"]


def test_info_of_a_model_that_is_not_here() -> None:
    printed = lot("model", "info", DEFAULT)
    assert printed.status == 0
    assert "Apache-2.0" in printed.out
    assert "nothing yet: `lot model get smollm2-135m-instruct`" in printed.out


def test_a_removed_model_is_gone_and_the_users_file_stays(weights: Path, home: Path) -> None:
    lot("model", "add", "mine", str(weights))
    lot("model", "variant", "mine", "fp32")
    size = sum(file.stat().st_size for file in (home / "built").rglob("*") if file.is_file())
    removed = lot("model", "rm", "mine")
    assert (removed.status, removed.out) == (0, f"mine is removed: {megabytes(size)} are free again\n")
    assert weights.exists()
    assert list((home / "built").iterdir()) == []
    assert own.known() == {}
    assert "E0703" in lot("model", "rm", "mine").err


def test_what_came_from_the_hub_goes_with_its_name(weights: Path, home: Path) -> None:
    model = hub.address("owner/name/tiny.gguf")
    place = model.place("commit")
    place.mkdir(parents=True)
    shutil.copy(weights, place / "tiny.gguf")
    model.whole.write_text("commit\n")
    assert lot("model", "add", "mine", "hf:owner/name/tiny.gguf").status == 0
    assert json.loads(lot("model", "info", "mine", "--json").out)["source"] == "hf:owner/name/tiny.gguf"
    assert lot("model", "add", "other", "hf:owner/name/tiny.gguf").status == 0
    assert lot("model", "rm", "other").status == 0
    assert (place / "tiny.gguf").exists()
    assert lot("model", "rm", "mine").status == 0
    assert [path for path in model.whole.parent.rglob("*") if path.is_file()] == list((home / "built").iterdir()) == []
    half = hub.address("owner/whole").place("commit")
    half.mkdir(parents=True)
    (half / "model.safetensors").write_bytes(bytes(2_000_000))
    assert lot("model", "rm", "hf:owner/whole").out == "hf:owner/whole is removed: 2 MB are free again\n"
    assert not half.exists()


def test_what_was_built_of_a_file_without_a_name_can_be_removed(weights: Path, home: Path) -> None:
    assert lot("model", "variant", str(weights), "fp32").status == 0
    assert lot("model", "rm", str(weights)).status == 0
    assert weights.exists()
    assert list((home / "built").iterdir()) == []
    assert "E0618" in lot("model", "rm", str(weights)).err


def test_the_licence_is_read_where_it_is_said(weights: Path, tmp_path: Path) -> None:
    assert json.loads(lot("model", "info", str(weights), "--json").out)["license"] == "not said"
    (tmp_path / "README.md").write_text("---\nlanguage: en\nlicense: mit\n---\n# A model\n")
    assert model_facts._license(tmp_path) == "mit"
    assert model_facts._license(tmp_path / "none") is None


def test_a_removed_model_of_the_catalogue_is_gone(home: Path) -> None:
    entry = CATALOG[DEFAULT]
    for path in (fetch.weights_of(entry), fetch.part_of(entry)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1_500_000))
    assert lot("model", "rm", DEFAULT).out == f"{DEFAULT} is removed: 3 MB are free again\n"
    assert list((home / "weights").iterdir()) == []
    assert "E0618" in lot("model", "rm", DEFAULT).err


def test_an_embedder_is_got_told_and_removed(home: Path) -> None:
    folder = fetch.weights_of(EMBEDDERS[DEFAULT_EMBEDDER])
    shutil.copytree(write_encoder(home / "made"), folder)
    assert "0 kB" not in lot("model", "info", DEFAULT_EMBEDDER).out
    assert "E0618" in lot("model", "path", DEFAULT_EMBEDDER).err
    got = lot("model", "get", DEFAULT_EMBEDDER)
    assert (got.status, got.out.splitlines()[-1]) == (0, f"{DEFAULT_EMBEDDER} is ready")
    assert "built in about 2 seconds" in got.out
    built = Path(lot("model", "path", DEFAULT_EMBEDDER).out.strip())
    assert (built / "embedder.onnx").exists()
    found = json.loads(lot("model", "info", DEFAULT_EMBEDDER, "--json").out)
    assert (found["license"], found["reads"], [one["path"] for one in found["variants"]]) == (
        "Apache-2.0",
        16,
        [str(built)],
    )
    assert found["vectors"].startswith("24 numbers, bert mean fp32 ")
    assert [one.split()[0] for one in lot("model", "list").out.splitlines() if "here" in one] == [DEFAULT_EMBEDDER]
    assert lot("model", "rm", DEFAULT_EMBEDDER).status == 0
    assert not folder.exists() and not built.exists()
    assert "E0618" in lot("model", "rm", DEFAULT_EMBEDDER).err


def test_an_embedder_is_no_model(home: Path, tmp_path: Path) -> None:
    program = tmp_path / "p.lot"
    program.write_text('fn run() -> int { (ASK "n: @{n: int where 0 <= n <= 9}").n }\nmodel m = first()\n')
    for name in (DEFAULT_EMBEDDER, f"{DEFAULT_EMBEDDER}:int8"):
        refused = lot("run", str(program), "--model", name).err
        assert "E0703" in refused and 'embed = "all-minilm-l6-v2"' in refused
    assert "E0731" in lot("model", "add", DEFAULT_EMBEDDER, "hf:owner/name").err


def test_what_another_name_needs_stays(weights: Path, home: Path) -> None:
    lot("model", "add", "one", str(weights))
    lot("model", "add", "two", str(weights))
    assert lot("model", "rm", "one").out == "one is removed: 0 kB are free again\n"
    assert lot("model", "path", "two").status == 0


def test_a_name_without_its_file_can_still_be_removed(weights: Path, home: Path) -> None:
    lot("model", "add", "mine", str(weights))
    weights.unlink()
    assert lot("model", "rm", "mine").status == 0
    assert list((home / "built").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["add", DEFAULT, "{weights}"], "E0731"),
        (["add", "random", "{weights}"], "E0731"),
        (["add", "Two Words", "{weights}"], "E0731"),
        (["add", "a:int4", "{weights}"], "E0731"),
        (["add", "mine", "{weights}:fp32"], "E0721"),
        (["add", "mine", "/no/where.gguf"], "E0721"),
        (["path", "mine"], "E0618"),
        (["info", "mine"], "E0703"),
        (["rm", "mine"], "E0703"),
        (["get", "mine"], "E0703"),
        (["variant", "mine", "fp32"], "E0703"),
        (["variant", "{weights}", "int9"], "E0705"),
        (["variant", "{weights}:fp32", "int4"], "E0703"),
    ],
)
def test_what_cannot_be_done_says_why(words: list[str], code: str, weights: Path) -> None:
    printed = lot("model", *(word.format(weights=weights) for word in words))
    assert printed.status == 2
    assert f"LOT-{code}" in printed.err
    assert "help: " in printed.err


def test_a_name_is_given_once(weights: Path) -> None:
    lot("model", "add", "mine", str(weights))
    assert "E0731" in lot("model", "add", "mine", str(weights)).err


def test_weights_that_cannot_be_taken_get_no_name(tmp_path: Path) -> None:
    other = tiny().write(tmp_path / "other.gguf", architecture="mamba")
    printed = lot("model", "add", "mine", str(other))
    assert (printed.status, "LOT-E072" in printed.err) == (2, True)
    assert own.known() == {}


def test_a_damaged_catalogue_of_ones_own_is_said(home: Path) -> None:
    home.mkdir()
    own.file().write_text("[")
    printed = lot("model", "list")
    assert printed.status == 2
    assert_golden("LOT-E0732 a damaged catalogue", printed.err, home)
    own.file().write_text('{"a": {"b": 1}}')
    assert "LOT-E0732" in lot("run", "x.lot:f", "--model", "a").err + lot("model", "info", "a").err


def test_a_download_says_its_size_and_time_first_whoever_begins_it(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress() as progress:
        progress("download", 10_000_000, 5_010_000_000)
        progress("download", 20_000_000, 5_010_000_000)
        progress("build", 0, 4)
    assert capsys.readouterr().err == "download 5000 MB, 33 minutes at 20 Mbit/s …\nbuild …\n"


def test_what_is_left_to_fetch_is_said_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    printed = lot("model", "get", DEFAULT)
    assert printed.status == 2
    assert printed.out == f"{DEFAULT}: 93 MB to fetch (37 seconds at 20 Mbit/s), then built in about 10 seconds\n"
    part = fetch.part_of(CATALOG[DEFAULT])
    part.parent.mkdir(parents=True)
    part.touch()
    os.truncate(part, 50_000_000)
    printed = lot("model", "get", f"{DEFAULT}:fp32")
    assert printed.out == (
        f"{DEFAULT}:fp32: 43 MB of 93 MB to fetch (17 seconds at 20 Mbit/s), then built in about 10 seconds\n"
    )
