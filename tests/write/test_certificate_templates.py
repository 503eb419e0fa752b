"""Templates that look at a line of a certificate: nobody's certificate says what stands on somebody else's.

Each is a change of the template that comes with the program. What is delivered is held against the certificate laid out in full.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from certificate_people import DATED, page, payload, recipient, style

from reportgen.model import Text
from reportgen.read.pdf_text import reading_order
from reportgen.write import certificates, html, pdf
from reportgen.write.certificates import Order, Plan, stamping

ROOT = Path(__file__).parents[2]
OFFICER = Text("行政執行官", "Officer")
pytestmark = pytest.mark.slow
PEOPLE = [
    recipient(1, Text("王大明", "Wang Ta-ming"), OFFICER),
    recipient(2, Text("李美玲", "Li Mei-ling"), OFFICER),
    recipient(3, Text("王玉", "Wang Yu"), Text("書記官", "Clerk")),
]
CSS = style()
AREA = '<div class="area date" data-room="date">'
PLACED = {
    "as it comes": "",
    "another constant": "<p>{{ one(certificate.issuer, 'zh') }}</p>",
    "the number of fields": "{% for f in certificate.fields %}{% if loop.last %}<p>{{ loop.index }}</p>{% endif %}{% endfor %}",
    "by the name of a field": "{% for f in certificate.fields %}{% if f.id == 'name' %}<p>受獎人</p>{% endif %}{% endfor %}",
}
EACH = "{% for f in certificate.fields %}"
LOOKING = {
    "printed outside": EACH + "<p>{{ f.text.zh }}</p>{% endfor %}",
    "printed outside by a macro": EACH + "<p>{{ one(f.text, 'zh') }}</p>{% endfor %}",
    "a condition": EACH + "{% if '王' in f.text.zh %}<p>某</p>{% endif %}{% endfor %}",
    "a condition on equality": EACH + "{% if f.text.zh == '王玉' %}<p>某</p>{% endif %}{% endfor %}",
    "the length": EACH + "{% if f.text.zh|length < 3 %}<p>某</p>{% endif %}{% endfor %}",
    "the length printed": EACH + "<p>{{ f.text.en|length }}</p>{% endfor %}",
    "a filter": EACH + "<p>{{ f.text.en|upper }}</p>{% endfor %}",
    "a method": EACH + "{% if f.text.zh.startswith('王') %}<p>某</p>{% endif %}{% endfor %}",
    "a set variable": EACH + "{% set x = f.text.zh %}{% if x == '王玉' %}<p>某</p>{% endif %}{% endfor %}",
    "a set block": EACH
    + "{% set x %}{{ one(f.text, 'zh') }}{% endset %}{% if '王' in x %}<p>某</p>{% endif %}{% endfor %}",
    "a filter block": EACH + "{% filter upper %}<p>{{ one(f.text, 'en') }}</p>{% endfilter %}{% endfor %}",
    "what a macro printed": EACH + "{% if '王' in line_of(f)|string %}<p>某</p>{% endif %}{% endfor %}",
    "within a macro": "{% macro m(x) %}{% if '王' in x.text.zh %}<p>某</p>{% endif %}{% endmacro %}"
    + EACH
    + "{{ m(f) }}{% endfor %}",
    "a named argument": "{% macro m(x) %}{% if '王' in x.zh %}<p>某</p>{% endif %}{% endmacro %}"
    + EACH
    + "{{ m(x=f.text) }}{% endfor %}",
    "its neighbour": EACH
    + "{% if not loop.last and loop.nextitem.text.zh == '王玉' %}<p>某</p>{% endif %}{% endfor %}",
    "by its place": "<p>{{ certificate.fields[2].text.zh }}</p>",
    "a test of attributes": "{% if certificate.fields|selectattr('text.zh', 'equalto', '王玉')|list %}<p>某</p>{% endif %}",
    "all at once": "<p>{{ certificate.fields|map(attribute='text.zh')|join('、') }}</p>",
    "sorted": "{% for f in certificate.fields|sort(attribute='text.zh') %}<p>{{ f.id }}</p>{% endfor %}",
    "chosen in the loop": "{% for f in certificate.fields if '王' in f.text.zh %}<p>某</p>{% endfor %}",
    "a conditional expression": EACH + "<p>{{ '某' if '王' in f.text.zh else '甲' }}</p>{% endfor %}",
    "an attribute": EACH + '<p class="{{ f.text.en }}">某</p>{% endfor %}',
    "twice in its element": EACH
    + '<p lang="zh-Hant-TW" data-field="{{ f.id }}.zh">{{ one(f.text, "zh") }}</p>{% endfor %}',
}


def changed(folder: Path, more: str, old: str = AREA, new: str = "") -> Path:
    """A project whose template prints more than the one that comes with the program."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    template = folder / "templates/awards/certificate.html"
    text = template.read_text("utf-8")
    assert old in text
    template.write_text(text.replace(old, new or f"<div>{more}</div>{old}"), "utf-8")
    return folder


def planned(project: Path) -> Plan:
    proven = html.only_places(html.environment(project), "awards/certificate.html")
    return certificates.plan(PEOPLE, page("both", CSS, project), CSS, "both", DATED, payload, proven)


def said(content: bytes) -> list[str]:
    return [run.words for run in reading_order(content)]


def in_full(one: Order, project: Path) -> list[str]:
    """What stands on the page of one person that is laid out with all its words."""
    printed = page("both", CSS, project)(one.certificate, one.title, ("data:,", "QR"))
    part = pdf.lay_out(printed.replace('src="data:,"', f'src="{EMPTY}"'), CSS, "full")
    return said(pdf.write("full", [part], 0, pdf.Numbering(), (), DATED))


EMPTY = html.data_uri(b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')


@pytest.mark.parametrize("more", PLACED.values(), ids=PLACED)
def test_a_template_that_only_places_the_lines_has_one_shape(tmp_path: Path, more: str) -> None:
    plan = planned(changed(tmp_path, more))
    assert (plan.problems, len(plan.jobs), len(plan.shapes)) == ((), 3, 1)


@pytest.mark.parametrize("more", LOOKING.values(), ids=LOOKING)
def test_a_template_that_looks_at_a_line_makes_every_certificate_in_full(tmp_path: Path, more: str) -> None:
    project = changed(tmp_path, more)
    assert not html.only_places(html.environment(project), "awards/certificate.html") or "one(f.text" in more
    plan = planned(project)
    assert not plan.problems, plan.problems
    for one, finished in zip(PEOPLE, certificates.finish(plan.jobs, plan.shapes), strict=True):
        assert said(finished.content) == in_full(one, project)


@pytest.mark.parametrize(
    "title", ["{{ plain(title) }}", "{% if '王' in title.zh %}某{% endif %}", "{{ pictures['qr'][1] }}"]
)
def test_what_belongs_to_the_file_is_not_printed_on_the_page(tmp_path: Path, title: str) -> None:
    with pytest.raises(stamping.OfTheFileError):
        planned(changed(tmp_path, f"<p>{title}</p>"))


def test_a_line_that_its_element_changes_is_laid_out_in_full(tmp_path: Path) -> None:
    old = "{{ one(f.text, language) }}</p>{% endfor %}{% endmacro %}\n<div"
    project = changed(tmp_path, "", old, old.replace("</p>", " 君</p>", 1))
    plan = planned(project)
    for one, finished in zip(PEOPLE, certificates.finish(plan.jobs, plan.shapes), strict=True):
        assert said(finished.content) == in_full(one, project)
