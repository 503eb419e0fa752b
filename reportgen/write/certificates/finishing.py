"""A person's file from its shape and its job: bytes put together, nothing laid out. Runs in any worker.

What is printed depends on the job and its shape alone, never on who else is in the run.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.read import faces
from reportgen.write import codes
from reportgen.write.certificates import subsets
from reportgen.write.certificates.model import ATTACHED, Finished, Job, PagePiece, Run, Shape
from reportgen.write.certificates.objects import HEAD, number, numbered, plain, rendered, text

# The objects that stand first in a file, by number; the elements of the structure tree follow.
CATALOG, PAGES, PAGE, TREE, PARENTS, FIRST_ELEMENT = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The part of a file that is the same for everyone of the shape, with its objects' places and its hash."""

    shape: Shape
    head: bytes
    hashed: Any
    mark: bytes
    table: bytes
    first: int  # number of the first object that is a person's own
    resources: tuple[bytes, bytes]


def finish(jobs: Iterable[Job], shapes: Mapping[str, Shape]) -> list[Finished]:
    return [finished(job, shapes[job.shape]) for job in jobs]


def finished(job: Job, shape: Shape) -> Finished:
    ready = prepared(shape)
    code = code_stream(shape, job.payload) if shape.code else b""
    letters = lettering(job.runs, shape)
    coded = {face: subsets.codes_of(face, have) for face, have in letters.items()}
    drawn, drawn_code, resources, info, metadata, embedded, figure = range(ready.first, ready.first + 7)
    made: dict[int, bytes] = {}
    named: dict[int, int] = {}
    at = figure + 1
    for face, have in letters.items():
        named[face] = at
        codes_of = [(coded[face][letter], glyph, letter) for letter, glyph in have.items()]
        parts = subsets.font(0, face, codes_of, hurry=True)
        made.update((at + place, rendered(part, at)) for place, part in enumerate(parts))
        at += len(parts)
    made |= {
        drawn: plain(lines(job.runs, shape, coded)),
        drawn_code: plain(code),
        resources: ready.resources[0] + font_names(named) + ready.resources[1],
        info: b"<<" + shape.info + b"/Title" + text(job.title) + b">>",
        metadata: plain(_metadata(shape, job), b"/Subtype/XML/Type/Metadata"),
        embedded: _embedded(job, shape),
        figure: _figure(shape, job.description),
    }
    tail = _tail(ready, [made[place] for place in range(ready.first, at)], info)
    hashed = ready.hashed.copy()
    hashed.update(tail)
    page = PagePiece(shape=shape.key, runs=job.runs, code=code, title=job.title, description=job.description)
    return Finished(
        key=job.key, file=job.file, content=ready.head + tail, sha256=hashed.hexdigest(), page=page
    )


def piece(job: Job, shape: Shape) -> PagePiece:
    """A person's page for a print run without a file of its own."""
    code = code_stream(shape, job.payload) if shape.code else b""
    return PagePiece(shape=shape.key, runs=job.runs, code=code, title=job.title, description=job.description)


def lettering(runs: Iterable[Run], shape: Shape) -> dict[int, dict[str, int]]:
    """The letters (with their glyphs) that need a face of the person's own, in order; the shape's Latin does not."""
    found: dict[int, dict[str, int]] = {}
    for run in runs:
        for piece in run.pieces:
            if not brought(piece, shape):
                found.setdefault(piece.face, {}).update(zip(piece.words, piece.glyphs, strict=True))
    return {face: dict(sorted(found[face].items())) for face in sorted(found)}


def brought(piece: faces.Piece, shape: Shape) -> bool:
    """Whether the shape's own Latin face has all of it."""
    latin = shape.latin
    return latin is not None and piece.face == latin[0] and all(letter in latin[2] for letter in piece.words)


def lines(runs: Iterable[Run], shape: Shape, coded: Mapping[int, Mapping[str, int]]) -> bytes:
    """The operators that print a person's lines, each marked as its node of the structure tree."""
    found = [b"q .75 0 0 -.75 0 %b cm\n" % number(shape.height)]
    for run in runs:
        slot = shape.slots[run.slot]
        size = slot.sizes[run.step]
        spare = size.width - faces.width(run.pieces, size.size, size.spacing)
        left = size.left + {"left": 0.0, "center": spare / 2, "right": spare}[slot.align]
        found.append(
            b"/Span<</MCID %d>>BDC\n%b\nBT 1 0 0 -1 %b %b Tm %b Tc\n"
            % (slot.mcid, slot.colour, number(left), number(size.baseline), number(size.spacing))
        )
        for piece in run.pieces:
            if shape.latin and brought(piece, shape):
                name, table = shape.latin[1], shape.latin[2]
            else:
                name, table = b"/f%d" % piece.face, coded[piece.face]
            found.append(b"%b %b Tf %b\n" % (name, number(size.size), subsets.shown(piece, table)))
        found.append(b"ET\nEMC\n")
    found.append(b"Q\n")
    return b"".join(found)


def code_stream(shape: Shape, payload: str) -> bytes:
    """The operators that print the QR code: a white ground with its quiet zone, and a stencil of one dot a module."""
    assert shape.code
    mcid, x, y, width = shape.code
    side, bits = codes.stencil(payload)
    module = width * 0.75 / (side + 2 * codes.QUIET)
    left, bottom, size, edge = (
        x * 0.75,
        shape.height - (y + width) * 0.75,
        side * module,
        codes.QUIET * module,
    )
    return (
        b"/Figure<</MCID %d>>BDC\nq\n1 g %b %b %b %b re f\n0 g\n%b 0 0 %b %b %b cm\nBI/IM true/W %d/H %d/BPC 1/I false/F/AHx ID\n%b>\nEI\nQ\nEMC\n"
        % (
            mcid,
            number(left),
            number(bottom),
            number(width * 0.75),
            number(width * 0.75),
            number(size),
            number(size),
            number(left + edge),
            number(bottom + edge),
            side,
            side,
            bits,
        )
    )


def font_names(named: Mapping[int, int]) -> bytes:
    return b"".join(b"/f%d %d 0 R" % (face, at) for face, at in named.items())


def _metadata(shape: Shape, job: Job) -> bytes:
    before, between, after = shape.xmp
    return before + escaped(job.title) + between + escaped(job.payload) + after


def escaped(words: str) -> bytes:
    return html.escape(words, quote=False).encode("utf-8")


def _embedded(job: Job, shape: Shape) -> bytes:
    content = record(job)
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest().encode()
    return plain(
        content,
        b"/Params<</CheckSum<%b>/CreationDate(%b)/ModDate(%b)/Size %d>>/Subtype/application#2Fjson/Type/EmbeddedFile"
        % (checksum, shape.dated, shape.dated, len(content)),
    )


def record(job: Job) -> bytes:
    """certificate.json: what the caller says of the person, and what the code says."""
    said = {**job.record, "text_digest": job.digest, "code": job.payload}
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _figure(shape: Shape, description: str) -> bytes:
    if shape.code_element < 0:
        return b"null"
    return element(shape, shape.code_element, FIRST_ELEMENT, PAGE, TREE, description)


def element(
    shape: Shape, place: int, base: int, page: int, above: int, description: str = "", code: int = 0
) -> bytes:
    """A node of the structure tree; the nodes of the shape are numbered from `base`, that of the code may be `code`."""
    one = shape.elements[place]
    kids = b" ".join(
        b"%d" % kid
        if isinstance(kid, int)
        else b"%d 0 R" % (code if code and kid[0] == shape.code_element else base + kid[0])
        for kid in one.kids
    )
    alternative = b"/Alt" + text(description) if place == shape.code_element else b""
    on_page = b"/Pg %d 0 R" % page if any(isinstance(kid, int) for kid in one.kids) else b""
    return b"<<%b%b/K[%b]/P %d 0 R%b/S/%b/Type/StructElem>>" % (
        one.entries,
        alternative,
        kids,
        above if one.parent < 0 else base + one.parent,
        on_page,
        one.tag.encode(),
    )


# ---- what all files of a shape begin with -----------------------------------------------------------------

_ready: dict[str, Prepared] = {}
_MANY = 32  # shapes that a process keeps ready; certificates of one person's own come and go


def prepared(shape: Shape) -> Prepared:
    found = _ready.get(shape.key)
    if found is None:
        if len(_ready) >= _MANY:
            del _ready[next(iter(_ready))]
        found = _ready[shape.key] = _prepared(shape)
    return found


def _prepared(shape: Shape) -> Prepared:
    base = FIRST_ELEMENT + len(shape.elements)  # of the shared objects
    names, first = base + len(shape.shared), base + len(shape.shared) + 1
    drawn, code, resources, _, metadata, embedded, figure = range(first, first + 7)
    owners = b" ".join(
        b"%d 0 R" % (figure if owner == shape.code_element else FIRST_ELEMENT + owner)
        for owner in shape.owners
    )
    contents = [base, drawn, code] if shape.code else [base, drawn]
    bodies = [
        b"<</AF[%d 0 R]/Lang%b/MarkInfo<</Marked true>>/Metadata %d 0 R/Names<</EmbeddedFiles<</Names[(%b)%d 0 R]>>>>"
        b"/OutputIntents%b/Pages %d 0 R/StructTreeRoot %d 0 R/Type/Catalog/ViewerPreferences<</DisplayDocTitle true>>>>"
        % (
            names,
            text(shape.language),
            metadata,
            ATTACHED.encode(),
            names,
            rendered(shape.intent, base),
            PAGES,
            TREE,
        ),
        b"<</Count 1/Kids[%d 0 R]/Type/Pages>>" % PAGE,
        page_object(shape, PAGES, contents, resources, 0),
        b"<</K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey 1/Type/StructTreeRoot>>"
        % (FIRST_ELEMENT, PARENTS),
        b"<</Nums[0[%b]]>>" % owners,
        *(_fixed(shape, place, figure) for place in range(len(shape.elements))),
        *(rendered(parts, base) for parts in shape.shared),
        b"<</AFRelationship/Data/Desc(record of the certificate)/EF<</F %d 0 R/UF %d 0 R>>/F(%b)/Type/Filespec/UF(%b)>>"
        % (embedded, embedded, ATTACHED.encode(), ATTACHED.encode()),
    ]
    head = bytearray(HEAD)
    table = bytearray(b"0000000000 65535 f \n")
    for place, body in enumerate(bodies, 1):
        table += b"%010d 00000 n \n" % len(head)
        head += numbered(place, body)
    static = b"".join(b"%b %d 0 R" % (name, base + place) for name, place in shape.fonts)
    before = b"<</Font<<" + static
    after = b">>" + rendered(shape.resources, base)[2:]
    return Prepared(
        shape=shape,
        head=bytes(head),
        hashed=hashlib.sha256(head),
        mark=hashlib.sha256(head).digest(),
        table=bytes(table),
        first=first,
        resources=(before, after),
    )


def _fixed(shape: Shape, place: int, code: int) -> bytes:
    """A node that is the same for all; the code's own stands among what differs."""
    if place == shape.code_element:
        return b"null"
    return element(shape, place, FIRST_ELEMENT, PAGE, TREE, code=code)


def page_object(shape: Shape, above: int, contents: Sequence[int], resources: int, key: int) -> bytes:
    return b"<<%b/Contents[%b]/Parent %d 0 R/Resources %d 0 R/StructParents %d/Tabs/S/Type/Page>>" % (
        shape.box,
        b" ".join(b"%d 0 R" % place for place in contents),
        above,
        resources,
        key,
    )


def _tail(ready: Prepared, bodies: Sequence[bytes], info: int) -> bytes:
    """What follows the head: this person's objects, the table of all, the trailer."""
    found = [numbered(place, body) for place, body in enumerate(bodies, ready.first)]
    table, at = [ready.table], len(ready.head)
    for item in found:
        table.append(b"%010d 00000 n \n" % at)
        at += len(item)
    mark = hashlib.sha256(ready.mark)
    for item in found:
        mark.update(item)
    name = mark.hexdigest()[:32].encode()
    size = ready.first + len(bodies)
    trailer = b"trailer\n<</ID[<%b><%b>]/Info %d 0 R/Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        name,
        name,
        info,
        CATALOG,
        size,
        at,
    )
    return b"".join((*found, b"xref\n0 %d\n" % size, *table, trailer))
