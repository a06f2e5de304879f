"""Indexes: what stands after `index name =` in, the provider with constants that fit it out.

Nothing is opened; whether there is a source of that name is found out at the run. Next door: `declared.py`;
`shell/indexes.py` opens what is declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass

from lotterylang.check.modules import UNRESOLVED
from lotterylang.check.names import close_name
from lotterylang.check.program import IndexDeclaration
from lotterylang.check.report import Report
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

Constant = str | int

_EXAMPLE = 'write `hnsw("wiki.jsonl", embed = "all-minilm-l6-v2")`'
_EXAMPLE_OF_SERVER = 'write `qdrant("http://localhost:6333/wiki", embed = "all-minilm-l6-v2")`'


MOST_TOKENS = 1_000_000_000
"""Of a passage: more than any document has, and still a number that a file can keep."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an argument may be: in words, and as a test."""

    words: str
    fits: Callable[[Constant], bool]


@dataclass(frozen=True, slots=True)
class Provider:
    """What an index may be made by: what its one unnamed argument is, and those that have names."""

    first: Taken
    named: Mapping[str, Taken]
    needed: tuple[str, ...] = ()
    example: str = _EXAMPLE


def _one_of(*words: str) -> Taken:
    return Taken(" or ".join(f'`"{word}"`' for word in words), lambda said: said in words)


def _whole(least: int) -> Taken:
    words = f"a whole number from {least} to {MOST_TOKENS:,}"
    return Taken(words, lambda said: isinstance(said, int) and least <= said <= MOST_TOKENS)


_NAME = Taken("a text that is not empty", lambda said: isinstance(said, str) and said.strip() != "")

_MADE: Mapping[str, Taken] = {
    "embed": _NAME,
    "size": _whole(1),
    "overlap": _whole(0),
    **dict.fromkeys(("text", "title", "id"), _NAME),
}
"""How documents are read, cut and embedded, wherever they are kept."""

_FILE = Taken("a file or a folder", _NAME.fits)
_URL = Taken("the URL of a collection", lambda said: re.fullmatch(r"https?://[^/\s]+/\S+", str(said)) is not None)

PROVIDERS: Mapping[str, Provider] = {
    "hnsw": Provider(
        _FILE,
        {**_MADE, "rank": _one_of("vectors", "words", "hybrid"), "search": _one_of("exact", "hnsw")},
    ),
    "qdrant": Provider(_URL, {**_MADE, "source": _NAME}, ("embed",), _EXAMPLE_OF_SERVER),
}

TOOLBOX = "tools"
"""The provider of an index of the program's tools."""

SIZE = 160
"""Tokens of a passage, where a program does not say."""


class _Refused(Exception):
    """What is written makes no index; where, and why."""

    def __init__(self, message: str, span: Span, help: str = _EXAMPLE) -> None:
        super().__init__(message)
        self.span = span
        self.help = help


def index_of(node: tree.Index, tools: Container[str], report: Report) -> IndexDeclaration:
    """Read `hnsw("wiki.jsonl", embed = "all-minilm-l6-v2")`, or `tools(calc, finish)` of declared tools.

    Errors: LOT-E0424, all that it has.
    """
    value = node.value
    provider = value.function.name if isinstance(value, tree.Call) and isinstance(value.function, tree.Name) else ""
    arguments: list[Constant] = []
    named: dict[str, Constant] = {}
    is_toolbox = provider == TOOLBOX and isinstance(value, tree.Call)
    for refused in _tools(value, tools, arguments) if is_toolbox else _read(node, provider, arguments, named):
        report.add("LOT-E0424", refused.span, str(refused), "no index", help=refused.help)
    return IndexDeclaration(node.name, provider, tuple(arguments), tuple(named.items()), value.span.text, node)


def _tools(value: tree.Expr, tools: Container[str], arguments: list[Constant]) -> Iterator[_Refused]:
    """Collect the names of tools, and yield what is wrong with them."""
    args = value.args if isinstance(value, tree.Call) else ()
    for arg in args:
        if isinstance(arg, tree.Name) and arg.name == UNRESOLVED:
            continue
        if not isinstance(arg, tree.Name) or arg.name not in tools:
            help = 'write `tools(calc, finish)`, or `tools(std.tools, "./mine.py")`'
            yield _Refused(f"`{TOOLBOX}` lists tools of the program", arg.span, help)
        elif arg.name in arguments:
            yield _Refused(f"`{arg.name}` is listed twice", arg.span, "list it once")
        else:
            arguments.append(arg.name)
    if not args:
        yield _Refused(f"`{TOOLBOX}` lists no tool", value.span, "write `tools(calc, finish)`")


def _read(node: tree.Index, provider: str, arguments: list[Constant], named: dict[str, Constant]) -> Iterator[_Refused]:
    """Collect the arguments, and yield what is wrong with them."""
    value = node.value
    if not isinstance(value, tree.Call) or not provider:
        yield _Refused(f"the index `{node.name}` is not declared by what holds it and constants", value.span)
        return
    takes = PROVIDERS.get(provider)
    if takes is None:
        yield _Refused(f"nothing that is called `{provider}` holds an index", value.function.span)
        return
    wrong = 0
    for arg in value.args:
        try:
            if isinstance(arg, tree.NamedArg):
                named[arg.name] = _named(arg, provider, takes, named)
            else:
                arguments.append(_first(arg, provider, takes, arguments))
        except _Refused as refused:
            wrong += 1
            yield refused
    if not wrong:
        yield from _together(node, provider, takes, arguments, named)


def _first(arg: tree.Node, provider: str, takes: Provider, before: list[Constant]) -> Constant:
    found = constant_text(arg)
    if before or found is None or not takes.first.fits(found):
        message = f"`{provider}` takes {takes.first.words}, as one constant text; all else has a name"
        raise _Refused(message, arg.span, takes.example)
    return found


def _named(arg: tree.NamedArg, provider: str, takes: Provider, before: Mapping[str, Constant]) -> Constant:
    taken = takes.named.get(arg.name)
    if taken is None:
        close = close_name(arg.name, takes.named)
        help = f"write `{close} = …`" if close else f"it takes {', '.join(f'`{name}`' for name in takes.named)}"
        raise _Refused(f"`{provider}` does not take `{arg.name}`", arg.span, help)
    if arg.name in before:
        raise _Refused(f"`{arg.name}` is said twice", arg.span, "say it once")
    found = _constant(arg.value)
    if found is None or not taken.fits(found):
        raise _Refused(f"`{arg.name}` is {taken.words}", arg.value.span, "write it as a constant")
    return found


def _together(
    node: tree.Index, provider: str, takes: Provider, arguments: list[Constant], named: Mapping[str, Constant]
) -> Iterator[_Refused]:
    """Yield what arguments that are sound each do not make together."""
    if not arguments:
        yield _Refused(f"`{provider}` takes {takes.first.words}, and none is named", node.value.span, takes.example)
    for name in takes.needed:
        if name not in named:
            yield _Refused(f"`{provider}` needs `{name}`", node.value.span, f'write `{name} = "all-minilm-l6-v2"`')
    if "embed" not in named and (rank := named.get("rank", "words")) != "words":
        help = 'add `embed = "all-minilm-l6-v2"`, or rank by `"words"`'
        yield _Refused(f'`"{rank}"` needs vectors, and nothing embeds', _span(node, "rank"), help)
    size, overlap = named.get("size", SIZE), named.get("overlap", 0)
    if isinstance(size, int) and isinstance(overlap, int) and overlap > size // 2:
        help = f"write `overlap = {size // 2}` at most"
        yield _Refused(f"passages of {size} tokens can't repeat {overlap}: at most half", _span(node, "overlap"), help)


def _span(node: tree.Index, name: str) -> Span:
    args = node.value.args if isinstance(node.value, tree.Call) else ()
    return next((arg.span for arg in args if isinstance(arg, tree.NamedArg) and arg.name == name), node.value.span)


def _constant(node: object) -> Constant | None:
    if isinstance(node, tree.Number) and isinstance(node.value, int):
        return node.value
    return constant_text(node)
