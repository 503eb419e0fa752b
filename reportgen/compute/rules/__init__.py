"""Award rules as data: `rules.toml` is read and checked, then decides on every candidate, exactly.

dataset.toml ── describe ──┐
rules.toml ── read_scheme ─┴─ Scheme ──┐
tables ── read_dataset ── Dataset ─────┴── decide ── Result ── explain
"""

from __future__ import annotations

from reportgen.compute.rules.decisions import decide
from reportgen.compute.rules.declaration import read_scheme
from reportgen.compute.rules.explanation import explain
from reportgen.compute.rules.model import Decision, Result
from reportgen.compute.rules.scheme import Scheme

__all__ = ["Decision", "Result", "Scheme", "decide", "explain", "read_scheme"]
