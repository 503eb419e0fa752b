"""Award rules as data: `rules.toml` is read and checked, then decides on every candidate, exactly.

dataset.toml ── describe ──┐
rules.toml ── read_scheme ─┴─ Scheme ──┐
tables ── read_dataset ── Dataset ─────┴── decide ── Result ── explain
"""

from __future__ import annotations

from reportgen.rules.decisions import decide
from reportgen.rules.declaration import read_scheme
from reportgen.rules.explanation import explain
from reportgen.rules.model import Decision, Result
from reportgen.rules.scheme import Scheme

__all__ = ["Decision", "Result", "Scheme", "decide", "explain", "read_scheme"]
