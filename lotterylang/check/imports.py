"""Imports: which file each one means, and the modules that a program is made of, each after those it imports.

Enters: the module of a file. Leaves: `Part`s. Next door: `linking.py` makes one module of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from lotterylang.check.modules import name_of
from lotterylang.check.report import Report
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.parser import parse, read

LIBRARY = "std"
"""The first word of a path that means the shipped library; every other path begins beside the importing file."""


@dataclass(slots=True, eq=False)
class Part:
    """One module of a program: its tree, the prefix of its names in the whole, and what its imports bind."""

    module: tree.Module
    prefix: str
    imports: dict[str, Part] = field(default_factory=dict)


def library() -> Path:
    """Find the standard library, in the installed package or in the checkout."""
    room = Path(__file__).parent.parent
    shipped = room / "stdlib"
    return shipped if shipped.is_dir() else room.parent / "stdlib"


def parts_of(module: tree.Module) -> list[Part]:
    """Read all modules that a module imports, itself last, each after those it imports.

    Errors: LOT-E0221 for a module that is not there, LOT-E0222 for a circle, LOT-E0224 for a file without a name of its
    own; those of reading and parsing.
    """
    return _Search(module).found


class _Search:
    """Goes from the main file to all that it imports, depth first, without recursion."""

    def __init__(self, module: tree.Module) -> None:
        self.found: list[Part] = []
        self.known: dict[Path, Part] = {}
        self.top = Path(module.source.name).parent
        path = _real(Path(module.source.name))
        main = Part(module, "")
        self.known[path] = main
        waiting = [(path, main, iter(_imports(module)))]
        while waiting:
            _, part, imports = waiting[-1]
            node = next(imports, None)
            if node is None:
                self.found.append(part)
                waiting.pop()
                continue
            target = _target(node, part.module)
            open_paths = [each[0] for each in waiting]
            if _real(target) in open_paths:
                raise _circle(node, [*open_paths[open_paths.index(_real(target)) :], _real(target)])
            other = self.known.get(_real(target))
            if other is None:
                other = Part(parse(read(target)), self._prefix(target))
                self.known[_real(target)] = other
                waiting.append((_real(target), other, iter(_imports(other.module))))
            part.imports[name_of(node)] = other

    def _prefix(self, path: Path) -> str:
        """Give a module a name that depends on nothing but where it lies in the program or the library."""
        shipped = _real(library())
        real = _real(path)
        if real.is_relative_to(shipped):
            steps = _shortest((LIBRARY, *real.relative_to(shipped).with_suffix("").parts))
        else:
            steps = Path(os.path.relpath(real, _real(self.top))).with_suffix("").parts
        wanted = ".".join("up" if step == ".." else step for step in steps)
        taken = {part.prefix for part in self.known.values()}
        return next(name for name in (wanted, *(f"{wanted}~{n}" for n in range(2, 10_000))) if name not in taken)


def _imports(module: tree.Module) -> list[tree.Import]:
    """List the imports of a module. Errors: LOT-E0221, LOT-E0224, all at once."""
    report = Report()
    found = [node for node in module.declarations if isinstance(node, tree.Import)]
    for node in found:
        if not _is_name(name_of(node)):
            message = f"`{name_of(node)}` can't be the name of a module here"
            help = f'name it: `import "{node.file}" as plan`'
            report.add("LOT-E0224", node.span, message, "no name", help=help)
        elif not _target(node, module).is_file():
            _missing(node, module, report)
    report.raise_any()
    return found


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text == text.lower()


def _target(node: tree.Import, module: tree.Module) -> Path:
    """Give the file that an import means, whether it is there or not."""
    beside = Path(module.source.name).parent
    if node.file is not None:
        return beside / node.file
    steps = (node.path or "").split(".")
    if steps[0] != LIBRARY or len(steps) == 1:
        return beside.joinpath(*steps).with_suffix(".lot")
    plain = library().joinpath(*steps[1:]).with_suffix(".lot")
    area = library().joinpath(*steps[1:], steps[-1]).with_suffix(".lot")  # `std.vote` is `vote/vote.lot`
    return area if not plain.is_file() and area.is_file() else plain


def anchored(node: tree.Import, module: tree.Module) -> tree.Import:
    """Give an import that means the same file in whatever module it stands."""
    return replace(node, path=None, file=str(_real(_target(node, module))), name=name_of(node))


def _missing(node: tree.Import, module: tree.Module, report: Report) -> None:
    written = f'"{node.file}"' if node.file is not None else str(node.path)
    close = get_close_matches(written.strip('"'), _known(module), n=1, cutoff=0.67)
    last = written.split(".")[-1]
    shipped = [name for name in _shipped() if name.split(".")[-1] == last]
    meant = [name for name in (*shipped, *close) if name != written][:1]
    help = f"write `import {meant[0]}`" if meant else f"there is no file `{_target(node, module)}`"
    report.add("LOT-E0221", node.span, f"there is no module `{written}`", "not found", help=help)


def _known(module: tree.Module) -> list[str]:
    """List what could have been imported, as it is written."""
    beside = Path(module.source.name).parent
    try:
        files = sorted(path.name for path in beside.glob("*.lot"))[:1_000]
    except OSError:
        files = []
    return [*(name.removesuffix(".lot") for name in files), *_shipped()]


def _shipped() -> list[str]:
    """List the modules of the library by their shortest paths."""
    found = []
    for path in sorted(library().rglob("*.lot")):
        found.append(".".join(_shortest((LIBRARY, *path.relative_to(library()).with_suffix("").parts))))
    return found


def _shortest(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the name where it is the area's: `std.vote` for `std.vote.vote`."""
    return steps[:-1] if steps[-1] == steps[-2] else steps


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _circle(node: tree.Import, paths: list[Path]) -> LotError:
    way = " → ".join(path.name for path in paths)
    message = f"`{paths[0].name}` imports itself: {way}"
    label = Label(node.span, "closes the circle")
    help = "move what both need into a file of its own"
    return LotError(Diagnostic("LOT-E0222", message, label, help=help))
