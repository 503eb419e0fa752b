"""The structure tree of a PDF, built from WeasyPrint's boxes in place of its own.

WeasyPrint 70 tags a split table or paragraph once per page, repeats table heads as content, leaves
running heads outside the tree but marked as content, sets no scope on table heads, no language inside
the text, and gives figures a bounding box in CSS pixels. This module replaces its `add_tags` (private
API, hence the pinned version); veraPDF guards the result in the tests.

An element may carry `data-tag`: the name of its PDF structure type, or `none` for no node of its own; and
`data-field`: the identifier of its node, by which it is found again in the finished file; `data-actual`: what its content
says as a whole, where it stands in pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pydyf

from reportgen.model.values import APART

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from weasyprint.document import Document as LaidDocument
    from weasyprint.formatting_structure.boxes import Box

# HTML element -> structure type (ISO 32000-1, 14.8.4). Others have no node: their content goes up.
STRUCTURE = {
    "p": "P",
    "h1": "H1",
    "h2": "H2",
    "h3": "H3",
    "h4": "H4",
    "h5": "H5",
    "h6": "H6",
    "section": "Sect",
    "article": "Art",
    "blockquote": "BlockQuote",
    "figure": "Div",
    "ul": "L",
    "ol": "L",
    "li": "LI",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tfoot": "TFoot",
    "tr": "TR",
    "th": "TH",
    "td": "TD",
    "caption": "Caption",
    "figcaption": "Caption",
    "img": "Figure",
    "a": "Link",
}


@dataclass(kw_only=True)
class _Node:
    """A structure element before it is written. Kids are nodes, (page, mcid) pairs or annotations."""

    tag: str
    element: Element | None
    lang: str
    kids: list[_Node | tuple[int, int] | pydyf.Dictionary] = field(default_factory=list)
    page: int = -1
    own_lang: bool = False
    parent: _Node | None = None
    number: int = 0
    box: tuple[float, float, float, float] | None = None


class _Tree:
    def __init__(self, document: LaidDocument, root_lang: str) -> None:
        self.root = _Node(tag="Document", element=None, lang=root_lang)
        self.nodes: dict[Element, _Node] = {}
        self.parents = {child: parent for parent in document._html.etree_element.iter() for child in parent}
        self.artifacts: list[set[int]] = []
        self.links: list[tuple[_Node, pydyf.Dictionary]] = []

    def walk(
        self, box: Box, parent: _Node, page: int, tags: dict[Box, dict[str, int]], artifact: bool
    ) -> None:
        box = getattr(box, "_box", box)  # absolutely positioned boxes stand behind a placeholder
        kind = type(box).__name__
        if kind == "MarginBox":
            artifact = True
        elif kind == "FootnoteAreaBox":
            for child in getattr(box, "children", ()):
                self.walk(child, self.home(child, parent), page, tags, artifact)
            return
        node = parent if artifact else self.node(box, parent, page)
        if node is None:  # a table head that is repeated on a further page
            artifact, node = True, parent
        mark = tags.pop(box, None)
        if mark is not None:
            self.content(mark["mcid"], node, page, artifact)
            if node.tag == "Figure" and node.box is None:
                x, y = box.content_box_x(), box.content_box_y()
                node.box = (x, y, x + box.width, y + box.height)
        if getattr(box, "link_annotation", None) is not None and not artifact:
            # Boxes inside a link carry its annotation, too; it belongs to the link itself.
            link = node
            while link.tag != "Link" and link.parent is not None:
                link = link.parent
            link.kids.append(box.link_annotation)
            self.links.append((link, box.link_annotation))
            link.page = page if link.page < 0 else link.page
        for child in getattr(box, "children", ()):
            self.walk(child, node, page, tags, artifact)

    def home(self, box: Box, parent: _Node) -> _Node:
        """The node of the paragraph that a footnote was called from."""
        element = box.element
        while element is not None:
            element = self.parents.get(element)
            if element in self.nodes:
                return self.nodes[element]
        return parent

    def node(self, box: Box, parent: _Node, page: int) -> _Node | None:
        """The box's node: made once per element, so that what is split over pages stays one."""
        element = box.element
        pseudo = str(box.element_tag).partition("::")[2] if element is not None else ""
        if pseudo in ("footnote-call", "footnote-marker"):
            # The number in the text refers to the note, the one before the note is its label.
            made = _Node(
                tag="Reference" if pseudo == "footnote-call" else "Lbl",
                element=None,
                lang=parent.lang,
                page=page,
                parent=parent,
            )
            parent.kids.append(made)
            return made
        if element is None or element is parent.element:
            return parent
        known = self.nodes.get(element)
        if known is not None:
            if known.tag == "THead" and known.page != page:
                return None
            return known
        name = str(box.element_tag).partition("::")[0]
        lang = element.get("lang") or parent.lang
        tag = element.get("data-tag") or STRUCTURE.get(name) or ("Span" if lang != parent.lang else "none")
        if name in ("html", "body") or tag == "none":
            return parent
        if "::" in str(box.element_tag) and name != "a":
            return parent
        made = _Node(
            tag=tag, element=element, lang=lang, page=page, own_lang=lang != parent.lang, parent=parent
        )
        made.number = len(self.nodes)
        self.nodes[element] = made
        parent.kids.append(made)
        return made

    def content(self, mcid: int, node: _Node, page: int, artifact: bool) -> None:
        if artifact:
            self.artifacts[page].add(mcid)
        else:
            node.kids.append((page, mcid))
            if node.page < 0:
                node.page = page


def add_tags(
    pdf: pydyf.PDF, document: LaidDocument, _version: object, page_streams: list[pydyf.Stream]
) -> None:
    """Add the structure tree of all pages; same signature as `weasyprint.pdf.tags.add_tags`."""
    tree = _Tree(document, str(document.metadata.lang or "zh-Hant-TW"))
    for number, (page, stream) in enumerate(zip(document.pages, page_streams, strict=True)):
        tree.artifacts.append(set())
        tree.walk(page._page_box, tree.root, number, stream._tags, False)
        assert not stream._tags, "marked content without a box"
        _as_artifacts(stream, tree.artifacts[number])
    _write(pdf, document, tree)
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})


def _as_artifacts(stream: pydyf.Stream, mcids: set[int]) -> None:
    """Marked content of running heads and repeated table heads becomes a pagination artifact."""
    if not mcids:
        return
    operators = stream.stream
    for place, item in enumerate(operators):
        if (
            isinstance(item, pydyf.Dictionary)
            and item.get("MCID") in mcids
            and operators[place + 1] == b"BDC"
        ):
            operators[place - 1] = "/Artifact"
            operators[place] = pydyf.Dictionary({"Type": "/Pagination"})


def _write(pdf: pydyf.PDF, document: LaidDocument, tree: _Tree) -> None:
    root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    pdf.add_object(root)
    pages: list[dict[int, pydyf.Dictionary]] = [{} for _ in document.pages]
    written: dict[int, pydyf.Dictionary] = {}
    top = _element(pdf, document, tree.root, root.reference, pages, written)
    root["K"] = pydyf.Array([top.reference])
    nums = pydyf.Array()
    for number, content in enumerate(pages):
        last = max(content, default=-1)
        nums.extend([number, pydyf.Array(content.get(mcid, "null") for mcid in range(last + 1))])
    for number, (node, annotation) in enumerate(tree.links, len(pages)):
        annotation["StructParent"] = number
        annotation["Contents"] = pydyf.String(_words(node.element) or str(annotation["Contents"].string))
        nums.extend([number, written[id(node)].reference])
    parents = pydyf.Dictionary({"Nums": nums})
    pdf.add_object(parents)
    root["ParentTree"] = parents.reference
    root["ParentTreeNextKey"] = len(pages) + len(tree.links)
    pdf.catalog["StructTreeRoot"] = root.reference


def _element(
    pdf: pydyf.PDF,
    document: LaidDocument,
    node: _Node,
    parent: str,
    pages: list[dict[int, pydyf.Dictionary]],
    written: dict[int, pydyf.Dictionary],
) -> pydyf.Dictionary:
    made = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.tag}", "P": parent})
    pdf.add_object(made)
    written[id(node)] = made
    if node.page >= 0:
        made["Pg"] = pdf.page_references[node.page]
    if node.own_lang:
        made["Lang"] = pydyf.String(node.lang)
    for key, value in _attributes(node, document):
        made[key] = value
    kids = pydyf.Array()
    for kid in node.kids:
        if isinstance(kid, _Node):
            kids.append(_element(pdf, document, kid, made.reference, pages, written).reference)
        elif isinstance(kid, tuple):
            page, mcid = kid
            pages[page][mcid] = made.reference
            if page == node.page:
                kids.append(mcid)
            else:
                kids.append(pydyf.Dictionary({"Type": "/MCR", "Pg": pdf.page_references[page], "MCID": mcid}))
        else:
            kids.append(
                pydyf.Dictionary(
                    {"Type": "/OBJR", "Obj": kid.reference, "Pg": pdf.page_references[_page_of(node)]}
                )
            )
    made["K"] = kids
    return made


def _page_of(node: _Node) -> int:
    return max(node.page, 0)


def _attributes(node: _Node, document: LaidDocument) -> Iterator[tuple[str, pydyf.Object]]:
    said = {} if node.element is None else node.element.attrib
    if said.get("data-field"):
        yield "ID", pydyf.String(said["data-field"])
    if said.get("data-actual"):
        yield "ActualText", pydyf.String(said["data-actual"])
    if node.tag == "Figure":
        yield "Alt", pydyf.String(_marked(said.get("alt", "")))
        if node.box is not None:
            x1, y1, x2, y2 = node.box
            height = document.pages[_page_of(node)].height
            box = (round(v * 0.75, 2) for v in (x1, height - y2, x2, height - y1))
            yield "A", pydyf.Dictionary({"O": "/Layout", "BBox": pydyf.Array(box), "Placement": "/Block"})
    elif node.tag in ("TH", "TD"):
        attributes = pydyf.Dictionary({"O": "/Table"})
        if node.tag == "TH":
            attributes["Scope"] = "/Row" if said.get("scope") == "row" else "/Column"
        for name, key in (("colspan", "ColSpan"), ("rowspan", "RowSpan")):
            if (cells := int(said.get(name) or 1)) > 1:
                attributes[key] = cells
        if len(attributes) > 1:
            yield "A", attributes
    elif node.tag == "Note":
        yield "ID", pydyf.String(f"note-{node.number}")


_ESCAPES = ("zhTW", "en")  # language and country, in the order of the halves


def _marked(alternative: str) -> str:
    """Each half of an alternative text behind the escape that names its language (ISO 32000-1, 7.9.2.2)."""
    halves = alternative.split(APART)
    if len(halves) != len(_ESCAPES):
        return alternative
    return "".join(f"\x1b{tag}\x1b{half}" for tag, half in zip(_ESCAPES, halves, strict=True))


def _words(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
