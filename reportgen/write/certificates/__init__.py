"""Certificates by the thousand: each *shape* is laid out once, and a person's file is made from its bytes.

    recipients ── planning ──> Plan(shapes, jobs, problems)          in one process, with WeasyPrint
    jobs + shapes ── finishing ──> Finished(content, sha256, page)   anywhere, without it
    pages ── printrun ──> one PDF of all, in list order

`shapes` lays a certificate out with its lines empty and keeps the finished file as bytes with holes;
`faces` shapes words and cuts faces; `objects` writes PDF objects; `codes` draws the QR code, `ornament` the frame.

What others use is named here and loaded when it is asked for: a worker that finishes needs neither layout nor templates.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.write.certificates.delivery import write_together as write_together
    from reportgen.write.certificates.finishing import finish as finish
    from reportgen.write.certificates.finishing import piece as piece
    from reportgen.write.certificates.model import Finished as Finished
    from reportgen.write.certificates.model import Job as Job
    from reportgen.write.certificates.model import PagePiece as PagePiece
    from reportgen.write.certificates.model import Shape as Shape
    from reportgen.write.certificates.ornament import tokens as tokens
    from reportgen.write.certificates.planning import Order as Order
    from reportgen.write.certificates.planning import Plan as Plan
    from reportgen.write.certificates.planning import Planner as Planner
    from reportgen.write.certificates.planning import last_step as last_step
    from reportgen.write.certificates.planning import oracle as oracle
    from reportgen.write.certificates.planning import plan as plan
    from reportgen.write.certificates.printrun import PrintRun as PrintRun

_HOMES = {
    "write_together": "delivery",
    "finish": "finishing",
    "piece": "finishing",
    "Finished": "model",
    "Job": "model",
    "PagePiece": "model",
    "Shape": "model",
    "tokens": "ornament",
    "Plan": "planning",
    "Planner": "planning",
    "Order": "planning",
    "last_step": "planning",
    "oracle": "planning",
    "plan": "planning",
    "PrintRun": "printrun",
}


def __getattr__(name: str) -> Any:
    if home := _HOMES.get(name):
        return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
