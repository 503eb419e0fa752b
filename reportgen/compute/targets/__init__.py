"""基本徵起責任金額: from last year's targets, the year's total and declared factors to the target of every branch and unit.

targets.toml ── declaration ── Scheme ──┐
tables ── readings ─────────────────────┴── computation ── Result ── explanation (words), kinds/targets (papers)
"""

from __future__ import annotations

from reportgen.compute.targets.computation import decide
from reportgen.compute.targets.declaration import Factor, Limits, Scheme, read_scheme
from reportgen.compute.targets.explanation import explain
from reportgen.compute.targets.model import BranchTarget, FactorShare, Result, Share, UnitTarget
from reportgen.compute.targets.what_if import differences, tried

__all__ = [
    "BranchTarget",
    "Factor",
    "FactorShare",
    "Limits",
    "Result",
    "Scheme",
    "Share",
    "UnitTarget",
    "decide",
    "differences",
    "explain",
    "read_scheme",
    "tried",
]
