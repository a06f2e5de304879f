"""Dates, as ISO text (`2026-11-22`). The journal keeps what `now` and `today` gave, so a replay sees the same day.

Next door: `definition.py`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.refusal import Refused, shortened


@tool(acts=False, here=True)
def now() -> str:
    """Give the time now in UTC, as `2026-11-22T13:30:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@tool(acts=False, here=True)
def today() -> str:
    """Give today's date where the host is, as `2026-11-22`."""
    return date.today().isoformat()


@tool(acts=False, here=True)
def days_between(first: str, last: str) -> int:
    """Count the days from one date to another; negative where the second is earlier."""
    return (_date(last) - _date(first)).days


@tool(acts=False, here=True)
def add_days(day: str, days: int) -> str:
    """Give the date some days later, or earlier for a negative number."""
    start = _date(day)
    try:
        return (start + timedelta(days=days)).isoformat()
    except OverflowError:
        raise Refused("ToolFailed", "there is no such date: years go from 1 to 9999") from None


@tool(acts=False, here=True)
def add_months(day: str, months: int) -> str:
    """Give the same day some months later; the month's last day where it has no such day."""
    start = _date(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Refused("ToolFailed", "there is no such date: years go from 1 to 9999")
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1])).isoformat()


@tool(acts=False, here=True)
def weekday(day: str) -> str:
    """Name the day of the week of a date, in English."""
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return names[_date(day).weekday()]


def _date(text: str) -> date:
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("ToolFailed", f"`{shortened(text, 30)}` is no date: write it as 2026-11-22") from None
