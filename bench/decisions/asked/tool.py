"""Which of four tools serves the request?"""

from bench.decisions.asked.external import EXAMPLE, EXAMPLES, REQUESTS, USED
from bench.decisions.asking import Asking
from bench.decisions.measure import Decision
from bench.decisions.tools import tool, tool_rule

NAME = ("${tool}",)
DOES = ("${does}",)
LISTED = "Tools:\n${tools}\nRequest: ${request}\nTool:"
FITTING = "${request}\nTo answer this, use the tool that"
SOLVED = """\
Request: Shall I meet a tall stranger?
Tool: horoscope

Request: Bill Mr Jones for the roof.
Tool: invoices

"""
OTHERS = ("Tell me a story.", "What time is it?")

TOOL = Decision(
    "tool",
    "which of these tools serves the request?",
    tool,
    tool_rule,
    chosen=(
        Asking("raw", LISTED, NAME),
        Asking("few", SOLVED + LISTED, NAME),
        Asking("prior", LISTED, NAME),
        Asking("against", SOLVED + LISTED, NAME, "request", OTHERS),
        Asking("lift", EXAMPLES + USED, ("${request}",)),
    ),
    dropped=(
        Asking("raw", "user: Tools:\n${tools}\nWhich tool serves this request? ${request}\nassistant:", NAME),
        Asking("raw", FITTING, DOES),
        Asking("against", LISTED, NAME, "request", ("",)),
        Asking("against", LISTED, NAME, "request", REQUESTS),
        Asking("against", LISTED, NAME, "request", OTHERS),
        Asking("against", FITTING, DOES, "request", REQUESTS),
        Asking("lift", "A user of a tool that ${does} says:", ("${request}",)),
        Asking("lift", USED, ("${request}",)),
        Asking("lift", EXAMPLE + USED, ("${request}",)),
        Asking("lift", FITTING, DOES),
        Asking("lift", "Request: ${request}\nTool:", NAME),
    ),
    bar=0.8,
)
