"""An ODF document as a package: parts in a fixed order with fixed times, so that equal documents are equal bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from odfdo import Document as OdfDocument
from odfdo import Element

from reportgen.model import Document, Edition, Language

VERSION = "1.3"

# A table's and a row's own `append` puts in a copy; what is written later would miss the document.
append = Element.append
_PARTS = ("content.xml", "meta.xml", "styles.xml")
_MANIFEST = "META-INF/manifest.xml"


def element(
    tag: str, attributes: Mapping[str, str] | None = None, *children: Element, text: str = ""
) -> Element:
    """An element of any tag with its attributes, its text and its children."""
    made = Element.from_tag(tag)
    for name, value in (attributes or {}).items():
        made.set_attribute(name, value)
    if text:
        made.text = text
    for child in children:
        append(made, child)
    return made


def empty(kind: Literal["text", "spreadsheet"] = "text") -> OdfDocument:
    """A document without the styles, settings, picture and creator of the library's template."""
    document = OdfDocument.new(kind)
    document.delete_styles()
    for path in document.manifest.get_paths():
        if path not in (*_PARTS, "/"):
            document.manifest.del_full_path(path)
    document.body.clear()
    return document


def describe(
    odf: OdfDocument, title: str, document: Document, edition: Edition, root: Language, dated: datetime
) -> None:
    """Title, maker, language and dates; nothing of the machine or the hour of the run."""

    def plain(zh: str, en: str) -> str:
        return zh if edition == "zh" or zh == en else en if edition == "en" else f"{zh} / {en}"

    meta = odf.meta
    for child in meta.meta_body.children:
        meta.meta_body.delete(child)
    when = dated.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    issuer = plain(document.issuer.zh, document.issuer.en)
    meta.generator = "reportgen"
    meta.title = title
    meta.subject = plain(document.subtitle.zh, document.subtitle.en)
    meta.keyword = plain(document.keywords.zh, document.keywords.en)
    meta.initial_creator = meta.creator = issuer
    meta.creation_date = meta.date = when
    meta.language = {"zh": "zh-TW", "en": "en-US"}[root]


def packed(odf: OdfDocument, files: dict[str, tuple[bytes, str]], dated: datetime) -> bytes:
    """The package: `mimetype` first and stored, then the parts, the pictures and the manifest."""
    for path, (_, media_type) in files.items():
        odf.manifest.add_full_path(path, media_type)
    _set_version(odf)
    members: list[tuple[str, bytes]] = [("mimetype", odf.mimetype.encode("ascii"))]
    for path in _PARTS:
        members.append((path, odf.get_part(path).serialize()))  # type: ignore[union-attr]
    members.extend((path, content) for path, (content, _) in sorted(files.items()))
    members.append((_MANIFEST, odf.manifest.serialize()))
    when = max(dated.astimezone(UTC), datetime(1980, 1, 1, tzinfo=UTC))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for path, content in members:
            member = zipfile.ZipInfo(path, when.timetuple()[:6])
            member.create_system, member.external_attr = 3, 0o644 << 16
            method = zipfile.ZIP_STORED if path == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(member, content, method, 9)
    return target.getvalue()


def _set_version(odf: OdfDocument) -> None:
    """odfdo's own `save` writes ODF 1.4, which the offices that read CNS 15251 need not know yet."""
    for path in _PARTS:
        root: Element = odf.get_part(path).root  # type: ignore[union-attr]
        root.set_attribute("office:version", VERSION)
    manifest = odf.manifest.root
    manifest.set_attribute("manifest:version", VERSION)
    for entry in manifest.get_elements("//manifest:file-entry"):
        if entry.get_attribute("manifest:full-path") == "/":
            entry.set_attribute("manifest:version", VERSION)
