"""Does the question need a calculation, a fact to look up, or neither?"""

from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.questions import route, route_rule

NEEDS = ("a calculation", "a fact to look up", "neither")
SORTS = ("arithmetic", "history and geography", "taste and feeling")
KINDS = ("arithmetic", "facts", "writing")
NEEDED = "What does this question need? ${question} It needs"
SORTED = "${question}\nThis is a question of"
KIND = "Question: ${question}\nKind:"
SOLVED = """\
What is 17 times 80?
This is a question of arithmetic
Who painted the Mona Lisa?
This is a question of history and geography
Find a nice name for a boat.
This is a question of taste and feeling
"""
SOLVED_NEEDS = """\
What does this question need? What is 17 times 80? It needs a calculation
What does this question need? Who painted the Mona Lisa? It needs a fact to look up
What does this question need? Find a nice name for a boat. It needs neither
"""
OTHERS = ("Hello.", "Yes.")

ROUTE = Decision(
    "route",
    "does it need a calculation, a fact, or neither?",
    route,
    route_rule,
    chosen=(
        Asking("raw", SORTED, SORTS),
        Asking("few", SOLVED + SORTED, SORTS),
        Asking("prior", SORTED, SORTS),
        Asking("against", SOLVED + SORTED, SORTS, "question", OTHERS),
        Asking("lift", "Questions ${case}:\n${examples}\n-", ("${question}",)),
    ),
    dropped=(
        Asking("raw", NEEDED, NEEDS),
        Asking("raw", KIND, KINDS),
        Asking("few", SOLVED_NEEDS + NEEDED, NEEDS),
        Asking("prior", NEEDED, NEEDS),
        Asking("prior", KIND, KINDS),
        Asking("against", NEEDED, NEEDS, "question", ("Hello, how are you?", "What is the capital of France?")),
        Asking("against", SORTED, SORTS, "question", OTHERS),
        Asking("lift", "Questions ${case}:", ("${question}",)),
    ),
)
