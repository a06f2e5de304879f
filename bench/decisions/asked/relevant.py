"""Does the passage answer the question?"""

from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.worlds import relevant, relevant_rule

YES_NO = ("yes", "no")
ASKED = "${passage}\nQuestion: ${question}\nDoes the text answer the question?"
SOLVED = """\
Text: Rosa plays the flute. Ivo fixes roofs.
Question: Who is a musician?
The text tells: yes

Text: The bread is in a basket. The wine is in a jug.
Question: Where is the cheese?
The text tells: no

"""
TOLD = "Text: ${passage}\nA question that the text answers:"
EXAMPLE = """\
Text: Rosa plays the flute. Ivo fixes roofs.
A question that the text answers: Who is a musician?

"""
OTHERS = ("Rosa plays the flute. Ivo fixes roofs.", "The bread is in a basket. The wine is in a jug.")

RELEVANT = Decision(
    "relevant",
    "does the passage answer the question?",
    relevant,
    relevant_rule,
    chosen=(
        Asking("raw", ASKED, YES_NO, above=-2.5),
        Asking("few", SOLVED + "Text: ${passage}\nQuestion: ${question}\nThe text tells:", YES_NO, above=-1.5),
        Asking("prior", ASKED, YES_NO, above=-3.2),
        Asking("against", TOLD, ("${question}",), "passage", OTHERS, scored=True, above=5.4),
        Asking("lift", EXAMPLE + TOLD, ("${question}",), above=5.5),
    ),
    dropped=(
        Asking("lift", "${passage}\nQuestion:", ("${question}",)),
        Asking("lift", "${passage}", ("${question}",)),
        Asking("lift", "${passage}\n\nQ:", ("${question}",)),
        Asking("lift", TOLD, ("${question}",)),
        Asking(
            "lift",
            "Rosa plays the flute. Ivo fixes roofs.\nQuestion: Who is a musician?\n\n${passage}\nQuestion:",
            ("${question}",),
        ),
    ),
)
