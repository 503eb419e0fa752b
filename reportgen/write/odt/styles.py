"""Named styles of an ODT: what the writer's blocks are called in the style list of the office program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from odfdo import Document as OdfDocument
from odfdo import Element, Style

from reportgen.write.odt.measures import ALSO, PT, RARE, Measures

Props = dict[str, str]
CLAUSE_EMS = (2.0, 3.0, 1.5, 2.5, 2.0, 3.0)  # how wide 一、 （一） 1、 （1） 甲、 （甲） are
CLAUSE_STARTS = (1.0, 2.0, 4.0, 5.0, 7.0, 8.0)  # where they begin, in em
CLAUSE_STARTS_ENGLISH = (5.0, 12.5, 20.0, 27.5, 35.0, 42.5)  # mm


@dataclass(frozen=True)
class Named:
    """A named style: what it is called, what it builds on, and how it differs."""

    parent: str = "Standard"
    paragraph: Props = field(default_factory=dict)
    text: Props = field(default_factory=dict)


def mm(length: float) -> str:
    return f"{round(length, 2):g}mm"


def size(points: float) -> Props:
    return {
        name: f"{points:g}pt" for name in ("fo:font-size", "style:font-size-asian", "style:font-size-complex")
    }


def face(name: str) -> Props:
    return {f"style:font-name{script}": name for script in ("", "-asian", "-complex")}


def bold(yes: bool = True) -> Props:
    weight = "bold" if yes else "normal"
    return {"fo:font-weight": weight, "style:font-weight-asian": weight, "style:font-weight-complex": weight}


def margins(left: float = 0, right: float = 0, top: float = 0, bottom: float = 0, indent: float = 0) -> Props:
    named = {"left": left, "right": right, "top": top, "bottom": bottom}
    return {
        **{f"fo:margin-{side}": mm(length) for side, length in named.items()},
        "fo:text-indent": mm(indent),
        "style:auto-text-indent": "false",
    }


CENTRE: Props = {"fo:text-align": "center"}
RIGHT: Props = {"fo:text-align": "end"}
LEFT: Props = {"fo:text-align": "start"}
KEEP: Props = {"fo:keep-with-next": "always"}
CHINESE: Props = {"style:language-asian": "zh", "style:country-asian": "TW"}
ENGLISH: Props = {"fo:language": "en", "fo:country": "US"}


def text_styles(m: Measures) -> dict[str, Props]:
    """Styles of runs. In the Chinese half Chinese is zh-TW and Latin letters en-US; in the English half as well."""
    return {
        "Chinese": {**CHINESE},
        "English": {**face(LATIN_FACE), **ENGLISH, "fo:color": m.soft},
        "Rare_character": face(RARE_FACE),
        "Mark": {"style:text-position": "super 60%"},
        "Reference": {"fo:color": m.ink, "style:text-underline-style": "none"},
        "Latin_name": {**face(LATIN_FACE), **ENGLISH, "fo:color": m.soft},
        "Code": {**size(m.note), "fo:language": "zxx", "fo:country": "none"},
        "Footnote_anchor": {"style:text-position": "super 60%"},
        "Footnote_number": {},
    }


MAIN_FACE, LATIN_FACE, RARE_FACE = "Main", "Latin", "Rare"


def font_faces(m: Measures) -> Iterable[Style]:
    """Each face with the names under which other machines know it."""
    faces = {
        MAIN_FACE: (m.face, *ALSO.get(m.face, ())),
        LATIN_FACE: (m.latin, *ALSO.get(m.latin, ())),
        RARE_FACE: RARE.get(m.face, (m.face,)),
    }
    for name, families in faces.items():
        style = Style("font-face", name=name, font_name=name, font_pitch="variable")
        style.set_attribute("svg:font-family", ", ".join(f"'{family}'" for family in families))
        yield style


def put_styles(document: OdfDocument, m: Measures) -> None:
    """All named styles into `styles.xml`, the faces into both parts that refer to them."""
    holder = document.styles.get_element("office:styles")
    assert holder is not None
    holder.clear()
    for style in font_faces(m):
        document.insert_style(style.clone, default=True)
        document.insert_style(style)
    default = Style("paragraph")
    default.set_properties(
        {"style:tab-stop-distance": "9mm", "style:line-break": "strict", "style:text-autospace": "none"}
    )
    default.set_properties(
        {**face(MAIN_FACE), **size(m.body), **CHINESE, **ENGLISH, "fo:color": m.ink, "fo:hyphenate": "false"},
        area="text",
    )
    document.insert_style(default, default=True)
    for name, named in paragraph_styles(m).items():
        document.insert_style(paragraph_style(name, named, m))
    for name, props in text_styles(m).items():
        style = Style("text", name=name, display_name=shown(name))
        if props:
            style.set_properties(props, area="text")
        document.insert_style(style)
    frame = Style("graphic", name="Picture_frame", display_name="Picture frame")
    frame.set_properties({"style:vertical-pos": "middle", "style:vertical-rel": "text", "fo:border": "none"})
    document.insert_style(frame)
    placed = Style("graphic", name="Box_on_page", display_name="Box on page")
    placed.set_properties(
        {
            "style:horizontal-pos": "from-left",
            "style:horizontal-rel": "page",
            "style:vertical-pos": "from-top",
            "style:vertical-rel": "page",
            "style:wrap": "run-through",
            "style:run-through": "foreground",
            "fo:border": "none",
            "fo:padding": "0mm",
            "style:flow-with-text": "false",
        }
    )
    document.insert_style(placed)
    notes = Element.from_tag("text:notes-configuration")
    for attribute, value in {
        "text:note-class": "footnote",
        "text:citation-style-name": "Footnote_number",
        "text:citation-body-style-name": "Footnote_anchor",
        "text:default-style-name": "Footnote",
        "style:num-format": "1",
        "text:start-value": "0",
        "text:footnotes-position": "page",
        "text:start-numbering-at": "document",
    }.items():
        notes.set_attribute(attribute, value)
    holder.append(notes)


def shown(name: str) -> str:
    return name.replace("_", " ")


def paragraph_style(name: str, named: Named, m: Measures) -> Style:
    style = Style("paragraph", name=name, display_name=shown(name), parent_style=named.parent or None)
    paragraph = dict(named.paragraph)
    if not named.parent:
        paragraph = {"fo:line-height": f"{m.line}%", "fo:orphans": "2", "fo:widows": "2", **margins()}
    if paragraph:
        style.set_properties(paragraph)
    if named.text:
        style.set_properties(named.text, area="text")
    return style


def size_of(name: str, styles: Mapping[str, Named], m: Measures) -> float:
    """The size in pt of a style's letters, its own or that of what it builds on."""
    named = styles.get(name, Named(""))
    if found := named.text.get("fo:font-size"):
        return float(found.removesuffix("pt"))
    return size_of(named.parent, styles, m) if named.parent else m.body


def indent_of(name: str, styles: Mapping[str, Named]) -> float:
    """How far from the left margin a style begins, in mm."""
    named = styles.get(name, Named(""))
    if found := named.paragraph.get("fo:margin-left"):
        return float(found.removesuffix("mm"))
    return indent_of(named.parent, styles) if named.parent else 0.0


def paragraph_styles(m: Measures) -> Mapping[str, Named]:
    styles = {
        **_text_styles(m),
        **_table_styles(m),
        **_note_styles(m),
        **_form_styles(m),
        **_clause_styles(m),
        **_certificate_styles(m),
    }
    for name, named in styles.items():
        if name.endswith("English"):
            named.text.update({**face(LATIN_FACE), **ENGLISH})
    return styles


def _title(m: Measures) -> Props:
    return {**size(m.title), "fo:color": m.lead, **bold(m.bold)}


def _text_styles(m: Measures) -> dict[str, Named]:
    soft, title = {"fo:color": m.soft}, _title(m)
    return {
        "Standard": Named(""),
        "Document_issuer": Named(
            paragraph={**CENTRE, "fo:line-height": "120%"}, text={**size(m.heading), **soft}
        ),
        "Document_date": Named("Document_subtitle"),
        "Document_title": Named(
            paragraph={**CENTRE, **margins(top=0.5, bottom=0.5), **KEEP, "fo:line-height": "120%"}, text=title
        ),
        "Document_title_English": Named("Document_title", text={**size(m.title * 0.7), **soft}),
        "Document_subtitle": Named(paragraph={**CENTRE, "fo:line-height": "120%"}, text=soft),
        "Heading": Named(
            paragraph={**margins(top=5, bottom=1.5), **KEEP},
            text={**size(m.heading), **bold(m.bold), "fo:color": m.lead},
        ),
        "Text": Named(paragraph=margins(top=1.5, bottom=0.5)),
        "Text_English": Named("Text", margins(bottom=0.5), {**soft, **ENGLISH}),
        "Footnote": Named(paragraph=margins(left=4, indent=-4), text=size(m.note)),
        "Header": Named(paragraph=RIGHT, text={**size(m.note), **soft}),
        "Footer": Named(paragraph=CENTRE, text=size(m.small if m.small > 11 else m.note)),
        "Caption": Named(
            paragraph={**margins(top=3, bottom=0.5), **KEEP}, text={**size(m.small), **bold(m.bold)}
        ),
        "Caption_English": Named("Caption", margins(bottom=0.5), {**ENGLISH, **bold(False), **soft}),
    }


def _table_styles(m: Measures) -> dict[str, Named]:
    soft = {"fo:color": m.soft}
    return {
        "Table_unit": Named(paragraph={**RIGHT, **KEEP}, text={**size(m.note), **soft}),
        "Table_head": Named(
            paragraph={**CENTRE, "fo:line-height": "110%"}, text={**size(m.table), **bold(m.bold)}
        ),
        "Table_head_English": Named("Table_head", text={**size(m.table * 0.85), **ENGLISH, **bold(False)}),
        "Table_head_unit": Named("Table_head", text={**size(m.note), **bold(False)}),
        "Table_text": Named(paragraph={**LEFT, "fo:line-height": "112%"}, text=size(m.table)),
        "Table_English": Named("Table_text", text={**size(m.table * 0.85), **ENGLISH, **soft}),
        "Table_row_head": Named("Table_text"),
        "Table_row_within": Named("Table_text", paragraph=margins(left=3)),
        "Table_total": Named("Table_text", text=bold(m.bold)),
        "Table_figure": Named("Table_text", paragraph=RIGHT),
        "Table_figure_light": Named("Table_figure", text={"fo:color": "#ffffff"}),
        "Table_note": Named(paragraph=margins(top=0.5), text={**size(m.note), **soft}),
        "Table_source": Named("Table_note", paragraph=margins(top=0.5, bottom=4)),
        "Picture": Named(paragraph={**CENTRE, **KEEP}),
    }


def _note_styles(m: Measures) -> dict[str, Named]:
    soft = {"fo:color": m.soft}
    return {
        "Note_first": Named("Note_text", paragraph=margins(left=3, right=3, top=3)),
        "Note_English": Named("Note_text", text={**size(m.small), **soft}),
        "Card_label": Named("Table_text"),
        "Card_entry": Named("Table_text", text={**size(m.note), "fo:color": m.lead}),
        "Card_English": Named("Table_English"),
        "Card_figure": Named("Table_text", text={**size(m.heading), **bold(m.bold), "fo:color": m.lead}),
        "After_table": Named(paragraph={"fo:line-height": "100%"}, text=size(6)),
        "Sheet_end": Named(paragraph={"fo:line-height": "0.2mm"}, text=size(1)),
        "Note_title": Named(
            "Note_text", paragraph={**margins(left=3, right=3, top=3), **KEEP}, text=bold(m.bold)
        ),
        "Note_text": Named(
            paragraph={
                **margins(left=3, right=3, bottom=0),
                "fo:border": f"0.5pt solid {m.rule}",
                "fo:padding": mm(2),
                "style:join-border": "true",
                "fo:background-color": m.head,
                "fo:line-height": "130%",
            }
        ),
    }


def _form_styles(m: Measures) -> dict[str, Named]:
    return {
        "Form_archive": Named(paragraph=margins(left=m.text_width - 58), text=size(m.small * 5 / 6)),
        "Form_title": Named(paragraph={**CENTRE, **margins(top=2, bottom=4), **KEEP}, text=_title(m)),
        "Form_contact": Named(paragraph=margins(left=m.text_width - 74), text=size(m.small)),
        "Form_to": Named(paragraph=margins(top=3, bottom=1)),
        "Form_field": Named(text=size(m.small)),
        "Segment": Named(paragraph=margins(top=2.5)),
        "Segment_head": Named("Segment", paragraph=KEEP),
        "Entry": Named(paragraph=margins(top=0.5), text=size(m.small)),
        "Entry_first": Named("Entry", paragraph=margins(top=8)),
        "Entry_of_form": Named(paragraph=margins(top=2.4)),
        "Translation": Named(paragraph=margins(bottom=4), text={**size(10), "fo:color": m.soft}),
        "Signature": Named(paragraph=margins(top=12), text=size(m.title * 0.9)),
        "Signature_more": Named("Signature", paragraph=margins()),
        "Signature_sealed": Named("Signature", paragraph=margins(top=m.seal)),
        "Label_text": Named(paragraph={"fo:line-height": "115%"}, text=size(12)),
        "Label_English": Named("Label_text", text={**size(10), **ENGLISH}),
        "Label_from": Named("Label_text", text={**size(7.5), "fo:color": m.soft}),
        "Label_to": Named("Label_text", paragraph=margins(top=1), text=size(15)),
    }


def _clause_styles(m: Measures) -> dict[str, Named]:
    styles = {}
    for level, width in enumerate(CLAUSE_EMS, 1):
        hang, start = width * m.body * PT, CLAUSE_STARTS[level - 1] * m.body * PT
        styles[f"Clause_{level}"] = Named(paragraph=margins(left=start + hang, indent=-hang))
        start = CLAUSE_STARTS_ENGLISH[level - 1]
        styles[f"Clause_{level}_lettered"] = Named(paragraph=margins(left=start + 8, indent=-8))
    return styles


# The steps of sizes of a certificate's lines: the next one is taken where a line is too long; the last one wraps.
STEPS: Mapping[str, tuple[float, ...]] = {
    "name": (34, 30, 26, 22, 19, 17),
    "post": (18, 16.5, 15, 13.8, 12.6, 11.6),
    "serial": (9.5, 8.8, 8.2, 7.6, 7, 6.4),
}
LETTERED = {"name": 0.22, "post": 0.06}  # space between the letters of a line, in em


def field_style(name: str, step: int) -> tuple[str, float]:
    """The style of a certificate's line and its size in pt."""
    known = name if name in STEPS else "post"
    step = min(step, len(STEPS[known]) - 1)
    return f"Certificate_{known}_{step}", STEPS[known][step]


def _certificate_styles(m: Measures) -> dict[str, Named]:
    line: Props = {**CENTRE, "fo:line-height": "112%"}
    lead, soft, small = {"fo:color": m.frame}, {"fo:color": m.soft}, LEFT | {"fo:line-height": "105%"}

    def spaced(em: float, points: float) -> Props:
        return {**size(points), "fo:letter-spacing": f"{em * points:.1f}pt"}

    styles = {
        "Certificate_text": Named(paragraph=line, text=spaced(0.04, 18)),
        "Certificate_title": Named("Certificate_text", margins(top=4), {**spaced(0.5, 44), **lead}),
        "Certificate_title_English": Named("Certificate_text", text={**spaced(0.14, 14), **lead}),
        "Certificate_sample": Named("Certificate_text", LEFT | margins(top=2), {**spaced(0, 9), **soft}),
        "Certificate_English": Named("Certificate_text", text={**spaced(0, 11), **soft}),
        "Certificate_citation": Named("Certificate_text", margins(top=2.5)),
        "Certificate_issuer": Named("Certificate_text", margins(left=125, top=10), spaced(0.06, 16)),
        "Certificate_issuer_English": Named(
            "Certificate_issuer", margins(left=125), {**spaced(0, 9.5), **soft}
        ),
        "Certificate_signer": Named("Certificate_issuer", margins(left=125, top=1), spaced(0.06, 20)),
        "Certificate_date": Named("Certificate_text", margins(top=6), spaced(0.3, 15)),
        "Certificate_date_English": Named("Certificate_text", text={**spaced(0, 9.5), **soft}),
        "Certificate_code": Named("Certificate_text", LEFT | {"fo:line-height": "100%"}, size(7.5)),
        "Certificate_check": Named("Certificate_text", small, {**spaced(0, 7.5), **soft}),
        "Certificate_check_English": Named("Certificate_check", text={**spaced(0, 6.5), **soft}),
    }
    for name, steps in STEPS.items():
        side = RIGHT if name == "serial" else margins(top=7 if name == "name" else 4)
        for step, points in enumerate(steps):
            styles[f"Certificate_{name}_{step}"] = Named(
                "Certificate_text", side, spaced(LETTERED.get(name, 0), points)
            )
            styles[f"Certificate_{name}_{step}_English"] = Named(
                "Certificate_text", side | margins(), {**spaced(0, max(points * 0.5, 6.4)), **soft}
            )
    return styles
