"""What each code of this room means, in one sentence or two: `lot explain` prints it.

A code has one meaning and keeps it. LOT-E01xx is about text: reading it and finding the program in it.
"""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "LOT-E0101": "Something stands where it can't: the label says what could, the help what is often meant.",
    "LOT-E0102": "A bracket, a brace or a quote is opened and never closed, or another thing is closed before it.",
    "LOT-E0103": "Too much is nested in one another: 99 brackets at most, and 320 parts of any kind.",
    "LOT-E0104": r"A text holds `\` and a sign that mean nothing together; between triple quotes `\` is itself.",
    "LOT-E0105": "A number is too long to be read, or has a point where something is counted.",
    "LOT-E0106": "A file can't be opened: it is not there, is a folder, or may not be read.",
    "LOT-E0107": "A program is not UTF-8 text.",
    "LOT-E0108": "A program holds a NUL character, which no text has.",
    "LOT-E0109": "A program is larger than a program may be; data belongs in files of its own.",
    "LOT-E0110": "A hole says one of its limits twice, so that it is not clear which one holds.",
}
"""Every code that this room can give."""
