"""A small award whose grades a committee gave, with a letter to each person or to each receiver of a table."""

from __future__ import annotations

import shutil
from pathlib import Path

from small import ROOT

NAME = "thanks"
PEOPLE = """\
id,name,name_en,post,branch,grade,hours,since,identity_no,address,address_en
P1,王小明,"Wang, Hsiao-Ming",clerk,north,top,1234.5,96/3/1,A123456789,示範市示範路1號,"No. 1, Shifan Rd., Sample City"
P2,李示範,"Li, Shih-Fan",chief,south,good,88,100/11/15,B223456789,示範市示範路2號,"No. 2, Shifan Rd., Sample City"
P3,陳未取,"Chen, Wei-Chu",clerk,south,none,3,101/1/1,C123456789,示範市示範路3號,"No. 3, Shifan Rd., Sample City"
"""
OFFICES = """\
code,office,office_en,form,rate,address
K1,示範市公所,Sample Township Office,dear,12.5,示範市示範路10號
K2,範例協會,Example Society,dear,7,示範市示範路20號
"""
DATASET = """\
name = { zh = "志工", en = "Volunteers" }
sample = { zh = "示範資料", en = "Sample data" }
time = "roc_year"

[dimension.branch]
label = { zh = "分署", en = "Branch" }
member = [{ id = "north", zh = "北區分署", en = "North Branch" }, { id = "south", zh = "南區分署", en = "South Branch" }]

[dimension.post]
label = { zh = "職稱", en = "Post" }
member = [{ id = "clerk", zh = "書記官", en = "Clerk" }, { id = "chief", zh = "科長", en = "Section Chief" }]

[dimension.grade]
label = { zh = "評定等第", en = "Grade given" }
member = [{ id = "top", zh = "特優", en = "outstanding" }, { id = "good", zh = "甲等", en = "good" }, { id = "none", zh = "未列等", en = "not graded" }]

[dimension.form]
label = { zh = "稱謂", en = "Form of address" }
member = [{ id = "dear", zh = "　公鑒", en = "The" }]

[table.people]
label = { zh = "名冊", en = "Staff" }
file = "people.csv"
key = ["id"]
column.id = { type = "text" }
column.name = { type = "text", name = true, judge_later = true }
column.name_en = { type = "text", name = true, judge_later = true }
column.post = { type = "member", dimension = "post" }
column.branch = { type = "member", dimension = "branch" }
column.grade = { type = "member", dimension = "grade" }
column.hours = { type = "decimal", unit = "count", measure = "flow", digits = 1, label = { zh = "服務時數", en = "Hours" } }
column.since = { type = "roc_date", accept = ["roc_date"] }
column.identity_no = { type = "text", name = true }
column.address = { type = "text" }
column.address_en = { type = "text" }

[table.offices]
label = { zh = "受文機關", en = "Offices" }
file = "offices.csv"
key = ["code"]
column.code = { type = "text" }
column.office = { type = "text" }
column.office_en = { type = "text" }
column.form = { type = "member", dimension = "form" }
column.rate = { type = "percent", unit = "percent", digits = 1, label = { zh = "比率", en = "Rate" } }
column.address = { type = "text" }
"""
RULES = """\
title = { zh = "志工獎", en = "Volunteers' award" }
year = 102
given = "grade"
standing = "assumption"
basis = { zh = "示範之假設", en = "An assumption of this sample" }

[candidates]
table = "people"
id = "id"
name = "name"
name_en = "name_en"
post = "post"
branch = "branch"

[[tier]]
id = "top"
label = { zh = "特優", en = "outstanding" }
rewards = [{ kind = "commendation", times = 2 }]

[[tier]]
id = "good"
label = { zh = "甲等", en = "good" }
rewards = [{ kind = "certificate" }]
"""
PUBLICATION = """\
kind = "awards"
dataset = "thanks"
period = 102
issuer = { zh = "範例分署", en = "Example Branch" }
title = { zh = "102年度志工獎", en = "Volunteers' Award 2013" }
subtitle = { zh = "獲獎人員", en = "Those honoured" }
papers = ["letter", "order", "list", "labels", "decisions", "report", "certificates"]
issued = "103/1/15"
award = { zh = "志工獎", en = "Volunteers' Award" }

[office]
address = { zh = "示範市示範路1號", en = "No. 1, Shifan Road, Sample City" }
person = { zh = "陳示例", en = "Chen, Shih-Li" }

[head]
title = { zh = "分署長", en = "Director" }
name = { zh = "林示例", en = "Lin, Shih-Li" }

[[addressee]]
name = { zh = "示範市政府", en = "Sample City Government" }
address = { zh = "示範市示範路2號", en = "No. 2, Shifan Road, Sample City" }
copy = true

[order]
number = { zh = "範人字第0080號", en = "Fan-Jen-Tzu No. 0080" }
subject = { zh = "核定獲獎人員{winners}人獎勵如附表。", en = "The rewards of those honoured, {winners} persons, are approved as listed below." }
reason = { zh = "志願服務{person.hours}小時，評定為{tier}", en = "{person.hours} hours as a volunteer, assessed as {tier}" }
law = { zh = "志工獎勵要點", en = "Directions on the reward of volunteers" }

[certificate]
heading = { zh = "獎狀", en = "Certificate of Merit" }
serial = "V-{n}"
citation.default = { zh = "自{person.since}起服務{person.hours}小時，經評定為{tier}，特頒獎狀，以資鼓勵。", en = "For {person.hours} hours of service since {person.since}, assessed as {tier}, this certificate is awarded." }
"""
TO_PERSONS = """
[letter]
each = "person"
first = "0099"
number = { zh = "範志字第{n}號", en = "Fan-Chih-Tzu No. {n}" }
subject = { zh = "臺端服務於{person.branch}，志願服務{person.hours}小時，經評定為{tier}，請查照。", en = "You served at the {person.branch} and gave {person.hours} hours as a volunteer, which was assessed as {tier}; please take note." }

[[letter.item]]
text = { zh = "臺端自{person.since}起服務，獎勵為{rewards}。", en = "Your service began on {person.since}; your reward is {rewards}." }
"""
TO_RECEIVERS = """
[letter]
each = "receiver"
number = { zh = "範志字第{n}號", en = "Fan-Chih-Tzu No. {n}" }
subject = { zh = "{receiver}之志工比率為{receiver.rate}，請查照。", en = "Of the staff of {receiver}, {receiver.rate} are volunteers; please take note." }

[receivers]
table = "offices"
name = "office"
address = "address"
"""


def project(folder: Path, letter: str = TO_PERSONS) -> Path:
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    data, publication = folder / "inputs/datasets" / NAME, folder / "inputs" / NAME
    data.mkdir(parents=True)
    publication.mkdir()
    for name in ("metrics.toml", "glossary.csv"):
        if (ROOT / "inputs" / name).exists():
            shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    (folder / "reportgen.toml").touch()
    for name, text in (("people.csv", PEOPLE), ("offices.csv", OFFICES), ("dataset.toml", DATASET)):
        (data / name).write_text(text, "utf-8")
    (publication / "rules.toml").write_text(RULES, "utf-8")
    (publication / "publication.toml").write_text(PUBLICATION + letter, "utf-8")
    return folder
