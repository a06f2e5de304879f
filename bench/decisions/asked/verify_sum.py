"""Is the sum right? A calculator's job; the model is asked to see whether it could."""

from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.procedures import verify_sum, verify_sum_rule

STATED = "${sum} = ${total}. This is"
TRUE_FALSE = ("true", "false")
SOLVED = "2 + 3 = 5 right\n10 + 7 = 18 wrong\n20 + 9 = 29 right\n31 + 40 = 81 wrong\n${sum} = ${total}"

VERIFY_SUM = Decision(
    "verify_sum",
    "is this sum right?",
    verify_sum,
    verify_sum_rule,
    chosen=(
        Asking("raw", STATED, TRUE_FALSE, above=2.9),
        Asking("few", SOLVED, ("right", "wrong"), above=0.8),
        Asking("prior", STATED, TRUE_FALSE, above=0.9),
        Asking("against", STATED, TRUE_FALSE, "sum", ("10 + 11", "40 + 33")),
        Asking("lift", "12 + 30 = 42\n25 + 14 = 39\n${sum} =", ("${total}",), above=4.1),
    ),
    dropped=(Asking("lift", "${sum} =", ("${total}",)),),
)
