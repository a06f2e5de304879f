"""One file: its declarations by kind, and the hash of its content.

Enters: a `tree.Module`, with the declarations of all that it imports (`linking.py` puts them there). Leaves:
`Declarations`. What the language has but this version can't run is refused here, once for each declaration.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePosixPath

from lotterylang.check.report import Report
from lotterylang.check.walk import children
from lotterylang.syntax import tree
from lotterylang.syntax.parser import parse, source_of
from lotterylang.syntax.source import Source, Span
from lotterylang.syntax.tree.node import Node

TypeDeclaration = tree.RecordDeclaration | tree.AliasDeclaration | tree.Enum

BUILT_IN_TYPES = ("Choice", "Score", "Hit", "Sat", "Unsat", "Unknown", "Verdict", "Part")
RECORDS = """
type Verdict { passed: bool, note: text, score: number }
type Part<Q, A> { question: Q, answer: A, verdict: Verdict }
"""
"""The records that every program has: what a judge gives, and a part of a divided question with its answer."""

UNRESOLVED = "?"
"""Stands in the tree for a name of a module that is in error already."""


@dataclass(slots=True)
class Declarations:
    """What a file declares, by kind and name, in the order of the source.

    `foreign` are the sources of other modules: names there hide nothing of this file, and the other way round.
    """

    types: dict[str, TypeDeclaration] = field(default_factory=dict)
    functions: dict[str, tree.Fn] = field(default_factory=dict)
    constants: dict[str, tree.Let] = field(default_factory=dict)
    models: dict[str, tree.Model] = field(default_factory=dict)
    memories: dict[str, tree.Memory] = field(default_factory=dict)
    tools: dict[str, tree.Tool] = field(default_factory=dict)
    indexes: dict[str, tree.Index] = field(default_factory=dict)
    logics: dict[str, tree.Logic] = field(default_factory=dict)
    uses: list[tree.Uses] = field(default_factory=list)
    examples: list[tree.Example] = field(default_factory=list)
    properties: list[tree.Property] = field(default_factory=list)
    in_error: set[str] = field(default_factory=lambda: {UNRESOLVED})
    places: dict[str, Span] = field(default_factory=dict)
    foreign: set[Source] = field(default_factory=set)
    tests: dict[tuple[Source, str], Span] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Node]:
        """Give the declarations that share the one namespace of values."""
        inside = {**self.functions, **self.constants, **self.memories}
        return {**inside, **self.models, **self.tools, **self.indexes, **self.logics}


def declarations(module: tree.Module, report: Report) -> Declarations:
    """Sort the declarations of a file by kind. Errors: LOT-E0201 for a name declared twice."""
    found = Declarations(types=dict(built_in_records()))
    found.foreign = {node.span.source for node in module.declarations if _is_linked(node)}
    for node in module.declarations:
        if isinstance(node, tree.Import):
            _declare(node, found, report)
        elif isinstance(node, tree.Uses):
            found.uses.append(node)
        elif isinstance(node, tree.Example):
            found.examples.append(node)
            _declare_test(node, found, report)
        elif isinstance(node, tree.Property):
            found.properties.append(node)
            _declare_test(node, found, report)
        elif isinstance(node, tree.Let) and len(node.binder) > 1:
            for single in _taken_apart(node):
                _declare(single, found, report)
        else:
            _declare(node, found, report)
    return found


def _is_linked(node: Node) -> bool:
    """Tell whether a declaration came from another module: then its name holds that of the module."""
    return not isinstance(node, tree.Import | tree.Uses | tree.Example | tree.Property) and "." in name_of(node)


@cache
def built_in_records() -> dict[str, TypeDeclaration]:
    """Read the declarations of the records that every program has."""
    declared = parse(source_of("the prelude", RECORDS)).declarations
    return {node.name: _unmistakable(node) for node in declared if isinstance(node, tree.RecordDeclaration)}


def _unmistakable(node: tree.RecordDeclaration) -> tree.RecordDeclaration:
    """Give the type variables of a record names that no program can write: it may have a type `A`."""
    fields = []
    for each in node.fields:
        kind = each.type.type
        if isinstance(kind, tree.TypeName) and kind.name in node.variables:
            kind = replace(kind, name=f"{node.name}.{kind.name}")
        fields.append(replace(each, type=replace(each.type, type=kind)))
    return replace(node, variables=tuple(f"{node.name}.{v}" for v in node.variables), fields=tuple(fields))


def _taken_apart(node: tree.Let) -> Iterator[tree.Let]:
    """Give a constant for each name of a tuple: the value is pure, so it may be computed for each anew."""
    span = node.span
    for at, name in enumerate(node.binder):
        binder = tuple("it" if i == at else "_" for i in range(len(node.binder)))
        apart = tree.Block(span, (tree.Let(span, binder, node.type, node.value), tree.Name(span, "it")))
        arm = tree.Arm(span, tree.CasePattern(span, "_"), None, apart)
        if name != "_":
            yield tree.Let(span, (name,), None, tree.Match(span, tree.Constant(span, True), (arm,)))


def _declare_test(node: tree.Example | tree.Property, found: Declarations, report: Report) -> None:
    """Note the name of a test: tests have names of their own, and in a file they differ. Errors: LOT-E0201."""
    source, start = node.span.source, node.span.start
    place = Span(source, start, start + len(node.span.text.split("{")[0].split("\n")[0].rstrip()))
    first = found.tests.setdefault((source, node.name), place)
    if first is not place:
        message, others = f"the test `{node.name}` is declared twice", ((first, "the first stands here"),)
        report.add("LOT-E0201", place, message, "again here", help="rename one", others=others)


def _declare(node: Node, found: Declarations, report: Report) -> None:
    name = name_of(node)
    if isinstance(node, tree.RecordDeclaration | tree.AliasDeclaration | tree.Enum) and name in BUILT_IN_TYPES:
        report.add("LOT-E0201", node.span, f"`{name}` is a type of the language", "declared again", help="rename it")
        return
    if name in found.places:
        first = ((found.places[name], "the first stands here"),)
        report.add(
            "LOT-E0201", name_span(node), f"`{name}` is declared twice", "again here", help="rename one", others=first
        )
        return
    found.places[name] = name_span(node)
    match node:
        case tree.RecordDeclaration() | tree.AliasDeclaration() | tree.Enum():
            found.types[name] = node
        case tree.Fn():
            found.functions[name] = node
        case tree.Let():
            found.constants[name] = node
        case tree.Model():
            found.models[name] = node
        case tree.Memory():
            found.memories[name] = node
        case tree.Tool():
            found.tools[name] = node
        case tree.Index():
            found.indexes[name] = node
        case tree.Logic():
            found.logics[name] = node


def name_of(node: Node) -> str:
    """Give the name that a declaration declares; an import, the one that it binds."""
    if isinstance(node, tree.Import):
        return node.name or (node.path or "").split(".")[-1] or PurePosixPath(node.file or "").stem
    return node.binder[0] if isinstance(node, tree.Let) else str(getattr(node, "name"))  # noqa: B009


def name_span(node: Node) -> Span:
    """Find the span of the declared name: the first place of it in the declaration."""
    name = name_of(node).rpartition(".")[2]
    start = node.span.start
    for word in _words(node.span.text):
        if word[1] == name:
            return Span(node.span.source, start + word[0], start + word[0] + len(name))
    return node.span


def _words(text: str) -> list[tuple[int, str]]:
    return [(found.start(), found.group()) for found in re.finditer(r"[A-Za-z_][A-Za-z0-9_]*", text[:2_000])]


def content_hash(module: tree.Module) -> str:
    """Hash what a file says: its tree, without comments and layout."""
    digest = hashlib.sha256()
    waiting: list[object] = [tuple(node for node in module.declarations if not isinstance(node, tree.Import))]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Node | tuple):
            parts = children(part)
            digest.update(f"{type(part).__name__}/{len(parts)};".encode())
            waiting += reversed(parts)
        else:
            digest.update(f"{type(part).__name__}:{part!r};".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
