"""Does the question need several steps? (Need_Divide)"""

from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.questions import divide, divide_rule

STEPS = ("several steps", "one step")
NEEDED = "Question: ${question}\nTo answer it, one needs"
SOLVED = """\
How tall is Rosa? one step
Is the aunt of Paul taller than Rosa? several steps
Rosa buys 3 cups at 20 coins and pays with 100. What does she get back? several steps
Rosa buys 3 cups at 20 coins. What does she pay? one step
"""
MORE = """\
Print the list and pin it to the door. several steps
Print the long list that Paul wrote. one step
Who raised the man that built the dam? several steps
Who built the dam in the hills? one step
"""
OTHERS = ("Hello.", "Yes.")

DIVIDE = Decision(
    "divide",
    "does it take several steps?",
    divide,
    divide_rule,
    chosen=(
        Asking("raw", "user: Does it take more than one step to answer this? ${question}\nassistant:", ("Yes", "No")),
        Asking("few", SOLVED + "${question}", STEPS, above=-0.95),
        Asking("prior", SOLVED + "${question}", STEPS, above=0.57),
        Asking("against", SOLVED + "${question}", STEPS, "question", OTHERS),
        Asking("lift", "Questions ${case}:\n${examples}\n-", ("${question}",), above=0.2),
    ),
    dropped=(
        Asking("raw", NEEDED, STEPS),
        Asking("few", SOLVED + MORE + "${question}", STEPS),
        Asking("prior", NEEDED, STEPS),
        Asking("against", SOLVED + MORE + "${question}", STEPS, "question", OTHERS),
        Asking("lift", "Questions ${case}:", ("${question}",)),
        Asking("lift", "${examples}\n-", ("${question}",)),
        Asking("lift", "${question}\nThis question has two parts. The first part:", ("First,",)),
        Asking("lift", "Is this easy or hard? ${question}", ("hard",)),
        Asking("lift", "Question: ${question}\nTo answer this we first need to know", ("who",)),
    ),
    bar=0.8,
)
