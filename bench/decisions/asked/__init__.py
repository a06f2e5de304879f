"""What was asked: every decision with the askings that were tried, the chosen ones first. One module a decision."""

from __future__ import annotations

from bench.decisions.asked.divide import DIVIDE
from bench.decisions.asked.external import EXTERNAL
from bench.decisions.asked.order import ORDER
from bench.decisions.asked.relevant import RELEVANT
from bench.decisions.asked.route import ROUTE
from bench.decisions.asked.select import SELECT
from bench.decisions.asked.tool import TOOL
from bench.decisions.asked.verify import VERIFY
from bench.decisions.asked.verify_sum import VERIFY_SUM
from bench.decisions.measure import Decision

DECISIONS: tuple[Decision, ...] = (
    EXTERNAL,
    ROUTE,
    TOOL,
    DIVIDE,
    VERIFY,
    VERIFY_SUM,
    SELECT,
    RELEVANT,
    ORDER,
)
