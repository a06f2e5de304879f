"""The benches: their parts load without a model, their arithmetic is right, and the page is what the results say."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from bench import performance, results
from bench.engine.limits import Limits
from bench.fork.arms import ALONE, LLAMA, OURS
from bench.knowledge import material, search
from bench.peers.llama_cpp_model import grammar
from bench.rounds import Bar, percentile, ratio
from lotterylang.check import check
from lotterylang.run.shapes import Free, OneOf, Whole
from lotterylang.syntax import parser

BENCH = Path(__file__).parent.parent.parent / "bench"
PARTS = (
    *(f"engine.{part}" for part in ("speed", "nearness", "batch", "latency", "warm", "options")),
    *(f"knowledge.{part}" for part in ("recall", "throughput", "search")),
)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_can_measure_write_a_table_and_hold_bars(part: str) -> None:
    module = importlib.import_module(f"bench.{part}")
    assert all(callable(getattr(module, door)) for door in ("measure", "rows", "bars"))


@pytest.mark.parametrize("program", sorted((BENCH / "fork").glob("*.lot")), ids=lambda path: path.stem)
def test_a_program_of_the_forks_is_right(program: Path) -> None:
    assert "main" in check(parser.read(program)).functions


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert ratio([10.0, 30.0, 9.0], [5.0, 10.0, 9.0]) == 2.0  # of 2, 3 and 1; of the medians it would be 1.1


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert percentile([3.0], 0.5) == 3.0


def test_a_bar_is_met_at_its_limit_and_says_when_it_is_short() -> None:
    assert Bar("x", 3.0, least=3.0).is_met and Bar("x", 0.1, most=0.1).is_met
    short = Bar("decode, times llama.cpp", 0.9, least=1.0)
    assert not short.is_met and str(short) == "SHORT: decode, times llama.cpp: 0.9, at least 1"


def test_a_step_is_bound_by_bytes_and_a_long_pass_by_operations() -> None:
    limits = Limits(
        bandwidth=100.0,
        peak=10.0,
        weight_bytes=1_000,
        position_bytes=1,
        body_operations=100.0,
        attention_operations=0.0,
        head_operations=50.0,
    )
    assert limits.step(2, 50) == (1_000 + 100) / 100
    assert limits.read(100) == (100 * 100 + 50) / 10
    assert limits.read(1, past=100, heads=0) == limits.step(1, 100)


def test_shapes_in_the_notation_of_llama_cpp() -> None:
    assert grammar(Free(longest=40), " ") is None
    assert grammar(OneOf(("yes", 'a "b"')), " ") == 'root ::= " " ("yes" | "a \\"b\\"")'
    assert grammar(Whole(0, 120), "") == 'root ::= ( [0-9] | [1-9] [0-9]{1} | "1" [0-1] [0-9]{1} | "1" "2" "0" )'
    with pytest.raises(ValueError, match="no program of the bench has a hole like this"):
        grammar(Free(patterns=("[a-z]+",)), "")


def test_the_page_is_what_the_template_and_the_results_say() -> None:
    assert performance.PAGE.read_text(encoding="utf-8") == performance.page(), "run `python -m bench.performance`"


@pytest.mark.parametrize(
    "place", ["forks", "fork.tree", "engine", "engine.sped", "engine-cuda.sped", "engine-gpu.speed", ""]
)
def test_a_place_of_no_bench_is_an_error(place: str) -> None:
    with pytest.raises(ValueError, match="no bench has the place"):
        performance.filled(f"before\n{{{{{place}}}}}\nafter")


def test_a_place_is_filled_by_the_bench_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(results, "machine", lambda: "2 cores")
    assert performance.filled("{{fork}}") == "Not measured yet: `python -m bench.fork`."
    arm = {"seconds": 1.5, "ratio": 9.0, "calls": 1, "prompt": 2, "cached": 3, "written": 4}
    results.keep("fork", {"tree": {OURS: arm, ALONE: arm, LLAMA: arm | {"ratio": 1.0}}}, "python -m bench.fork")
    written = performance.filled("before\n{{fork}}\nafter")
    assert f"| tree of thoughts, 3 levels of 5 | {OURS} | 1.5 |  | 1 | 2 | 3 | 4 |" in written
    assert "2 cores, `python -m bench.fork`." in written
    assert f"Short of its bar: tree of thoughts, 3 levels of 5: {LLAMA}" in written


def test_a_table_in_markdown() -> None:
    assert performance.markdown([["a", "b"], ["1", ""]]) == "| a | b |\n|---|---|\n| 1 |  |"


def test_the_plan_of_a_search_is_held_against_the_faster_way() -> None:
    ms = {"exact": 10.0, "hnsw": 2.0, "plan": 2.6}
    figures = {
        "1000": {"ms": ms, "graph_by_exact": 2.0, "plan_by_faster": 1.1, "recall": 0.9, "chosen": "exact"},
        "100000": {"ms": ms, "graph_by_exact": 0.2, "plan_by_faster": 1.3, "recall": 0.98, "chosen": "hnsw"},
    }
    small, large, recall, times = search.bars(figures)
    assert small.is_met and not large.is_met and not recall.is_met and times.is_met
    cells = ["100,000", "10.00", "2.00", "0.20 times exact", "0.980", "2.60 (hnsw)", "1.30 times the faster"]
    assert search.rows(figures)[2] == cells


def test_windows_overlap_and_are_all_different(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"w{number}" for number in range(40)]
    (tmp_path / "qa").mkdir()
    lines = [{"id": str(id), "title": "", "text": " ".join(words[:count])} for id, count in enumerate((40, 40, 3))]
    (tmp_path / "qa" / "passages.jsonl").write_text("\n".join(map(json.dumps, lines)))
    monkeypatch.setenv("LOT_DATA", str(tmp_path))
    found = material.windows(5)
    assert found == [" ".join(words[start : start + 16]) for start in (0, 10, 20, 30)] + ["w0 w1 w2"]
