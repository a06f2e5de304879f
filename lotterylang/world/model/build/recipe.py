"""Recipes as the builder sees them: those of `lotterylang/recipe.py`, which every room may read."""

from __future__ import annotations

from lotterylang.recipe import PRECISIONS, Precision, Recipe, Window, parted

__all__ = ["PRECISIONS", "Precision", "Recipe", "Window", "parted"]
