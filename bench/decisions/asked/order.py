"""Which of two steps of a task comes first? (Generate_Schedule)"""

from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.procedures import order, order_rule

STEP = ("${step}",)
THEN = ("${then}",)
BOTH = ("${step} and then ${then}",)
FIRST = "To ${goal}, first"
WHICH = "To ${goal}, one has to ${one} and to ${other}. Which comes first? One has to"
SOLVED = "They dig a hole and then plant the tree. They rinse the cup and then dry it. "
MORE = SOLVED + "They find the key and then open the door. They light a candle and then blow it out. "
GOALS = (
    "To plant a tree, they dig a hole and then water it. To have clean cups, they rinse a cup and then dry it. "
    "To get in, they find the key and then open the door. "
)
SOLVED_FIRST = """\
How to plant a tree. Steps: dig a hole, water it. First: dig a hole
How to wash a cup. Steps: dry it, rinse it. First: rinse it
How to ${goal}. Steps: ${one}, ${other}. First:"""

ORDER = Decision(
    "order",
    "which of two steps comes first?",
    order,
    order_rule,
    chosen=(
        Asking("raw", FIRST, STEP),
        Asking("few", MORE + "To ${goal}, they", BOTH),
        Asking("prior", SOLVED + "To ${goal}, they", BOTH),
        Asking("against", "They ${step} and then", THEN, "step", ("do this", "start"), scored=True),
        Asking("lift", "They ${step} and then", THEN),
    ),
    dropped=(
        Asking("raw", WHICH, STEP),
        Asking("raw", "To ${goal}, does one ${one} before one ${other}?", ("yes", "no")),
        Asking("raw", "How to ${goal}:\n1.", ("${step}\n2. ${then}",)),
        Asking("few", SOLVED_FIRST, STEP),
        Asking("few", SOLVED + "They", BOTH),
        Asking("few", SOLVED + "To ${goal}, they", BOTH),
        Asking("few", GOALS + "To ${goal}, they", BOTH),
        Asking("prior", FIRST, STEP),
        Asking("prior", WHICH, STEP),
        Asking("against", "To ${goal}, the ${place} step is to", STEP, "place", ("last",)),
        Asking("against", "How to ${goal}. ${place}:", STEP, "place", ("Last",)),
        Asking("lift", "To ${goal}, first ${step}, then", THEN),
        Asking("lift", FIRST, ("${step}, then ${then}",)),
        Asking("against", GOALS + "To ${goal}, they", BOTH, "goal", ("",)),
        Asking("lift", MORE + "They ${step} and then", THEN),
        Asking("lift", GOALS + "To ${goal}, they ${step} and then", THEN),
        Asking("lift", "1. ${step}\n2.", THEN),
        Asking("lift", "How to ${goal}:\n1. ${step}\n2.", THEN),
        Asking("lift", "First ${step}. Then", THEN),
        Asking("lift", "Before you ${then}, you", STEP),
        Asking("lift", "After you ${step},", THEN),
        Asking("lift", "To ${goal}, they ${step} and then", THEN),
        Asking("lift", "They ${step} and then they", THEN),
        Asking("lift", "First they ${step}. After that, they", THEN),
    ),
    bar=0.8,
)
