"""Is the proposed answer right, by the passage? (Verify_Solution)"""

from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.worlds import verify, verify_rule

YES_NO = ("yes", "no")
ASKED = "${passage}\nQuestion: ${question}\nAnswer:"
JUDGED = ASKED + " ${answer}\nIs the answer right?"
SOLVED = """\
Rosa has a wooden leg. Paul plays the flute. Ivo fixes roofs. Wanda can't swim.
Question: Who is a musician?
Answer: Paul

The soup is in a pot. The bread is in a basket. The cheese is on a plate. The wine is in a jug.
Question: Where is the cheese?
Answer: on a plate

"""
SOLVED_JUDGED = SOLVED.replace("Paul\n\n", "Paul\nRight: yes\n\n").replace("on a plate\n\n", "in a jug\nRight: no\n\n")
TOLD = "${source}\nQuestion:"
EXAMPLE = "Paul plays the flute.\nQuestion: Who is a musician?\n\n"
EXAMPLES = EXAMPLE + "The cheese is on a plate.\nQuestion: Where is the cheese?\n\n"

VERIFY = Decision(
    "verify",
    "is this answer right, by the passage?",
    verify,
    verify_rule,
    chosen=(
        Asking("raw", JUDGED, YES_NO, above=-2.0),
        Asking("few", SOLVED_JUDGED + ASKED + " ${answer}\nRight:", YES_NO),
        Asking("prior", JUDGED, YES_NO, above=-3.2),
        Asking(
            "against",
            TOLD,
            ("${question}",),
            "source",
            ("Rosa has a wooden leg.", "The cheese is on a plate."),
            scored=True,
            above=2.4,
        ),
        Asking("lift", EXAMPLES + TOLD, ("${question}",), above=2.7),
    ),
    dropped=(
        Asking(
            "raw",
            "user: ${passage}\nQuestion: ${question}\nProposed answer: ${answer}\nIs the answer correct?\nassistant:",
            ("Yes", "No"),
        ),
        Asking("raw", "${passage}\n${question} ${answer}. This is", ("true", "false")),
        Asking("against", JUDGED, YES_NO, "question"),
        Asking("against", SOLVED_JUDGED + ASKED + " ${answer}\nRight:", YES_NO, "question"),
        Asking("against", ASKED, ("${answer}",), "question", scored=True),
        Asking("against", ASKED, ("${answer}",), "question", ("",), scored=True),
        Asking("against", SOLVED + ASKED, ("${answer}",), "question", ("",), scored=True),
        Asking(
            "against",
            "${passage}\nThe answer is: ${answer}. The question is:",
            ("${question}",),
            "answer",
            ("",),
            scored=True,
        ),
        Asking(
            "against",
            EXAMPLES + TOLD,
            ("${question}",),
            "source",
            ("Rosa has a wooden leg.", "Ivo fixes roofs."),
            scored=True,
        ),
        Asking("lift", TOLD, ("${question}",)),
        Asking("lift", EXAMPLE + TOLD, ("${question}",)),
        Asking("lift", ASKED, ("${answer}",)),
        Asking("lift", "${passage}\nThe answer is ${answer}. The question is:", ("${question}",)),
        Asking("lift", "${source} ${answer} is the answer to the question", ("${question}",)),
        Asking("lift", "Text: ${source}\nA question that the text answers:", ("${question}",)),
    ),
    bar=0.8,
)
