"""ASK, CHOOSE and SCORE as instructions: the prompt is put together, the effect goes out, the reply becomes a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lotterylang.run import holes, replies
from lotterylang.run.effects import Ask, Choose, Effect, ModelEffect, Prompt, Sampling, Score
from lotterylang.run.lower.emitter import Evaluate, slot_reader
from lotterylang.run.lower.statements import StatementLowering
from lotterylang.run.lower.turns import Part, Turns, history, literals, turn
from lotterylang.run.lower.unit import Heard, Held, children, replaced
from lotterylang.run.machine import EFFECT, Instruction, Slots
from lotterylang.run.paths import seed_at
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree

Compose = Callable[[Slots, bool], Prompt]
"""Puts a prompt together; with True, its `${}` values are left empty."""


class PromptLowering(StatementLowering):
    """The instructions that ask a model."""

    def emit_ask(self, node: tree.Ask) -> int:
        model, settings = self._model(node.model), self._settings(node.model)
        compose, plans = self.prompt(node.prompt), self._plans(node.prompt)

        def ask(s: Slots) -> Ask:
            frame = s[0]
            path = frame.path.effect("ask")
            given = {name: float(value(s)) for name, value in settings.items()}
            _check_sampling(given)
            sampling = (
                Sampling(seed=seed_at(frame.machine.seed, path), **given) if given.get("temperature") else Sampling()
            )
            return Ask(path, model(s), compose(s, False), sampling, frame.machine.budget.left("tokens"))

        return self.effect(node, ask, lambda s, reply: replies.asked(plans, reply))

    def emit_choose(self, node: tree.Choose) -> int:
        model, settings = self._model(node.model), self._settings(node.model)
        options = self.emitter.assign(self._options(node.options), node.options)
        written = self.emitter.assign(self._written(node, options), node)
        # Under `against` every value is computed anew for each contrast, also by functions of the program.
        compose = self.prompt(node.prompt, settled=node.against is None)
        contrast = self._contrast(node, compose)

        def choose(s: Slots) -> Choose | Value:
            prompt, score = compose(s, False), settings["score"](s) if settings else "sum"
            if len(s[written]) == 1:
                return replies.only(s[options][0])
            texts = tuple(holes.joined(prompt, text) for text in s[written])
            others = contrast(s) + ((compose(s, True),) if score == "lift" else ())
            left = s[0].machine.budget.left("tokens")
            effect = Choose(s[0].path.effect("choose"), model(s), prompt, texts, others, score == "mean", left)
            return replies.pruned(effect) if id(node) in self.program.only_best else effect

        return self.effect(node, choose, lambda s, reply: replies.chosen(s[options], reply))

    def _options(self, node: Any) -> Evaluate:
        if isinstance(node, tree.Name) and node.name == "bool" and self.emitter.lookup("bool") is None:
            return lambda s: (True, False)
        value = self.value(node)
        return value

    def _written(self, node: tree.Choose, options: int) -> Evaluate:
        if node.by is None:
            return lambda s: _told_apart(replies.written(option) for option in s[options])
        function = self.argument(node.by)
        return lambda s: _told_apart(function(s)(option) for option in s[options])

    def _contrast(self, node: tree.Choose, compose: Compose) -> Callable[[Slots], tuple[Prompt, ...]]:
        if node.against is None:
            return lambda s: ()
        slot, values = self.emitter.lookup(node.against.slot), self.value(node.against.values)

        def prompts(s: Slots) -> tuple[Prompt, ...]:
            found = []
            for value in values(s):
                other = s.copy()
                other[slot] = value  # type: ignore[index]
                found.append(compose(other, False))
            return tuple(found)

        return prompts

    def emit_score(self, node: tree.Score) -> int:
        model = self._model(node.model)
        text = self.emitter.assign(self.value(node.text), node.text)
        compose = self.prompt(node.prompt)
        has_values = any(isinstance(part, tree.Value) for part in node.prompt.parts)

        def score(s: Slots) -> Score:
            prompt = compose(s, False)
            blank = compose(s, True) if has_values else None
            left = s[0].machine.budget.left("tokens")
            return Score(s[0].path.effect("score"), model(s), prompt, holes.joined(prompt, s[text]), blank, left)

        return self.effect(node, score, lambda s, reply: replies.scored(reply))

    def effect(self, node: Any, make: Callable[[Slots], Any], accept: Callable[[Slots, Any], Value]) -> int:
        """Put down an effect and what becomes of its reply."""
        unit = self.unit
        self.emitter.emit(lambda following: _perform(make, following), node)
        return self.emitter.assign(lambda s: _accepted(s, accept, unit.heard), node)

    def _model(self, node: tree.OnModel | None) -> Callable[[Slots], str]:
        """Give the name of the model that is asked: a declared one, or what a parameter stands for."""
        name = node.name if node is not None else (self.program.default_model or "")
        slot = self.emitter.lookup(name)
        return (lambda s: name) if slot is None else slot_reader(slot)

    def _settings(self, node: tree.OnModel | None) -> dict[str, Evaluate]:
        named = [arg for arg in (node.args if node is not None else ()) if isinstance(arg, tree.NamedArg)]
        return {arg.name: self.value(arg.value) for arg in named}

    def _plans(self, text: tree.Text) -> list[Any]:
        return [self.program.holes[id(part)] for part in text.parts if isinstance(part, tree.Hole)]

    # prompts

    def prompt(self, text: tree.Text, *, settled: bool = True) -> Compose:
        """Give the closure that puts a prompt together."""
        told = [id(getattr(part, "value", None)) in self.program.histories for part in text.parts]
        text, bounds = self._settled(text) if settled else (text, {})
        turns: list[Turns] = []
        parts: list[Part] = []
        for part, literal, is_history in zip(text.parts, literals(text.parts, told), told, strict=True):
            if isinstance(part, tree.RoleLine):
                parts = []
                turns.append(turn(part.role, parts))
            elif is_history and isinstance(part, tree.Value):
                turns.append(history(self.value(part.value)))
            elif literal != "":
                turns = turns or [turn(None, parts)]
                parts.append(self._part(text, part, bounds) if literal is None else _same(literal))
        turns = turns or [turn(None, parts)]

        def compose(s: Slots, blank: bool) -> Prompt:
            return Prompt(tuple(said for each in turns for said in each(s, blank)))

        return compose

    def _settled(self, text: tree.Text) -> tuple[tree.Text, dict[int, Held]]:
        """Lower what needs instructions, from left to right: values, whose results take their places, and bounds."""
        parts = [each for part in children(text) for each in self._expressions(part)]
        if all(self.is_simple(part) for part in parts):
            return text, {}
        last = max(i for i, part in enumerate(parts) if not self.is_simple(part))
        values = zip(parts[: last + 1], self.values(parts[: last + 1]), strict=True)
        held = {id(part): self.held(part, value) for part, value in values}
        return replaced(text, held), held

    def _expressions(self, part: Any) -> list[Any]:
        """Give what is computed for a part of a prompt: itself, or what a hole is bounded by."""
        return [bound.value for bound in self.program.holes[id(part)].bounds] if isinstance(part, tree.Hole) else [part]

    def _part(self, text: tree.Text, part: Any, held: dict[int, Held]) -> Part:
        if isinstance(part, tree.Value):
            render = self.rendering(text, part)
            return lambda s, blank: "" if blank else render(s)
        plan = self.program.holes[id(part)]
        values = [self.value(held.get(id(bound.value), bound.value)) for bound in plan.bounds]
        return lambda s, blank: holes.hole(plan, [value(s) for value in values])


def _told_apart(texts: Iterable[str]) -> tuple[str, ...]:
    written = tuple(texts)
    replies.check_options(written)
    return written


def _same(literal: str) -> Part:
    return lambda s, blank: literal


def _check_sampling(given: dict[str, float]) -> None:
    if not 0 <= given.get("temperature", 0.0) <= 100 or not 0 < given.get("top_p", 1.0) <= 1:
        raise Failure("Undefined", "`temperature` is from 0 to 100, `top_p` above 0 and at most 1")


def _perform(make: Callable[[Slots], Any], following: int) -> Instruction:
    def run(s: Slots) -> int:
        frame = s[0]
        request = make(s)
        if not isinstance(request, Effect):
            frame.reply = replies.Settled(request)
            return following
        if isinstance(request, ModelEffect):
            frame.machine.budget.begin_call()
        frame.request = request
        return EFFECT

    return run


def _accepted(s: Slots, accept: Callable[[Slots, Any], Value], heard: list[Heard] | None) -> Value:
    reply, request = s[0].reply, s[0].request
    if isinstance(reply, replies.Settled):
        return reply.value
    observed = reply.observed
    s[0].machine.budget.spend("tokens", observed.prompt_tokens + observed.reply_tokens)
    if heard is None or not isinstance(request, ModelEffect):
        return accept(s, replies.answered(reply))
    noted = Heard(request.path, request.model, isinstance(request, Ask))
    heard.append(noted)
    noted.value = accept(s, replies.answered(reply))
    return noted.value
