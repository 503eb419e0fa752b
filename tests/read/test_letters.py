"""Letters are taken alike by every reader: those written in parts as one letter; a variation selector is refused."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import odfdo
import pyarrow
import pyarrow.parquet
import pytest
import xlsxwriter

from reportgen.model.errors import InputError
from reportgen.read.parity.glossary import read_glossary
from reportgen.read.sheets import read_sheet
from reportgen.read.toml_files import open_toml

WHOLE = "Siyapen é Ramataṟ 兀"
APART = unicodedata.normalize("NFD", "Siyapen é Ramataṟ ") + "\ufa0c"  # Big5 has 兀 twice


def csv(words: str) -> bytes:
    return f"name,note\n{words},x\n".encode()


def xlsx(words: str) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "note"])
        sheet.write_row(1, 0, [words, "x"])
    return content.getvalue()


def ods(words: str) -> bytes:
    document = odfdo.Document("spreadsheet")
    table = odfdo.Table("t")
    for row in (["name", "note"], [words, "x"]):
        table.append_row(odfdo.Row()).set_values(row)
    document.body.clear()
    document.body.append(table)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def parquet(words: str) -> bytes:
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"name": [words], "note": ["x"]}), content)
    return content.getvalue()


@pytest.mark.parametrize("made", [csv, xlsx, ods, parquet])
def test_letters_written_in_parts_are_one_letter_in_every_form_of_table(made: object, tmp_path: Path) -> None:
    assert callable(made)
    path = tmp_path / f"t.{made.__name__}"
    path.write_bytes(made(APART))
    assert read_sheet(path, path.name).rows == ((2, (WHOLE, "x")),)


def test_a_declaration_and_the_glossary_take_them_alike(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f'zh = "{APART}"', "utf-8")
    assert open_toml(tmp_path, "a.toml").values["zh"] == WHOLE
    (tmp_path / "g.csv").write_text(f"zh,en\n{APART},{APART}\n", "utf-8")
    (term,) = read_glossary(tmp_path, "g.csv").terms
    assert (term.zh, term.renderings) == (WHOLE, (WHOLE,))


@pytest.mark.parametrize("selector", ["\ufe00", "\U000e0101"])
def test_a_variation_selector_in_a_declaration_is_refused_with_its_line(
    selector: str, tmp_path: Path
) -> None:
    (tmp_path / "a.toml").write_text(f'en = "Ge"\nzh = "葛{selector}小明"\n', "utf-8")
    with pytest.raises(InputError) as caught:
        open_toml(tmp_path, "a.toml")
    (problem,) = caught.value.problems
    assert str(problem.place) == "a.toml:2" and f"U+{ord(selector):04X}" in problem.en


def test_in_a_remark_it_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('# ⚠\ufe0f\nzh = "葛"\n', "utf-8")
    assert open_toml(tmp_path, "a.toml").values["zh"] == "葛"
