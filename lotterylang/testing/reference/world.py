"""The capitals that touch the world: an effect is put together and answered, and its reply becomes a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lotterylang.check.types import INDEX
from lotterylang.run import effects, holes, outside, replies
from lotterylang.run.convert import to_data
from lotterylang.run.effects import Call, Choose, Effect, Find, ModelEffect, Prompt, Sampling, Score, Turn
from lotterylang.run.journal import Record, record_of
from lotterylang.run.needs import Need
from lotterylang.run.paths import seed_at
from lotterylang.run.render import rendered
from lotterylang.run.values import Failure
from lotterylang.syntax import tree
from lotterylang.syntax.tree import walk
from lotterylang.testing.reference.loops import Loops
from lotterylang.testing.reference.state import Function, Names

Reply = Callable[[str, Effect], effects.Reply]
"""Answers the effect at a path. What is not a CALL is asked of it as often as it is performed."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a model instruction names besides its prompt."""

    model: str
    settings: Names


class World(Loops):
    """ASK, CHOOSE, SCORE, FIND, CALL and DEDUCE."""

    reply: Reply
    seed: int
    records: list[Record]

    def _path(self, word: str) -> str:
        return f"{self.place.path}/{word}#{self.place.next(word)}"

    def _answer(self, effect: Effect) -> Any:
        """Give the reply to an effect, recorded and charged. Errors: the Failure that it is."""
        if isinstance(effect, ModelEffect):
            self.budget.begin_call()
        reply = replies.quantised(self.reply(effect.path, effect))
        self.records.append(record_of(effect, reply))
        self.budget.spend("tokens", reply.observed.prompt_tokens + reply.observed.reply_tokens)
        return replies.answered(reply)

    def _asking(self, node: tree.OnModel | None, names: Names) -> Asking:
        name = node.name if node is not None else self.program.default_model or ""
        named = [arg for arg in (node.args if node is not None else ()) if isinstance(arg, tree.NamedArg)]
        return Asking(names.get(name, name), {arg.name: self.eval(arg.value, names) for arg in named})

    # models

    def _ask(self, node: tree.Ask, names: Names) -> Any:
        asking, path = self._asking(node.model, names), self._path("ask")
        plans = [self.program.holes[id(part)] for part in node.prompt.parts if isinstance(part, tree.Hole)]
        given = {name: float(value) for name, value in asking.settings.items()}
        if not 0 <= given.get("temperature", 0) <= 100 or not 0 < given.get("top_p", 1) <= 1:
            raise Failure("Undefined", "`temperature` is from 0 to 100, `top_p` above 0 and at most 1")
        is_sampled = bool(given.get("temperature"))
        sampling = Sampling(seed=seed_at(self.seed, path), **given) if is_sampled else Sampling()
        prompt = self._prompt(node.prompt, names)
        return replies.asked(plans, self._answer(effects.Ask(path, asking.model, prompt, sampling)))

    def _choose(self, node: tree.Choose, names: Names) -> Any:
        asking = self._asking(node.model, names)
        is_bool = isinstance(node.options, tree.Name) and node.options.name == "bool" and "bool" not in names
        options = (True, False) if is_bool else self.eval(node.options, names)
        by = None if node.by is None else self.argument(node.by, names)
        texts = [rendered(each) if by is None else _apply(by, each) for each in options]
        replies.check_options(texts)
        prompt, score = self._prompt(node.prompt, names), asking.settings.get("score", "sum")
        if len(options) == 1:
            return replies.only(options[0])
        others = []
        if node.against is not None:
            for value in self.eval(node.against.values, names):
                others.append(self._prompt(node.prompt, {**names, node.against.slot: value}))
        if score == "lift":
            others.append(self._prompt(node.prompt, names, blank=True))
        joined = tuple(holes.joined(prompt, text) for text in texts)
        effect = Choose(self._path("choose"), asking.model, prompt, joined, tuple(others), score == "mean")
        effect = replies.pruned(effect) if id(node) in self.program.only_best else effect
        return replies.chosen(options, self._answer(effect))

    def _score(self, node: tree.Score, names: Names) -> Any:
        asking, text = self._asking(node.model, names), self.eval(node.text, names)
        prompt = self._prompt(node.prompt, names)
        has_values = any(isinstance(part, tree.Value) for part in node.prompt.parts)
        blank = self._prompt(node.prompt, names, blank=True) if has_values else None
        effect = Score(self._path("score"), asking.model, prompt, holes.joined(prompt, text), blank)
        return replies.scored(self._answer(effect))

    def _prompt(self, text: tree.Text, names: Names, blank: bool = False) -> Prompt:
        """Put a prompt together; a blank one has nothing in the place of its values."""
        turns: list[tuple[Any, list[Any]]] = []
        for part in text.parts:
            if isinstance(part, tree.RoleLine):
                turns.append((part.role, []))
                continue
            if isinstance(part, tree.Value) and id(part.value) in self.program.histories:
                self._end_line(turns)
                for asked, answered in () if blank else self.eval(part.value, names):
                    turns += [("user", [asked]), ("assistant", [answered])]
                turns.append(("nobody", []))
                continue
            if not turns:
                turns.append((None, []))
            if isinstance(part, tree.Hole):
                plan = self.program.holes[id(part)]
                turns[-1][1].append(holes.hole(plan, [self.eval(bound.value, names) for bound in plan.bounds]))
            elif not (blank and isinstance(part, tree.Value)):
                turns[-1][1].append(self.text_part(text, part, names))
        if len({role for role, _ in turns}) > 1:
            turns = [(role, parts) for role, parts in turns if role not in (None, "nobody")]  # blank lines
        return Prompt(tuple(Turn(role, _merged(parts)) for role, parts in turns or [(None, [])]))

    def _end_line(self, turns: list[tuple[Any, list[Any]]]) -> None:
        """Take back the newline before a line that is a history."""
        if turns and turns[-1][1]:
            turns[-1][1][-1] = re.sub(r"\n[ \t]*\Z", "", turns[-1][1][-1])

    # knowledge, tools, logic

    def _find(self, node: tree.Find, names: Names) -> Any:
        count = max(self.eval(node.count, names), 0)
        index = self.eval(node.index, names) if self.program.types.get(id(node.index)) == INDEX else None
        source = () if index is not None else self.eval(node.index, names)
        query = self.eval(node.query, names)
        passages = tuple(each for each in outside.passages(source) if self._is_wanted(node, outside.hit(each), names))
        if count == 0 or (index is None and not passages):
            return ()
        needs, says_more = self._needs(node, names) if index is not None else ([], False)
        asked = max(count, outside.MOST_FILTERED) if says_more else count
        hits = self._answer(Find(self._path("find"), index, passages, asked, query, tuple(needs))).hits
        found = [outside.hit(each) for each in hits]
        return tuple(each for each in found if self._is_wanted(node, each, names))[:count]

    def _is_wanted(self, node: tree.Find, hit: Any, names: Names) -> bool:
        return node.where is None or self._truth(node.where, {**names, "it": hit}) == 1

    def _truth(self, node: Any, names: Names) -> float:
        """Give 1 for what holds, 0 for what does not, and half where something is not there."""
        if isinstance(node, tree.And):
            return min(self._truths(node.items, names, ends=0))
        if isinstance(node, tree.Or):
            return max(self._truths(node.items, names, ends=1))
        if isinstance(node, tree.Not):
            return 1 - self._truth(node.value, names)
        try:
            return float(self.eval(node, names))
        except Failure as failure:
            if failure.kind == "NotFound":
                return 0.5
            raise

    def _truths(self, items: Any, names: Names, ends: float) -> Iterator[float]:
        for item in items:
            truth = self._truth(item, names)
            yield truth
            if truth == ends:
                return

    def _needs(self, node: tree.Find, names: Names) -> tuple[list[Need], bool]:
        """Give what the `where` of a FIND says of metadata, and whether it says more."""
        waiting, needs, says_more = [node.where] if node.where is not None else [], [], False
        while waiting:
            part: Any = waiting.pop(0)
            if isinstance(part, tree.And):
                waiting = [*part.items, *waiting]
            elif isinstance(part, tree.Comparison):
                sides = [part.first, *(operand for _, operand in part.rest)]
                signs = [sign for sign, _ in part.rest]
                found = [self._need(*three, names) for three in zip(sides, signs, sides[1:], strict=False)]
                needs += [need for need in found if need is not None]
                says_more = says_more or None in found
            else:
                says_more = True
        return needs, says_more

    def _need(self, left: Any, sign: str, right: Any, names: Names) -> Need | None:
        """Give what a comparison says of metadata; None for one that says something else."""
        if sign in _TURNED and _is_meta(right) and not _is_meta(left):
            left, sign, right = right, _TURNED[sign], left
        if not _is_meta(left) or sign not in (*_TURNED, "in"):
            return None
        if any(isinstance(part, tree.Name) and part.name == "it" for part in (*walk(left.index), *walk(right))):
            return None
        try:
            return outside.needed(self.eval(left.index, names), sign, self.eval(right, names))
        except Failure:
            return None

    def _calltool(self, node: tree.CallTool, names: Names) -> Any:
        made = self.eval(node.call, names)
        tool = self.program.tools[made.tool]
        given = tuple((name, to_data(value)) for name, value in made.arguments.items())
        value = outside.called(tool.kind, self._answer(Call(self._path("call"), made.tool, given, tool.acts)))
        try:
            self.from_outside(tool.kind.result, value)
            self.promise(self.program.conditions.get(id(tool.node)), "it", value, "it", {})
        except Failure as failure:
            message = f"`{made.tool}` gave something else than it promises: {failure.message}"
            raise Failure("ToolFailed", message) from None
        return value

    def _deduce(self, node: tree.Deduce, names: Names) -> Any:
        logic = self.program.logics[node.logic]
        values, reply = self._deduction(node, node.mode, names)
        return outside.deduced(logic, node.mode, values, reply)

    def _derived(self, node: tree.Derived, names: Names) -> Any:
        reply = self._deduction(node.deduce, node.deduce.mode or "could", names)[1]
        return outside.derived(self.program.logics[node.deduce.logic], node.relation, reply)

    def _deduction(self, node: tree.Deduce, mode: Any, names: Names) -> tuple[dict[str, Any], Any]:
        """Give what a logic was given, and the reply."""
        logic = self.program.logics[node.logic]
        params = logic.node.params
        values = dict(zip([param.name for param in params], self.bound(node, params, names), strict=True))
        for param in params:
            condition = self.program.conditions.get(id(param))
            self.promise(condition, param.name, values[param.name], f"`{param.name}` of `{logic.name}`", {})
        path = self._path("deduce")
        return values, self._answer(outside.deduction(path, logic, mode, node.models, values))


_TURNED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _is_meta(node: Any) -> bool:
    """Tell whether this is `it.meta[key]`."""
    if not isinstance(node, tree.Item) or isinstance(node.index, tree.Range):
        return False
    return bool(node.target == tree.Attribute(node.span, tree.Name(node.span, "it"), "meta"))


def _apply(function: Any, value: Any) -> Any:
    return function.call(value) if isinstance(function, Function) else function(value)


def _merged(parts: list[Any]) -> tuple[Any, ...]:
    """Put neighbouring texts together."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)
