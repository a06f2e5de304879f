"""Questions that a `retry` would only repeat: greedy ASKs that nothing changes from one attempt to the next.

What changes is the feedback, what a sampled ASK gives, and what is computed from these. Where that can't be told, a
question is taken to change. Enters: a `retry`. Leaves: the ASKs in it, and the calls that ask, that are sure to repeat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lotterylang.check.walk import below, children
from lotterylang.syntax import tree

_WRITES = (tree.Write, tree.Copy, tree.Mov)


def repeated(node: tree.Retry, functions: Mapping[str, tree.Fn]) -> list[tree.Ask | tree.Call]:
    """List what a `retry` asks again unchanged, in the order of the source."""
    return list(_Attempt(node, functions).repeated(node.body))


class _Attempt:
    def __init__(self, node: tree.Retry, functions: Mapping[str, tree.Fn]) -> None:
        self.functions = functions
        self.parts = list(below(node.body))
        self.writes = any(isinstance(part, (*_WRITES, tree.Call)) for part in self.parts)
        self.changing = {node.name} if node.name is not None else set[str]()
        while found := self._bound_to_changing() - self.changing:
            self.changing |= found

    def repeated(self, node: object) -> Iterator[tree.Ask | tree.Call]:
        """Yield what is asked unchanged in a part of the body; a test of what changes excuses what it decides."""
        if isinstance(node, tree.Ask):
            if not is_sampled(node) and not self._changes(node.prompt):
                yield node
            return
        if isinstance(node, tree.Call) and self._calls_unchanged(node):
            yield node
        for part in self._unexcused(node):
            yield from self.repeated(part)

    def _unexcused(self, node: object) -> list[object]:
        if isinstance(node, tree.If):
            found: list[object] = []
            for condition, block in node.branches:
                if self._changes(condition):
                    return [*found, condition]
                found += [condition, block]
            return [*found, node.otherwise]
        if isinstance(node, tree.Match) and self._changes(node.subject):
            return [node.subject]
        return children(node)

    def _changes(self, node: object) -> bool:
        """Tell whether the value of a part may differ between attempts."""
        for part in below(node):
            if isinstance(part, tree.Name) and part.name in self.changing:
                return True
            if isinstance(part, tree.Ask) and is_sampled(part):
                return True
        return False

    def _bound_to_changing(self) -> set[str]:
        found: set[str] = set()
        for part in self.parts:
            match part:
                case tree.Let(binder=binder, value=source) | tree.Each(binder=binder, source=source):
                    found.update(binder if self._changes(source) else ())
                case tree.Fold(binder=binder, start=start, body=body):
                    found.update(binder if self._changes((start, part.each, body)) else ())
                case tree.Read(binder=binder):
                    found.update(binder if self.writes else ())
                case tree.Arm(pattern=pattern):
                    found.update(_names_of(pattern))
                case tree.Lambda(param=name) | tree.Catch(name=str(name)) | tree.Retry(name=str(name)):
                    found.add(name)
        return found

    def _calls_unchanged(self, node: tree.Call) -> bool:
        if not isinstance(node.function, tree.Name) or self._changes(node):
            return False
        parts = [part for fn in self._reached(node) for part in below(fn.body)]
        asks = [part for part in parts if isinstance(part, tree.Ask)]
        return bool(asks) and not any(
            isinstance(p, tree.Read) or (isinstance(p, tree.Ask) and is_sampled(p)) for p in parts
        )

    def _reached(self, node: tree.Call) -> list[tree.Fn]:
        """List the functions that a call may come to, by name."""
        found: dict[str, tree.Fn] = {}
        waiting: list[object] = [node]
        while waiting:
            for part in below(waiting.pop()):
                if isinstance(part, tree.Name) and part.name in self.functions and part.name not in found:
                    found[part.name] = self.functions[part.name]
                    waiting.append(found[part.name].body)
        return list(found.values())


def is_sampled(node: tree.Ask) -> bool:
    """Tell whether an ASK may get another reply to the same prompt."""
    given = node.model.args if node.model is not None else ()
    warmth = [arg.value for arg in given if isinstance(arg, tree.NamedArg) and arg.name == "temperature"]
    return any(not (isinstance(value, tree.Number) and value.value == 0) for value in warmth)


def _names_of(pattern: object) -> Iterator[str]:
    for part in below(pattern):
        match part:
            case tree.CasePattern(name=name) | tree.TypePattern(name=str(name)):
                yield name
            case tree.CallPattern(params=names):
                yield from names
