"""Linking: one module of all the modules of a program, in which every name says which module it belongs to.

The names of the main file stay as they are; `tally` of the module `std.vote` becomes `std.vote.tally`, which nobody can
write, so nothing is hidden by chance. Spans keep their sources: what is said of a library's code points into its file.
Enters: `Part`s of `imports.py`. Leaves: a `tree.Module`. Errors: LOT-E0223, LOT-E0225, LOT-E0226.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lotterylang.check.imports import Part
from lotterylang.check.modules import UNRESOLVED, name_of, name_span
from lotterylang.check.names import close_name, end_of
from lotterylang.check.prelude import NAMES, SURELY
from lotterylang.check.report import Report
from lotterylang.check.walk import below
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Node

NAMED: Mapping[type, str] = {
    tree.Name: "name",
    tree.TypeValue: "name",
    tree.TypeName: "name",
    tree.OnModel: "name",
    tree.Place: "name",
    tree.CallPattern: "name",
    tree.GivenReplies: "name",
    tree.GivenValue: "name",
    tree.CasePattern: "enum",
    tree.TypePattern: "type",
    tree.Divide: "solver",
    tree.Deduce: "logic",
}
"""The classes that speak of a declaration, and the field that holds its name."""
OWN = (tree.Field, tree.Hole)
"""Classes whose name stands for a value in their own `where`, whatever else has that name."""
NAMELESS = (tree.Import, tree.Uses, tree.Example, tree.Property)
"""Declarations that declare nothing that could be spoken of."""
TESTS = (tree.Import, tree.Example, tree.Property)
"""What stays behind where a module is imported."""
OWN_BY_KIND = (tree.Memory, tree.Model, tree.Index)
"""What a module keeps to itself, beside what begins with `_`: it has functions for it, or takes it as a parameter."""


class Linker:
    """Resolves the names of one module. `main` are the names of the main file, where this module is another one."""

    def __init__(self, part: Part, report: Report, main: frozenset[str] = frozenset()) -> None:
        self.part = part
        self.report = report
        self.main = main
        self.own = {name for node in part.module.declarations for name in declared_by(node)}
        self.used: set[str] = set()
        self.bound: set[str] = set()

    def declarations(self) -> list[Any]:
        """Give the declarations of the module with their names resolved; of an imported one, without its tests."""
        found = []
        for node in self.part.module.declarations:
            if self.part.prefix and isinstance(node, TESTS):
                continue
            self.bound = set(_bound_in(node)) if self.main & NAMES else set()
            linked = self.linked(node)
            found.append(replace(linked, **_renamed(node, self.part.prefix)) if self.part.prefix else linked)
        return found

    def linked(self, node: Any, hidden: frozenset[str] = frozenset()) -> Any:
        """Give a node, or a tuple of them, with its names resolved; the same one where nothing changes.

        `hidden` stand for local values. One call a level: trees may be deep.
        """
        if isinstance(node, tuple):
            items = [self.linked(item, hidden) if isinstance(item, Node | tuple) else item for item in node]
            return tuple(items) if any(a is not b for a, b in zip(items, node, strict=True)) else node
        if isinstance(node, tree.Attribute):
            member = self._member(node, hidden)
            if member is not None:
                return member
        changed: dict[str, Any] = {}
        inner = hidden | {node.name} if isinstance(node, OWN) else hidden
        for name in node.__dataclass_fields__:
            before = getattr(node, name)
            if isinstance(before, Node | tuple):
                after = self.linked(before, inner)
                if after is not before:
                    changed[name] = after
        where = NAMED.get(type(node))
        if where is not None and not (isinstance(node, tree.Name) and node.name in hidden):
            found = self._resolved(getattr(node, where), node.span)
            if found != getattr(node, where):
                changed[where] = found
        return replace(node, **changed) if changed else node

    def _resolved(self, name: str | None, span: Span) -> str | None:
        """Give the name in the whole program of what a name of this module stands for."""
        if name is None:
            return None
        first, _, rest = name.partition(".")
        if first in self.part.imports:
            return self._of_module(first, rest or first, span)
        if name in self.own:
            return f"{self.part.prefix}.{name}" if self.part.prefix else name
        return SURELY + name if name in self.main and name in NAMES - self.bound else name

    def _member(self, node: tree.Attribute, hidden: frozenset[str]) -> Node | None:
        """Give what `vote.tally` stands for, if `vote` is a module; None if it is a field of something."""
        target = node.target
        if not isinstance(target, tree.Name) or target.name not in self.part.imports or target.name in hidden:
            return None
        nodes = _shared(self.part.imports[target.name])
        if node.name not in nodes and isinstance(nodes.get(target.name), tree.Let):
            return None
        name = self._of_module(target.name, node.name, node.span)
        return (tree.TypeValue if node.name[0].isupper() else tree.Name)(node.span, name)

    def _of_module(self, alias: str, name: str, span: Span) -> str:
        self.used.add(alias)
        other = self.part.imports[alias]
        shared = _shared(other)
        if name in shared:
            return f"{other.prefix}.{name}"
        at = end_of(name, span)
        own = next((node for node in other.module.declarations if name in declared_by(node)), None)
        if own is not None:
            message, places = f"`{name}` of the module `{alias}` is its own", ((name_span(own), "declared here"),)
            help = "rename it without `_` there" if name.startswith("_") else f"use a function of `{alias}`"
            self.report.add("LOT-E0225", at, message, "not shared", help=help, others=places)
            return UNRESOLVED
        close = close_name(name, shared)
        offered = " or ".join(f"`{alias}.{each}`" for each in ([close] if close else list(shared)[:4]))
        help = f"write {offered}" if offered else f"`{alias}` shares nothing yet: declare something there"
        message = f"the module `{alias}` has no `{name}`"
        self.report.add("LOT-E0223", at, message, "not there", help=help)
        return UNRESOLVED

    def refuse_unused(self) -> None:
        """Say which imports nothing uses. Errors: LOT-E0226."""
        for node in self.part.module.declarations:
            if isinstance(node, tree.Import) and name_of(node) not in self.used | self.own:
                message = f"`{name_of(node)}` is imported and never used"
                self.report.add("LOT-E0226", node.span, message, "not used", help="remove this line")


def link(parts: list[Part], report: Report, is_live: bool = False) -> tree.Module:
    """Make one module of all parts of a program; the last part is the main file, in which nothing waits for its use."""
    main = Linker(parts[-1], report)
    declared = main.declarations()
    if not is_live:
        main.refuse_unused()
    names = frozenset(main.own | set(main.part.imports))
    for part in parts[:-1]:
        linked = Linker(part, Report(), names).declarations()
        declared += [node for node in linked if not isinstance(node, tree.Uses)]  # only the main file grants
    return tree.Module(parts[-1].module.source, tuple(declared))


def alone(part: Part, parts: list[Part]) -> list[Part]:
    """Give an imported module as a program of its own: itself as the main file, with what it imports."""
    needed: list[Part] = [part]
    for each in needed:
        needed += [other for other in each.imports.values() if other not in needed]
    return [*(each for each in parts if each in needed[1:]), Part(part.module, "", part.imports)]


def declared_by(node: Node) -> tuple[str, ...]:
    """List the names that a declaration declares."""
    if isinstance(node, NAMELESS):
        return ()
    return node.binder if isinstance(node, tree.Let) else (name_of(node),)


def _shared(part: Part) -> dict[str, Node]:
    """Give what a module shares, by name."""
    nodes = [node for node in part.module.declarations if not isinstance(node, OWN_BY_KIND)]
    return {name: node for node in nodes for name in declared_by(node) if not name.startswith("_")}


def _renamed(node: Node, prefix: str) -> dict[str, Any]:
    """Give the name of a declaration as the whole program knows it."""
    if isinstance(node, tree.Let):
        return {"binder": tuple(f"{prefix}.{name}" for name in node.binder)}
    names = declared_by(node)
    return {"name": f"{prefix}.{names[0]}"} if names else {}


def _bound_in(node: Node) -> Iterator[str]:
    """Yield the names that are bound somewhere in a declaration."""
    for part in below(node):
        for field in ("binder", "param", "name", "params"):
            value = None if isinstance(part, tuple(NAMED)) else getattr(part, field, None)
            if isinstance(value, str):
                yield value
            elif isinstance(value, tuple):
                yield from (name for name in value if isinstance(name, str))
