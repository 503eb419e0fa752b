"""A sign-off sheet against the delivered paper that it seals: whether what was approved is what was delivered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read.seals import NAME, Seal, parse_seals
from reportgen.verify.ledger import sha256

__all__ = ["NAME", "faults", "lines", "sealed"]


def sealed(file: Path, content: bytes) -> list[Seal]:
    """The seal of this sheet, of those in the `sign-off.toml` within it."""
    return [seal for id_, seal in parse_seals(content).sheet.items() if file.name.split(".")[0] == id_]


def faults(file: Path, seals: list[Seal]) -> Iterator[Problem]:
    """A signature behind the paper's bytes leaves the paper as it was."""
    for seal in seals:
        paper = file.parent.parent / seal.file
        if not paper.is_file():
            yield problem(Place(str(file)), "verify.approved_is_gone", file=paper)
        elif (found := sha256(paper.read_bytes()[: seal.bytes])) != seal.sha256:
            yield problem(
                Place(str(file)), "verify.approved_is_another", file=paper, found=found, seal=seal.sha256
            )


def lines(seals: list[Seal]) -> Iterator[Text]:
    for seal in seals:
        yield message("verify.approved_is_delivered", file=seal.file, digest=seal.sha256)
