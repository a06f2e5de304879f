"""Tic-tac-toe: a game that the tool keeps, so that a program acts, sees, and acts again. The caller is X.

The answer to a move is the best one, and the lowest square among equals, so a game is the same each time. State lives
as long as the run. Next door: `definition.py` says how state is given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from lotterylang.world.tools.definition import State, tool
from lotterylang.world.tools.refusal import Refused

EMPTY = "." * 9

_LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


class Outcome(Enum):
    """How a game stands."""

    playing = "playing"
    won = "won"
    lost = "lost"
    drawn = "drawn"


@dataclass(frozen=True, slots=True)
class Board:
    """Nine squares from the top left: `X` the caller's, `O` the answers, `.` free."""

    squares: str
    outcome: Outcome


@dataclass(slots=True)
class Game(State):
    """The game of a run."""

    squares: str = field(default=EMPTY)


@tool(inside=True, here=True)
def tictactoe_start(game: Game) -> Board:
    """Begin a new game."""
    game.squares = EMPTY
    return _board(game)


@tool(inside=True, here=True)
def tictactoe_play(square: int, game: Game) -> Board:
    """Put an X on a square from 1 to 9; an O answers."""
    if _outcome(game.squares) is not Outcome.playing:
        raise Refused("ToolFailed", "the game is over: begin a new one")
    if not 1 <= square <= 9 or game.squares[square - 1] != ".":
        free = ", ".join(str(place + 1) for place in _free(game.squares))
        raise Refused(
            "ToolFailed", f"square {square if abs(square) < 1000 else 'of that number'} is not free: {free} are"
        )
    game.squares = _with(game.squares, square - 1, "X")
    if _outcome(game.squares) is Outcome.playing:
        game.squares = _with(game.squares, _best(game.squares), "O")
    return _board(game)


def _board(game: Game) -> Board:
    return Board(game.squares, _outcome(game.squares))


def _free(squares: str) -> list[int]:
    return [place for place, sign in enumerate(squares) if sign == "."]


def _with(squares: str, place: int, sign: str) -> str:
    return squares[:place] + sign + squares[place + 1 :]


def _outcome(squares: str) -> Outcome:
    for line in _LINES:
        signs = {squares[place] for place in line}
        if len(signs) == 1 and signs != {"."}:
            return Outcome.won if signs == {"X"} else Outcome.lost
    return Outcome.playing if "." in squares else Outcome.drawn


def _best(squares: str) -> int:
    """Give the square on which an O does best."""
    return min(_free(squares), key=lambda place: (_worth(_with(squares, place, "O"), "X"), place))


@cache
def _worth(squares: str, turn: str) -> int:
    """Give what a board is worth to X if both play well: 1, 0 or -1."""
    outcome = _outcome(squares)
    if outcome is not Outcome.playing:
        return {Outcome.won: 1, Outcome.lost: -1, Outcome.drawn: 0}[outcome]
    after = [_worth(_with(squares, place, turn), "O" if turn == "X" else "X") for place in _free(squares)]
    return max(after) if turn == "X" else min(after)
