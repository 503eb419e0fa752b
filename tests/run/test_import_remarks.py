"""Remarks in an earlier draft stand at the same keys in the newer one."""

from __future__ import annotations

from reportgen.run.importing.remarks import carried

BEFORE = """\
# reportgen import
# A draft.

# asked the Ministry in March
name = { zh = "甲", en = "A" } # theirs

# ours until 106
[dimension.branch]
label = { zh = "分署", en = "Branch" }
member = [
  # the old name is in their letter
  { id = "m1", zh = "甲", en = "A#1" }, # closed
  { id = "m2", zh = "乙", en = "B" },
]

[table.cases]
file = "own.xlsx" # confirm 待確認: year
column.closed = { type = "whole" } # confirm 待確認: flow, unit # as on page 3
column.gone = { type = "whole" } # counted twice
# the end
"""
NOW = """\
# reportgen import
# A draft.

name = { zh = "甲", en = "A" }

[dimension.branch]
label = { zh = "分署", en = "Branch" }
member = [
  { id = "m2", zh = "乙", en = "B" },
  { id = "m1", zh = "甲", en = "A#1" },
]

[table.cases]
file = "new.xlsx" # confirm 待確認: year
column.closed = { type = "whole" }
"""


def test_each_remark_stands_where_it_stood_and_those_of_what_is_gone_come_last() -> None:
    lines = carried(BEFORE, NOW).splitlines()
    assert lines[3:5] == ["# asked the Ministry in March", 'name = { zh = "甲", en = "A" } # theirs']
    assert lines[lines.index("[dimension.branch]") - 1] == "# ours until 106"
    (m1,) = [at for at, line in enumerate(lines) if '"m1"' in line]
    assert lines[m1].endswith("}, # closed") and lines[m1 - 1] == "# the old name is in their letter"
    assert [line for line in lines if "as on page 3" in line] == [
        'column.closed = { type = "whole" } # as on page 3'
    ]
    assert lines[-2:] == ["# counted twice", "# the end"]
    assert lines.count("# A draft.") == 1 and 'file = "new.xlsx" # confirm 待確認: year' in lines


def test_a_draft_without_remarks_stays_as_it_is_written_and_a_second_time_changes_nothing() -> None:
    assert carried(NOW, NOW) == NOW and carried("", NOW) == NOW
    once = carried(BEFORE, NOW)
    assert carried(once, NOW) == once
