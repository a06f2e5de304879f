"""Which of four answers is right, by the passage? (Select_Solution)"""

from bench.decisions.asked.verify import ASKED, EXAMPLES, SOLVED, TOLD
from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.worlds import select, select_rule

ANSWER = ("${answer}",)
TWICE = "Question: ${question}\nText: ${passage}\nQuestion: ${question}\nAnswer:"
LISTED = "${passage}\nQuestion: ${question}\nPossible answers:\n${answers}\nAnswer:"

SELECT = Decision(
    "select",
    "which of these answers is right, by the passage?",
    select,
    select_rule,
    chosen=(
        Asking("raw", TWICE, ANSWER),
        Asking("few", SOLVED + ASKED, ANSWER),
        Asking("prior", ASKED, ANSWER),
        Asking("against", SOLVED + ASKED, ANSWER, "question"),
        Asking("lift", EXAMPLES + TOLD, ("${question}",)),
    ),
    dropped=(
        Asking("raw", ASKED, ANSWER),
        Asking("raw", "user: ${passage}\n${question}\nassistant:", ANSWER),
        Asking("raw", LISTED, ANSWER),
        Asking("against", ASKED, ANSWER, "question"),
        Asking("against", ASKED, ANSWER, "question", ("",)),
        Asking("against", TWICE, ANSWER, "question", ("",)),
        Asking("lift", TOLD, ("${question}",)),
        Asking("lift", ASKED, ANSWER),
        Asking("lift", "${passage}\nThe answer is ${answer}. The question is:", ("${question}",)),
        Asking("lift", "${source} ${answer} is the answer to the question", ("${question}",)),
        Asking("lift", "${source}", ("${question} ${answer}.",)),
        Asking("lift", "${passage}\nQuestion:", ("${question}\nAnswer: ${answer}",)),
        Asking("lift", "Text: ${source}\nA question that the text answers:", ("${question}",)),
    ),
    bar=0.8,
)
