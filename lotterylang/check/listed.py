"""Tools that an index lists without naming each: those of the library and of Python files, as declarations.

`index toolbox = tools(std.tools, "./mine.py")` stands for a list of names, each declared; whoever reads the program
after this finds nothing else. What the program declares itself is listed as it declares it. Enters: a module as it was
written. Leaves: a module. Errors: LOT-E0424. Next door: `annotated.py` reads files, `signatures.py` has the library's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath
from typing import Any

from lotterylang.check.annotated import Unread, declaration, functions_of
from lotterylang.check.indexes import TOOLBOX
from lotterylang.check.modules import UNRESOLVED
from lotterylang.check.prelude import NAMES
from lotterylang.check.report import Report
from lotterylang.check.signatures import declarations
from lotterylang.check.standard import PREFIX, SEARCH, STANDARD
from lotterylang.check.toolbox import provider_of
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import parse, source_of
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Node

LIBRARY = PREFIX.rstrip(".")
"""All tools of the library, as an index lists them."""


def listed(module: tree.Module, report: Report) -> tree.Module:
    """Declare what the indexes of tools of a module list; the same module where they name all of it themselves."""
    if not any(_is_short(arg) for node in module.declarations for arg in _args(node)):
        return module
    finding = _Listing(module, report)
    found = [finding.index(node) if _args(node) else node for node in module.declarations]
    return replace(module, declarations=(*found, *finding.tools.values()))


def listed_of(value: tree.Expr) -> tuple[str, ...]:
    """List the names in `tools(…)`; none for any other index."""
    args = value.args if isinstance(value, tree.Call) and value.function == tree.Name(value.span, TOOLBOX) else ()
    return tuple(arg.name for arg in args if isinstance(arg, tree.Name))


def _args(node: object) -> tuple[Any, ...]:
    """Give the arguments of an index of tools; none for any other declaration."""
    value = node.value if isinstance(node, tree.Index) else None
    if not isinstance(value, tree.Call) or value.function != tree.Name(value.span, TOOLBOX):
        return ()
    return value.args


def _is_short(arg: object) -> bool:
    """Tell whether an argument stands for many tools: the library, or a file."""
    return _is_library(arg) or (constant_text(arg) or "").endswith(".py")


def _is_library(arg: object) -> bool:
    return isinstance(arg, tree.Attribute) and arg.name == "tools" and arg.target == tree.Name(arg.span, "std")


class _Listing:
    """The tools that the indexes of one module list, beside those that it declares."""

    def __init__(self, module: tree.Module, report: Report) -> None:
        self.report = report
        self.tools: dict[str, tree.Tool] = {}
        self.declared = [node for node in module.declarations if isinstance(node, tree.Tool)]
        self.taken = {name for node in module.declarations for name in _names(node)} | NAMES

    def index(self, node: Any) -> tree.Index:
        """Give an index that names each of its tools."""
        args = _args(node)
        names = [arg.name for arg in args if isinstance(arg, tree.Name)]
        found: list[Any] = []
        for arg in args:
            if not _is_short(arg):
                found.append(arg)
                continue
            each = self._library(arg.span) if _is_library(arg) else self._file(arg, constant_text(arg) or "")
            new = [name for name in dict.fromkeys(each) if name not in names]
            names += new
            found += [tree.Name(arg.span, name) for name in (new if each else [UNRESOLVED])]
        return tree.Index(node.span, node.name, replace(node.value, args=tuple(found)))

    def _library(self, span: Span) -> list[str]:
        """List the library's tools: as the program declares them, else those that need no leave and do nothing."""
        found = [tool.name for tool in self.declared if provider_of(tool).startswith(PREFIX)]
        answering = {provider_of(tool) for tool in self.declared}
        for name, traits in STANDARD.items():
            source = PREFIX + name
            needs_words = traits.acts or traits.leave is not None or source == SEARCH
            if needs_words or source in answering or name in self.taken:
                continue
            if provider_of(self.tools.setdefault(name, _placed(declarations()[name], span))) == source:
                found.append(name)
        return found

    def _file(self, arg: tree.Expr, file: str) -> list[str]:
        """List the functions of a file: as the program declares them, else by their annotations. Errors: LOT-E0424."""
        try:
            functions = functions_of(Path(arg.span.source.name).parent / file)
        except Unread as problem:
            return self._refuse(arg, f"`{file}` lists no tools: {problem}", "name a Python file beside this one")
        known = [(_normal(provider_of(tool)), tool.name) for tool in (*self.declared, *self.tools.values())]
        found: list[str] = []
        for name, function in functions.items():
            own = [each for source, each in known if source == _normal(f"{file}:{name}")]
            try:
                found += own or [self._declared(declaration(function, file), name, arg)]
            except Unread as problem:
                help = f'declare it: `tool name_of_it(…) -> … = "{file}:{name}"`, or call it `_{name}`'
                self._refuse(arg, f"`{name}` of `{file}` can't be listed: {problem}", help)
        if not functions:
            help = "annotate them: `def price(item: str) -> int:`"
            self._refuse(arg, f"`{file}` lists no tools: no public function has types", help)
        return found

    def _declared(self, text: str, name: str, arg: tree.Expr) -> str:
        """Declare a function of a file under its name. Errors: Unread where the name is taken, or a word of ours."""
        if name in self.taken or name in self.tools:
            raise Unread("another thing has its name here")
        try:
            node = parse(source_of("", text)).declarations[0]
        except LotError:
            raise Unread("a word of the language is among its names") from None
        assert isinstance(node, tree.Tool)  # `declaration` writes one
        self.tools[name] = _placed(node, arg.span)
        return name

    def _refuse(self, arg: tree.Expr, message: str, help: str) -> list[str]:
        self.report.add("LOT-E0424", arg.span, message, "no index", help=help)
        return []


def _names(node: Any) -> Iterator[str]:
    """Yield the names that a declaration of values declares."""
    if isinstance(node, tree.Let):
        yield from node.binder
    elif isinstance(name := getattr(node, "name", None), str) and not isinstance(node, tree.Example | tree.Property):
        yield name


def _normal(provider: str) -> str:
    """Write the path of a file in one way: `mine.py:price` for `./mine.py:price`."""
    return PurePosixPath(provider).as_posix()


def _placed(node: Any, span: Span) -> Any:
    """Give a node that stands elsewhere, as a whole."""
    if isinstance(node, tuple):
        return tuple(_placed(part, span) for part in node)
    if not isinstance(node, Node):
        return node
    parts = {each.name: _placed(getattr(node, each.name), span) for each in fields(node) if each.name != "span"}
    return type(node)(span, **parts)
