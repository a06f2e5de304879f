"""Recipes: what is made of a model's weights, written after its name as in a web address.

`NAME[:PRECISION][?key=value&…]`, as `smollm2-135m-instruct:int4?prune=2:4&window=512,4`. Every room may use this page:
the checker composes such names from `onnx(…)`, and the model's room builds what they say.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import Literal, get_args
from urllib.parse import quote, unquote

from lotterylang.syntax.diagnostics import LotError, error

Precision = Literal["int8", "int4", "int4-exact", "fp16", "fp32"]
"""How weights are stored: `int8` and `int4` rounded anew, in blocks of 32 that share a scale; `int4-exact` as the file
has them in blocks of 4 bits; `fp16` in half precision, which only CUDA computes with; `fp32` as they are."""

PRECISIONS: tuple[Precision, ...] = get_args(Precision)

TWO_OF_FOUR = "2:4"
"""Of four neighbours in a row, the two of least magnitude are zero: the pattern that sparse tensor cores take."""

KEYS = ("prune", "adapter", "window")
"""What may be said after `?`."""

EXPORTED = "exported:"
"""Before a name: the graph that `lot model export` made of it, which is as it is."""

DICE = ("random", "first")
"""Names that stand for no model: any legal reply, and the first one."""

_PRECISION_LIKE = re.compile(r"(int|fp|bf|float|q)\d[\w-]*")


@dataclass(frozen=True, slots=True)
class Window:
    """A memory of the first `sink` positions and the `last` latest ones, the present one included."""

    last: int
    sink: int = 0

    def __str__(self) -> str:
        return f"{self.last},{self.sink}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is made of weights.

    Without a precision it is the device's own: `fp16` on CUDA, else `int8`. `prune` is the share of zeros in every
    matrix, or `2:4`; `adapter` a folder of PEFT.
    """

    precision: Precision | None = None
    prune: str | None = None
    adapter: str | None = None
    window: Window | None = None

    def with_precision(self, text: str) -> Recipe:
        """Give the recipe with a precision by its name. Errors: ValueError, to be shown."""
        for precision in PRECISIONS:
            if text == precision:
                return replace(self, precision=precision)
        raise ValueError(f"there is no precision `{text}`{_near(text, PRECISIONS)}: known are {', '.join(PRECISIONS)}")

    def with_value(self, key: str, text: str) -> Recipe:
        """Give the recipe with what `key=text` says. Errors: ValueError, to be shown."""
        match key:
            case "prune":
                return replace(self, prune=_share(text))
            case "adapter" if text:
                return replace(self, adapter=text)
            case "adapter":
                raise ValueError("`adapter` takes the folder of a LoRA adapter")
            case "window":
                return replace(self, window=_window(text))
        raise ValueError(f"a model takes no `{key}`{_near(key, KEYS)}: known are {', '.join(KEYS)}")


def parted(spec: str) -> tuple[str, Recipe]:
    """Part a model's name from its recipe. Errors: LOT-E0705 for a recipe that says nothing known."""
    try:
        return _parted(spec)
    except ValueError as cause:
        raise _no_recipe(spec, cause) from cause


def composed(name: str, recipe: Recipe) -> str:
    """Write a name and a recipe as `parted` reads them; the plain name where the recipe is the default one."""
    precision = "" if recipe.precision is None else f":{recipe.precision}"
    said = [(key, getattr(recipe, key)) for key in KEYS if getattr(recipe, key) is not None]
    query = "&".join(f"{key}={quote(str(value), safe='/:~,.@ ')}" for key, value in said)
    return f"{name}{precision}{'?' if query else ''}{query}"


def _parted(spec: str) -> tuple[str, Recipe]:
    front, mark, query = spec.partition("?")
    name, colon, last = front.rpartition(":")
    recipe = Recipe()
    if colon and (last in PRECISIONS or _PRECISION_LIKE.fullmatch(last)):
        recipe = recipe.with_precision(last)
    else:
        name = front
    seen: set[str] = set()
    for pair in query.split("&") if mark else ():
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"`{pair}` is no `key=value`")
        if key in seen:
            raise ValueError(f"`{key}` is said twice")
        seen.add(key)
        recipe = recipe.with_value(key, unquote(value))
    if name.startswith(EXPORTED) and recipe != Recipe():
        raise ValueError("an exported graph is as it is, no recipe changes it")
    return name, recipe


def _share(text: str) -> str:
    if text == TWO_OF_FOUR:
        return text
    if not re.fullmatch(r"0?\.\d{1,4}", text) or not 0 < float(text) < 1:
        raise ValueError(f"`prune` takes a share of zeros between 0 and 1, as 0.5, or `{TWO_OF_FOUR}`, not `{text}`")
    return f"{float(text):g}"


def _window(text: str) -> Window:
    found = re.fullmatch(r"([1-9]\d{0,6})(?:,(0|[1-9]\d{0,6}))?", text)
    if found is None:
        raise ValueError(f"`window` takes a number of positions and a number of sinks, as 512,4, not `{text}`")
    return Window(int(found[1]), int(found[2] or 0))


def _near(text: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
    return f", did you mean `{near[0]}`" if near else ""


def _no_recipe(spec: str, cause: ValueError) -> LotError:
    help = "write `NAME[:PRECISION][?key=value&…]`, as `smollm2-135m-instruct:int4?prune=2:4&window=512,4`"
    return error("LOT-E0705", f"{spec}: {cause}", help=help)
