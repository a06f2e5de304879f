"""Injection: wherever a stranger's words come in, and whatever carries them on, they act on nothing.

Every way in is crossed with every way to an outside action: the checker refuses each. Programs that it accepts run on
two hundred poisoned documents in a world that obeys them; what they do outside must be what they do for a harmless one.
"""

from __future__ import annotations

import pytest
from poisoned import DOCUMENTS, HARMLESS, checked, run

from lotterylang.syntax.diagnostics import LotError

HEAD = """
index wiki = hnsw("wiki.jsonl")
model small = onnx("smollm2-135m-instruct")
memory seen : text = ""
memory notes : map<text, text>
memory tape : cells<text> = ""
uses tool write_file("out/")
uses tool read_file("data/")
uses tool sql("sales.db")
uses tool http("a.example")
uses tool price
tool save(path: text where len(path) <= 40, content: text where len(content) <= 9 = "") -> bool = std.tools.write_file
tool note(path: text where len(path) <= 40) -> bool = std.tools.same
tool look(path: text) -> text = std.tools.read_file
tool rows(query: text) -> list<map<text, text>> = std.tools.sql
type Page { status: int, kind: text, text: text, url: text }
tool page(url: text) -> Page = std.tools.http
tool joined(text: text) -> text = std.tools.upper
tool price(item: text) -> text = "./shop.py:price"
type Note { text: text, by: text }
type Step { action: call<save | note> }
enum Route { keep, drop }
logic asks(said: list<text>) -> asked(text) { asked(X) :- said(X). }
fn found(q: text) -> text { (FIND 1 in wiki for q)[0].text }
fn same(x: text) -> text { x }
fn use_with(x: text, f: fn(text) -> text) -> text { f(x) }
fn remember(x: text) { WRITE x -> seen }
"""

WAYS_IN = {
    "passage": "let words = (FIND 1 in wiki for q)[0].text",
    "title": "let words = (FIND 1 in wiki for q)[0].title",
    "source": "let words = (FIND 1 in wiki for q)[0].source",
    "metadata": 'let words = (FIND 1 in wiki for q)[0].meta["by"]',
    "key of metadata": "let words = keys((FIND 1 in wiki for q)[0].meta)[0]",
    "whether metadata fit": (
        'let fitting = FIND 1 in wiki for q where it.meta["by"] == q\n'
        '  let words = if fitting == [] { "yes" } else { "no" }'
    ),
    "metadata put into a list": (
        'let hit = Hit(text = q, title = "", score = 1, source = "", meta = { "by": found(q) })\n'
        '  let words = (FIND 1 in [hit] for q)[0].meta["by"]'
    ),
    "function": "let words = found(q)",
    "list": "let words = (FIND 1 in [found(q)] for q)[0].text",
    "query": "let words = (FIND 1 in [q, q + q] for found(q))[0].text",
    "file": 'let words = CALL look("a.txt")',
    "table": 'let words = (CALL rows("SELECT 1"))[0]["one"]',
    "web": 'let words = (CALL page("https://a.example/")).text',
    "own tool": "let words = CALL price(q)",
    "computing tool": "let words = CALL joined(found(q))",
    "model": 'let shown = found(q)\n  let words = (ASK small "${shown} @{x: text where len(x) <= 40}").x',
    "model's choice": 'let shown = found(q)\n  let words = (CHOOSE small "${shown}" from [q, "b"]).value',
    "options": 'let words = (CHOOSE small "${q}" from [found(q), q]).value',
    "score": 'let score = SCORE small found(q) under "Is it so?"\n  let words = "${score.lift}"',
    "logic": 'let words = match DEDUCE asks([found(q)]) { Sat as s => s.asked[0], Unsat | Unknown => "" }',
    "memory": "remember(found(q))\n  READ seen -> words",
    "map": 'WRITE found(q) -> notes["a"]\n  READ notes["b"] -> words else ""',
    "key": 'WRITE "x" -> notes[found(q)]\n  READ notes[q] -> words else ""',
    "moved": "WRITE found(q) -> tape[0]\n  MOV tape[0] -> tape[1]\n  COPY tape[1] -> seen\n  READ seen -> words",
    "record": "let n = Note(text = q, by = found(q))\n  let words = n.by",
    "lambda": "let words = use_with(q, x => found(x))",
    "loop": 'let words = join(for x in [q] { found(x) }, " ")',
    "fold": 'let words = fold all = "" for hit in FIND 2 in wiki for q { all + hit.text }',
    "failure": (
        'let shown = found(q)\n  let words = try {\n    ensure q == "" else shown\n    q\n'
        "  } catch Rejected as why { why.message }"
    ),
    "feedback": (
        "let shown = found(q)\n  let words = retry 2 as told {\n    ensure shown == told else shown\n    told\n  }"
    ),
}
"""Every statement makes `words` a stranger's; `q` is the user's."""

WAYS_OUT = {
    "argument": "CALL save(words)",
    "built": 'CALL save("out/${words}.txt")',
    "length": 'CALL save("out/${len(words)}.txt")',
    "value of a call": "let call = save(words)\n  CALL call",
    "through a function": "CALL save(same(words))",
    "passed on": "let all = for x in [words] { CALL save(x) }\n  true",
    "branch": 'if words == "yes" { CALL save("a") } else { false }',
    "otherwise": 'if words == "yes" { false } else { CALL save("a") }',
    "arm": 'match words {\n    "yes" => CALL save("a")\n    _ => false\n  }',
    "guard": 'match q {\n    "a" if words == "b" => CALL save("a")\n    _ => false\n  }',
    "and": 'words == "yes" and (CALL save("a"))',
    "number of times": 'let all = for x in chars(words) { CALL save("a") }\n  true',
    "check": 'ensure words == "yes"\n  CALL save("a")',
    "promise": 'let short: text where len(short) < 9 = words\n  CALL save("a")',
    "way out": 'if words == "no" { return false }\n  CALL save("a")',
    "spared failure": 'try {\n    ensure words == "yes"\n    true\n  } catch { CALL save("a") }',
    "a function that fails": 'let go = if words == "yes" { stop() } else { true }\n  CALL save("a")',
    "a failure caught": 'try {\n    if words == "yes" { stop() } else { true }\n  } catch { CALL save("a") }',
    "a lack caught": 'try {\n    chars(words)[3] == "a"\n  } catch NotFound { CALL save("a") }',
    "a promised result": 'let word = shortened(words)\n  CALL save("a")',
    "jump": 'JUMP done if words == "no"\n  let kept = CALL save("a")\n  done:\n    true',
    "model's pick": 'let next = ASK small "${words} @{action: call<save | note>}"\n  CALL next.action',
    "model's words": 'let reply = ASK small "${words} @{path: text where len(path) <= 9}"\n  CALL save(reply.path)',
    "model's verdict": 'let go = CHOOSE small "${words}" from bool\n  if go.value { CALL save("a") } else { false }',
    "own function": "acts(words)",
    "decided above": 'if words == "yes" { acts("a") } else { false }',
    "passed function": 'acted(words, x => {\n    CALL save("a")\n  })',
}
"""Every statement lets `words` feed or decide an outside action."""

HEAD += """
fn acts(path: text) -> bool { CALL save(path) }
fn shortened(x: text) -> text where len(it) < 9 { x }
fn stop() -> bool { fail "stopped" }
fn acted(x: text, f: fn(text) -> bool) -> bool { if x == "yes" { f(x) } else { false } }
"""


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_no_way_in_leads_to_an_outside_action(way_in: str) -> None:
    for way_out, code in WAYS_OUT.items():
        with pytest.raises(LotError) as caught:
            checked(f"{HEAD}fn main(q: text) -> bool {{\n  {WAYS_IN[way_in]}\n  {code}\n}}\n")
        assert {each.code for each in caught.value.diagnostics} == {"LOT-E0524"}, f"{way_out}\n{caught.value}"


SOUND = {
    "acts by the user": (
        "{way_in}\n  let done = CALL save(q)\n  words",
        [("save", (("path", "the user's words"), ("content", "")))],
    ),
    "acts before": ('let done = CALL save("a")\n  {way_in}\n  words', [("save", (("path", "a"), ("content", "")))]),
    "shows the model": (
        '{way_in}\n  let reply = ASK small "${{words}} Say: @{{x: text where len(x) <= 80}}"\n'
        "  let done = CALL save(q)\n  reply.x",
        [("save", (("path", "the user's words"), ("content", "")))],
    ),
    "asks the model of the user": (
        '{way_in}\n  let go = CHOOSE small "${{q}}" from bool\n'
        '  let done = if go.value {{ CALL save("b") }} else {{ false }}\n  words',
        None,
    ),
}
"""Programs that are sound, and what they do outside; None: whatever they do for a harmless document."""


@pytest.mark.parametrize("way_in", [way for way in WAYS_IN if way not in ("own tool", "feedback", "failure")])
def test_two_hundred_documents_change_nothing_that_is_done_outside(way_in: str) -> None:
    attempts, obeyed = 0, 0
    for name, (code, wanted) in SOUND.items():
        program = checked(f"{HEAD}fn main(q: text) -> text {{\n  {code.format(way_in=WAYS_IN[way_in])}\n}}\n")
        harmless = run(program, HARMLESS)[1].acts
        assert wanted is None or harmless == wanted, name
        for document in DOCUMENTS:
            _, world = run(program, document)
            attempts, obeyed = attempts + 1, obeyed + world.obeyed
            assert world.acts == harmless, f"{name}: {document}"
    assert attempts == 200 * len(SOUND) and obeyed >= 200  # the model obeyed, and nothing came of it


ENDORSED = """
fn main(q: text) -> bool {
  let shown = found(q)
  let verdict = CHOOSE small "${shown} Keep it?" from Route
  let stars = ASK small "${shown} Stars: @{n: int where 1 <= n <= 5}"
  let route = endorse verdict.value as Route
  let n = endorse stars.n as Stars
  if route == Route.drop { CALL save("out/dropped ${n}") } else { CALL save("out/kept ${n}") }
}
type Stars = int where 1 <= it <= 5
"""


def test_what_is_endorsed_lets_a_document_choose_among_what_the_program_offers_and_no_more() -> None:
    program = checked(HEAD + ENDORSED)
    offered = {(("path", f"out/{word} {n}"), ("content", "")) for word in ("dropped", "kept") for n in range(1, 6)}
    for document in DOCUMENTS:
        _, world = run(program, document)
        assert [tool for tool, _ in world.acts] == ["save"] and world.acts[0][1] in offered
