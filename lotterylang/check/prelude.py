"""The functions that every program has, by their signatures. `run/prelude.py` says what they do.

A name may have several signatures: the first that fits the arguments counts. All are pure, and so must be a function
that is passed to one of them.
"""

import re

SIGNATURES = """
fn abs(x: int) -> int {}
fn abs(x: number) -> number {}
fn calls(m: model) -> int {}
fn chars(x: text) -> list<text> {}
fn chunks<T>(xs: list<T>, size: int) -> list<list<T>> {}
fn chunks(x: text, size: int) -> list<text> {}
fn contains(x: text, part: text) -> bool {}
fn count<T>(xs: list<T>) -> map<T, int> {}
fn drop<T>(xs: list<T>, n: int) -> list<T> {}
fn drop(x: text, n: int) -> text {}
fn ends_with(x: text, end: text) -> bool {}
fn every<T>(xs: list<T>, holds: fn(T) -> bool) -> bool {}
fn fit<T>(xs: list<T>, tokens: int) -> list<T> {}
fn fit(x: text, tokens: int) -> text {}
fn flat<T>(xs: list<list<T>>) -> list<T> {}
fn floor(x: number) -> int {}
fn group<T, U>(xs: list<T>, by: fn(T) -> U) -> map<U, list<T>> {}
fn int(x: text) -> int? {}
fn join(xs: list<text>, between: text = "") -> text {}
fn json<T>(x: T) -> text {}
fn keys<K, V>(m: map<K, V>) -> list<K> {}
fn len(x: text) -> int {}
fn len<T>(xs: list<T>) -> int {}
fn len<K, V>(m: map<K, V>) -> int {}
fn lines(x: text) -> list<text> {}
fn ln(x: number) -> number {}
fn logprob<T>(x: T) -> number {}
fn lower(x: text) -> text {}
fn matches(x: text, pattern: text) -> bool {}
fn max<T>(xs: list<T>) -> T {}
fn max<T, U>(xs: list<T>, by: fn(T) -> U) -> T {}
fn max<T>(a: T, b: T) -> T {}
fn min<T>(xs: list<T>) -> T {}
fn min<T, U>(xs: list<T>, by: fn(T) -> U) -> T {}
fn min<T>(a: T, b: T) -> T {}
fn name_of<T>(call: T) -> text {}
fn number(x: text) -> number? {}
fn numbers(x: text) -> list<number> {}
fn pairs<K, V>(m: map<K, V>) -> list<(K, V)> {}
fn phrases(x: text, most: int) -> list<text> {}
fn position(x: text, part: text) -> int? {}
fn position<T>(xs: list<T>, x: T) -> int? {}
fn product(xs: list<int>) -> int {}
fn product(xs: list<number>) -> number {}
fn put<K, V>(m: map<K, V>, key: K, value: V) -> map<K, V> {}
fn range(low: int, high: int, step: int = 1) -> list<int> {}
fn repeat(x: text, n: int) -> text {}
fn replace(x: text, old: text, new: text) -> text {}
fn replies(m: model) -> list<text> {}
fn reverse<T>(xs: list<T>) -> list<T> {}
fn reverse(x: text) -> text {}
fn round(x: number, digits: int = 0) -> number {}
fn sentences(x: text) -> list<text> {}
fn shuffle<T>(xs: list<T>) -> list<T> {}
fn some<T>(xs: list<T>, holds: fn(T) -> bool) -> bool {}
fn sort<T>(xs: list<T>) -> list<T> {}
fn sort<T, U>(xs: list<T>, by: fn(T) -> U) -> list<T> {}
fn split(x: text, at: text) -> list<text> {}
fn sqrt(x: number) -> number {}
fn starts_with(x: text, start: text) -> bool {}
fn strip(x: text) -> text {}
fn strip(x: text, signs: text) -> text {}
fn sum(xs: list<int>) -> int {}
fn sum(xs: list<number>) -> number {}
fn take<T>(xs: list<T>, n: int) -> list<T> {}
fn take(x: text, n: int) -> text {}
fn tokens(x: text) -> int {}
fn tokens(m: model, x: text) -> int {}
fn tokens<T>(x: T) -> int {}
fn tokens_of(x: text, pattern: text) -> list<text> {}
fn turns(pairs: list<(text, text)>) -> list<(text, text)> {}
fn unique<T>(xs: list<T>) -> list<T> {}
fn upper(x: text) -> text {}
fn values<K, V>(m: map<K, V>) -> list<V> {}
fn verdict(x: Verdict) -> Verdict {}
fn verdict(x: bool) -> Verdict {}
fn verdict(x: Choice<bool>) -> Verdict {}
fn words(x: text) -> list<text> {}
fn zip<A, B>(a: list<A>, b: list<B>) -> list<(A, B)> {}
"""

NAMES = frozenset(re.findall(r"^fn (\w+)", SIGNATURES, re.MULTILINE))
"""Their names."""
SURELY = "prelude."
"""Before a name: the function of the prelude, even where the main file has one of that name (`linking.py`)."""
OF_TESTS = frozenset({"calls", "replies", "shuffle"})
"""Functions that only tests have."""
OF_REPLIES = frozenset({"logprob", "tokens"})
"""Functions of what an ASK gave."""
OF_CALLS = "name_of"
"""The function of a call of a tool."""
HISTORY = "turns"
"""In a line of its own in a chat prompt, and nowhere else: pairs become turns."""
