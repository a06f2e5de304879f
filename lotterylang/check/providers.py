"""Providers: what stands after `model name =` in, what opens that model out: its name with its recipe, and a seed.

Nothing is loaded; whether there is a model of that name is found out at the run. Next door: `declared.py`; what may be
made of weights is in `lotterylang/recipe.py`.
"""

from __future__ import annotations

from fractions import Fraction

from lotterylang.check.program import ModelDeclaration
from lotterylang.check.report import Report
from lotterylang.check.walk import constant_text
from lotterylang.recipe import Recipe, composed, parted
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.source import Span

PROVIDERS = ("onnx", "random", "first")

_EXAMPLE = 'write `onnx("smollm2-135m-instruct", seed = 7)`, `random(seed = 7)` or `first()`'
_RECIPE = (
    'write it as in `onnx("smollm2-135m-instruct", precision = "int4", prune = "2:4", kv = window(512, sink = 4))`'
)


class _Refused(Exception):
    """What is written is no model; where, and why."""

    def __init__(self, message: str, span: Span | None = None, help: str = _EXAMPLE) -> None:
        super().__init__(message)
        self.span = span
        self.help = help


def model_of(node: tree.Model, report: Report) -> ModelDeclaration:
    """Read `onnx("name", seed = 7)`, `random(seed = 7)` or `first()`. Errors: LOT-E0416 for anything else."""
    try:
        return _read(node)
    except _Refused as refused:
        report.add("LOT-E0416", refused.span or node.value.span, str(refused), "no model", help=refused.help)
        return ModelDeclaration(node.name, "first", 0, node)


def _read(node: tree.Model) -> ModelDeclaration:
    value = node.value
    if (
        not isinstance(value, tree.Call)
        or not isinstance(value.function, tree.Name)
        or value.function.name not in PROVIDERS
    ):
        raise _Refused("a model is given by `onnx(…)`, `random(…)` or `first()`")
    provider = value.function.name
    name: str | None = None
    recipe, seed = Recipe(), 0
    seen: set[str] = set()
    for i, arg in enumerate(value.args):
        if not isinstance(arg, tree.NamedArg):
            if i or provider != "onnx":
                raise _Refused(f"`{provider}` does not take this", arg.span)
            name, recipe = _named(arg)
            continue
        if arg.name in seen:
            raise _Refused(f"`{arg.name}` is said twice", arg.span)
        seen.add(arg.name)
        if arg.name == "seed" and isinstance(arg.value, tree.Number) and isinstance(arg.value.value, int):
            seed = arg.value.value
        elif provider == "onnx" and arg.name in _READERS:
            recipe = _changed(recipe, arg)
        else:
            raise _Refused(f"`{provider}` does not take this", arg.span)
    if provider != "onnx":
        return ModelDeclaration(node.name, provider, seed, node)
    if name is None:
        raise _Refused("`onnx` takes the name or the path of a model")
    return ModelDeclaration(node.name, _whole(name, recipe, value.span), seed, node)


def _named(node: object) -> tuple[str, Recipe]:
    """Read the name of a model, which may bring a recipe along."""
    text = constant_text(node)
    if not text:
        raise _Refused("`onnx` takes the name or the path of a model", getattr(node, "span", None))
    try:
        return parted(text)
    except LotError as cause:
        raise _Refused(cause.diagnostics[0].message, getattr(node, "span", None), _RECIPE) from cause


def _whole(name: str, recipe: Recipe, span: Span) -> str:
    """Write name and recipe as one; what each allows alone they may not allow together."""
    spec = composed(name, recipe)
    try:
        parted(spec)
    except LotError as cause:
        raise _Refused(cause.diagnostics[0].message, span, "leave the recipe out") from cause
    return spec


def _changed(recipe: Recipe, arg: tree.NamedArg) -> Recipe:
    """Add to a recipe what an argument says."""
    key = "window" if arg.name == "kv" else arg.name
    text = _READERS[arg.name](arg.value)
    if text is None:
        raise _Refused(_TAKES[arg.name], arg.value.span, _RECIPE)
    if getattr(recipe, key) != getattr(Recipe(), key):
        raise _Refused(f"`{arg.name}` is said in the name already", arg.span, _RECIPE)
    try:
        return recipe.with_precision(text) if key == "precision" else recipe.with_value(key, text)
    except ValueError as cause:
        raise _Refused(str(cause), arg.value.span, _RECIPE) from cause


def _number(node: object) -> str | None:
    """Write a whole number or a decimal as a recipe does."""
    if not isinstance(node, tree.Number):
        return None
    value = node.value
    return f"{float(value):g}" if isinstance(value, Fraction) else str(value)


def _share(node: object) -> str | None:
    return constant_text(node) or _number(node)


def _window(node: object) -> str | None:
    """Read `window(512, sink = 4)`."""
    if not isinstance(node, tree.Call) or not isinstance(node.function, tree.Name) or node.function.name != "window":
        return None
    said: dict[str, str] = {}
    for i, arg in enumerate(node.args):
        name, given = (arg.name, arg.value) if isinstance(arg, tree.NamedArg) else ("last", arg)
        text = _number(given)
        if name not in ("last", "sink") or name in said or text is None or (i and not isinstance(arg, tree.NamedArg)):
            return None
        said[name] = text
    return f"{said['last']},{said['sink']}" if "sink" in said and "last" in said else said.get("last")


_READERS = {"precision": constant_text, "prune": _share, "adapter": constant_text, "kv": _window}

_TAKES = {
    "precision": '`precision` takes a text, as "int4"',
    "prune": '`prune` takes a share of zeros, as 0.5, or "2:4"',
    "adapter": "`adapter` takes the folder of a LoRA adapter, as a text",
    "kv": "`kv` takes `window(last, sink = first)`, with numbers",
}
