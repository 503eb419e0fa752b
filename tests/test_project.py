"""`Project` for programs: typed results, the same as the command line has."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from reportgen import Project
from reportgen.model.errors import InputError

ROOT = Path(__file__).parents[1]


def test_a_frame_has_the_exact_numbers_of_a_table_under_their_rows() -> None:
    frame = Project(ROOT).frame("agency", "costs")
    assert list(frame.columns)[:2] == ["roc_year", "branch"]
    assert frame.index.name == "row" and frame.index[0] == 2  # the head is row 1
    assert all(isinstance(cost, Fraction) for cost in frame["cost"])
    total = frame.groupby("roc_year")["cost"].sum()
    assert isinstance(total.loc[104], Fraction)


def test_a_table_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(InputError, match="there is no table 'cost'; known: costs"):
        Project(ROOT).frame("agency", "cost")


def test_the_publications_of_a_project_are_named() -> None:
    assert {"agency-104", "brief-104"} <= set(Project(ROOT).names())
