"""The tree of a program: frozen dataclasses, one a construct, each with the span it was read from.

`parser.py` makes it, `printer.py` writes it back, `check/` gives it meaning. Nodes compare by structure; spans do not
count. A node's class has the name of its grammar rule. Sequences are tuples.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lotterylang.syntax.source import Source
from lotterylang.syntax.tree.blocks import (
    Arm,
    Block,
    CallPattern,
    CasePattern,
    Catch,
    ConstantPattern,
    Each,
    EitherPattern,
    Ensure,
    Fail,
    Fold,
    For,
    If,
    Let,
    Limit,
    Match,
    Retry,
    Return,
    Try,
    TryIn,
    TuplePattern,
    TypePattern,
    Within,
)
from lotterylang.syntax.tree.declarations import (
    AliasDeclaration,
    Case,
    Clause,
    Enum,
    Field,
    Fn,
    Import,
    Index,
    Logic,
    LogicProgram,
    Memory,
    Model,
    Param,
    RecordDeclaration,
    Relation,
    Solver,
    Tool,
    Uses,
)
from lotterylang.syntax.tree.expressions import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Comparison,
    Constant,
    Hole,
    Item,
    Lambda,
    List,
    Map,
    Name,
    NamedArg,
    Negative,
    Not,
    Number,
    Or,
    Piece,
    Range,
    RoleLine,
    Spread,
    Text,
    Tuple,
    TypeValue,
    Value,
)
from lotterylang.syntax.tree.instructions import (
    Against,
    Ask,
    CallTool,
    Choose,
    Copy,
    Deduce,
    Derived,
    Divide,
    Endorse,
    Find,
    Jump,
    Label,
    Mov,
    OnModel,
    Place,
    Read,
    Score,
    Write,
)
from lotterylang.syntax.tree.node import Binder, Node
from lotterylang.syntax.tree.tests import (
    AnswerFailure,
    AnswerHoles,
    AnswerValue,
    Drawn,
    Example,
    Expect,
    GivenReplies,
    GivenValue,
    NeverFails,
    Property,
    Rate,
    ReplyLine,
)
from lotterylang.syntax.tree.traversal import parts, walk
from lotterylang.syntax.tree.types import Refined, Type, TypeFn, TypeLiteral, TypeMaybe, TypeName, TypeTuple, TypeUnion

Instruction = Ask | Choose | Score | Find | CallTool | Deduce | Derived | Divide
Compound = If | Match | For | Fold | Within | Retry | Try | TryIn | Endorse
Simple = (
    Name | TypeValue | Number | Constant | Text | List | Map | Tuple | Call | Item | Attribute | Negative | Arithmetic
)
Expr = Simple | Range | Comparison | Not | And | Or | Instruction | Compound
Statement = Let | Read | Write | Copy | Mov | Jump | Label | Ensure | Fail | Return | Memory | Expr
TestStatement = GivenReplies | GivenValue | Expect | NeverFails | Statement
Declaration = (
    Import
    | Uses
    | Let
    | Model
    | Index
    | Memory
    | Tool
    | RecordDeclaration
    | AliasDeclaration
    | Enum
    | Logic
    | Fn
    | Solver
    | Example
    | Property
)


@dataclass(frozen=True, slots=True)
class Module:
    """A whole file."""

    source: Source = field(compare=False, repr=False)
    declarations: tuple[Declaration, ...]
