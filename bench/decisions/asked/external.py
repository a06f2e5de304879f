"""Can a tool serve the request? (Can_Use_External)"""

from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.tools import external, external_rule

YES_NO = ("yes", "no")
ASKED = "Request: ${request}\nTool: ${tool} (${does})\nCan the tool help with the request?"
SOLVED = """\
Request: Which stars stand over Rome tonight?
Tool: chess (plays a game of chess)
Can the tool help with the request? no

Request: Shall I meet a tall stranger this year?
Tool: horoscope (tells fortunes)
Can the tool help with the request? yes

Request: Bill Mr Jones for the roof.
Tool: invoices (writes bills)
Can the tool help with the request? yes

Request: Do you like cheese?
Tool: horoscope (tells fortunes)
Can the tool help with the request? no

"""
SHORT = """\
Can the tool plan trips answer: What will my horse be called? no
Can the tool write bills answer: Bill Mr Jones for the roof. yes
Can the tool tell fortunes answer: Shall I be rich? yes
Can the tool play chess answer: Do you like cheese? no
Can the tool ${tool} answer: ${request}"""
EXAMPLE = 'The tool "chess" plays a game of chess. For example, a user asks: Shall I take the knight?\n'
EXAMPLES = EXAMPLE + 'The tool "invoices" writes bills. For example, a user asks: Bill Mr Jones for the roof.\n'
USED = "The tool ${card}. For example, a user asks:"
REQUESTS = ("Hello, how are you?", "What is the capital of France?", "Please write a poem.")
CARDS = ('"horoscope" tells a person\'s fortune', '"invoices" writes bills')

EXTERNAL = Decision(
    "external",
    "can this tool serve the request?",
    external,
    external_rule,
    chosen=(
        Asking("raw", ASKED, YES_NO),
        Asking("few", SHORT, YES_NO),
        Asking("prior", ASKED, YES_NO, above=-0.66),
        Asking("against", USED, ("${request}",), "card", CARDS, scored=True, above=3.0),
        Asking("lift", EXAMPLES + USED, ("${request}",), above=0.5),
    ),
    dropped=(
        Asking(
            "raw",
            'user: Can the tool "${tool}" (it ${does}) help with this request? ${request}\nassistant:',
            ("Yes", "No"),
        ),
        Asking("raw", "The request is: ${request} A tool that ${does} is", ("useful for this", "useless for this")),
        Asking("few", SOLVED + ASKED, YES_NO),
        Asking("against", ASKED, YES_NO, "request", REQUESTS),
        Asking("against", SOLVED + ASKED, YES_NO, "request", ("Tell me a story.", "What time is it?")),
        Asking("against", EXAMPLE + USED, ("${request}",), "card", CARDS, scored=True),
        Asking("lift", "A user of a tool that ${does} says:", ("${request}",)),
        Asking("lift", USED, ("${request}",)),
        Asking("lift", EXAMPLE + USED, ("${request}",)),
        Asking("lift", "user: Name a request for the tool ${card}.\nassistant:", ("${request}",)),
        Asking("lift", "user: ${request}\nassistant: I shall use the tool that", ("${does}",)),
        Asking("lift", "${request}\nTo answer this, use the tool that", ("${does}",)),
        Asking("lift", "Request: ${request}\nTool:", ("${tool}",)),
    ),
    bar=0.8,
)
