"""`wikipedia`: the text of an article by its title. Off unless program and host name the edition: `en.wikipedia.org`.

Asks the interface of MediaWiki, so any other wiki that has it and gives plain texts will do. Next door: `http.py` reads
the page, and compares hosts; `leaves.py` has them.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.leaves import Hosts
from lotterylang.world.tools.refusal import Refused, shortened
from lotterylang.world.tools.standard.http import LIMIT_S, page_of

MOST_SIGNS = 300
"""Characters of a title."""

_QUERY = {"action": "query", "prop": "extracts", "explaintext": "1", "redirects": "1", "format": "json"}


@tool(acts=False, limit_s=LIMIT_S + 1)
def wikipedia(title: str, hosts: Hosts) -> str:
    """Give the text of the article of a title, in the granted edition of Wikipedia."""
    if not title.strip() or len(title) > MOST_SIGNS or "|" in title:
        raise Refused("ToolFailed", f"`{shortened(title)}` is no title")
    if len(hosts.entries) != 1:
        raise Refused("Denied", 'name one edition: `uses tool wikipedia("en.wikipedia.org")`')
    scheme, host, port = hosts.entries[0]
    query = urlencode(_QUERY | {"formatversion": "2", "titles": title})
    page = page_of(f"{scheme}://{host}:{port}/w/api.php?{query}", hosts)
    if page.status != 200:
        raise Refused("ToolFailed", f"`{host}` answers {page.status}", passing=page.status >= 500)
    return _extract(page.text, title, host)


def _extract(text: str, title: str, host: str) -> str:
    try:
        article = json.loads(text)["query"]["pages"][0]
        if "missing" not in article and isinstance(article["extract"], str):
            return str(article["extract"])
    except (ValueError, LookupError, TypeError, RecursionError):
        raise Refused("ToolFailed", f"`{host}` gives something else than an article") from None
    raise Refused("NotFound", f"`{host}` has no article `{shortened(title)}`")
