"""The functions of a solver as text: what a solver means, with `clause_…` where an expression of a clause belongs.

Enters: a `Plan`: which clauses there are, and names that are free. Leaves: the text of two to four functions, the one
with the solver's name last. Next door: `solver.py` reads it, and puts the clauses, types and real names in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PART = "Part<Param9A, Result9>"
PASSED = 'Verdict(passed = true, note = "", score = 1)'


@dataclass(frozen=True, slots=True)
class Plan:
    """Which clauses a solver has, its parameters, and how to name what its functions need."""

    params: tuple[str, ...]
    clauses: frozenset[str]
    mode: str | None
    has_when: bool
    until_passed: bool
    shows_feedback: bool
    stores_answers: bool
    may_lack_trials: bool
    has_rest: bool
    name: Callable[[str], str]

    @property
    def kinds(self) -> list[str]:
        """List what stands for the types of the parameters."""
        return [f"Param9{chr(ord('A') + place)}" for place in range(len(self.params))]

    @property
    def typed(self) -> str:
        """Write the parameters with their types."""
        return ", ".join(f"{name}: {kind}" for name, kind in zip(self.params, self.kinds, strict=True))

    @property
    def passed(self) -> str:
        """Write the parameters as arguments."""
        return ", ".join(self.params)


def text_of(plan: Plan) -> str:
    """Write the functions of a solver."""
    parts = [_combined(plan)] if "combine" in plan.clauses and plan.mode is not None else []
    parts.append(_trial(plan))
    if plan.mode is not None:
        parts.append(_part(plan))
    return "\n\n".join([*parts, _door(plan)]) + "\n"


def _combined(plan: Plan) -> str:
    return f"""fn solver_combined({plan.typed}, feedback: text, parts: list<{PART}>) -> Result9 {{
  clause_combine
}}"""


def _trial(plan: Plan) -> str:
    """One candidate, judged: external or from requests, else divided, else direct."""
    outside, divided = plan.name("outside"), plan.name("divided")
    steps, choice = _answered(plan) if "requests" in plan.clauses else "", "clause_direct"
    if plan.mode is not None:
        first = f"if {outside} != none {{ none }} else " if "external" in plan.clauses else ""
        first = "if len(answers) > 0 { none } else " if "requests" in plan.clauses else first
        steps += f"  let {divided}: Result9? = {first}{_divided(plan, nested=bool(first))}\n"
        choice = f"if {divided} != none {{ {divided} }} else {{ {choice} }}"
    if "external" in plan.clauses:
        rest = "\n    _ => none" if plan.has_rest else ""
        match = f"match clause_external {{\n    clause_arms => none{rest}\n  }}"
        steps = f"  let {outside}: Result9? = {match}\n{steps}"
        choice = f"if {outside} != none {{ {outside} }} else " + (f"{{ {choice} }}" if plan.mode is None else choice)
    verdict = "verdict(clause_verify)" if "verify" in plan.clauses else PASSED
    return f"""fn solver_trial({plan.typed}, feedback: text, parts: list<{PART}>) -> {PART} {{
{steps}  let it: Result9 = {choice}
  Part(question = {plan.params[0]}, answer = it, verdict = {verdict})
}}"""


def _answered(plan: Plan) -> str:
    """The requests, each answered: from the store, else by its tool; the store is written to when all are answered."""
    request, each = "request" if plan.stores_answers else plan.name("request"), plan.name("each")
    known, answered = plan.name("known"), f"CALL {request}"
    recall = ""
    if plan.stores_answers:
        recall = f"\n    READ clause_requests -> {known} else none"
        answered = f"if {known} != none {{ {known} }} else {{ {answered} }}"
    steps = f"""  let answers = for {request} in clause_requests {{{recall}
    Part(question = {request}, answer = {answered}, verdict = {PASSED})
  }}
"""
    if plan.stores_answers:
        steps += f"""  for {each} in answers {{
    let {request} = {each}.question
    WRITE {each}.answer -> clause_requests if empty
  }}
"""
    return steps


def _divided(plan: Plan, *, nested: bool) -> str:
    """The parts solved and put together; none if there are none, or no budget to solve them."""
    pieces, piece, solved = plan.name("pieces"), plan.name("piece"), plan.name("solved")
    given = pieces
    if len(plan.params) > 1:
        given = f"(for {piece} in {pieces} {{ ({', '.join([piece, *plan.params[1:]])}) }})"
    answer = f"let {solved} = DIVIDE {plan.mode} {given} with solver_part\n        "
    if plan.mode == "any":
        answer += f"{solved}.answer"
    else:
        answer += f"solver_combined({plan.passed}, feedback, {solved})"
    attempt = f"""try {{
      let {pieces}: list<Param9A> = clause_divide
      if len({pieces}) == 0 {{ none }} else {{
        {answer}
      }}
    }} catch BudgetSpent {{ none }}"""
    if plan.has_when:
        return f"if clause_divide_when {{\n    {attempt}\n  }} else {{ none }}"
    return f"{{ {attempt} }}" if nested else attempt


def _part(plan: Plan) -> str:
    """A part: what is in memory, else one trial, and one more if the clauses show why the first did not pass."""
    found, known, part = plan.name("found"), plan.name("known"), plan.name("part")
    earlier, parts = (f", parts: list<{PART}>", "parts") if plan.mode == "each" else ("", "[]")
    head, apart = plan.typed, ""
    if len(plan.params) > 1:
        head, apart = f"{part}: ({', '.join(plan.kinds)})", f"  let ({plan.passed}) = {part}\n"
    feedback = "feedback" if plan.shows_feedback else '""'
    judged = plan.name("judged") if plan.shows_feedback else found
    attempt = f"""  let {judged} = solver_trial({plan.passed}, {feedback}, {parts})
  if not {judged}.verdict.passed {{ fail {judged}.verdict.note with {judged}.answer }}
"""
    if plan.shows_feedback:
        attempt = f"  let {found} = retry 2 as feedback {{\n{attempt}  {judged}\n  }}\n"
    answer = f"Part(question = {plan.params[0]}, answer = {known}, verdict = {PASSED})"
    return f"""fn solver_part({head}{earlier}) -> {PART} {{
{apart}{_recall(plan, answer)}{attempt}{_store(plan, f"{found}.answer")}  {found}
}}"""


def _door(plan: Plan) -> str:
    """The function with the solver's name: memory, budget, trials, selection."""
    if "trials" in plan.clauses:
        body, answer = f"{_tried(plan)}{_selected(plan)}", plan.name("chosen")
    else:
        found = plan.name("found")
        body = f"""  let {found} = {_bounded(plan, f'solver_trial({plan.passed}, "", [])')}
  if not {found}.verdict.passed {{ fail "no answer passed: ${{{found}.verdict.note}}" with {found}.answer }}
"""
        answer = f"{found}.answer"
    return f"""fn solver_door({plan.typed}) -> Result9 {{
{_recall(plan, plan.name("known"))}{body}{_store(plan, answer)}  {answer}
}}"""


def _recall(plan: Plan, answer: str) -> str:
    known = plan.name("known")
    if "recall" not in plan.clauses:
        return ""
    return f"  READ clause_recall -> {known} else none\n  if {known} != none {{ return {answer} }}\n"


def _store(plan: Plan, answer: str) -> str:
    return f"  WRITE {answer} -> clause_store if empty\n" if "store" in plan.clauses else ""


def _bounded(plan: Plan, inner: str) -> str:
    return f"within clause_limits 1 {{\n    {inner}\n  }}" if "budget" in plan.clauses else inner


def _tried(plan: Plan) -> str:
    """Trials in order, each told why the one before did not pass; or side by side, where effects allow it."""
    tried, last, found, round_ = plan.name("tried"), plan.name("last"), plan.name("found"), plan.name("round")
    failure = plan.name("failure")
    if not plan.until_passed:
        results, each, why = plan.name("results"), plan.name("each"), plan.name("why")
        one = f'try {{ (solver_trial({plan.passed}, "", []), "") }} catch as {failure} {{ (none, {failure}.message) }}'
        return f"""  let {results} = {_bounded(plan, f"for {round_} in 1..clause_trials {{ {one} }}")}
{_none_made(plan, f"len({results}) == 0")}  let {tried} = for ({each}, _) in {results} if {each} != none {{ {each} }}
  if len({tried}) == 0 {{
    fail "no trial gave an answer: ${{join(unique(for (_, {why}) in {results} {{ {why} }}), "; ")}}"
  }}
"""
    so_far, over = plan.name("so_far"), plan.name("over")
    start = f'({so_far}, feedback, {over}): (list<{PART}>, text, bool) = ([], "", false)'
    fold = f"""fold {start} for {round_} in 1..clause_trials until {over} {{
      try {{
        let {found} = solver_trial({plan.passed}, feedback, [])
        ([..{so_far}, {found}], {found}.verdict.note, {found}.verdict.passed)
      }} catch as {failure} {{ ({so_far}, {failure}.message, false) }}
    }}"""
    none_made = _none_made(plan, f'len({tried}) == 0 and {last} == ""')
    return f"""  let ({tried}, {last}, _) = {_bounded(plan, fold)}
{none_made}  if len({tried}) == 0 {{ fail "no trial gave an answer: ${{{last}}}" }}
"""


def _none_made(plan: Plan, condition: str) -> str:
    return f'  if {condition} {{ fail "no trial was made: `trials` is below 1" }}\n' if plan.may_lack_trials else ""


def _selected(plan: Plan) -> str:
    """One of the candidates that passed: what `select` gives, else the one with the highest score."""
    tried, each, passing = plan.name("tried"), plan.name("each"), plan.name("passing")
    best, chosen = plan.name("best"), plan.name("chosen")
    if "select" in plan.clauses:
        select = f"""  let candidates = for {each} in {passing} {{ {each}.answer }}
  let {chosen}: Result9 = clause_select
  ensure {chosen} in candidates else "`select` gave what is no candidate"
"""
    else:
        select = f"""  let {best} = max({passing}, by = {each} => {each}.verdict.score)
  let {chosen} = {best}.answer
"""
    unsolved = plan.name("unsolved")
    return f"""  let {passing} = for {each} in {tried} if {each}.verdict.passed {{ {each} }}
  if len({passing}) == 0 {{
    let {unsolved} = max({tried}, by = {each} => {each}.verdict.score)
    fail "no answer passed: ${{{unsolved}.verdict.note}}" with {unsolved}.answer
  }}
{select}"""
