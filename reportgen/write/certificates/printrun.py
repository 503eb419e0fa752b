"""The print run: one tagged PDF of all certificates in list order, written while they come in.

Pages go to the file at once. In memory stay seven bytes for each object, the letters that were printed, and a few
numbers for each page. The faces of the run are cut at the end; small objects are packed together and compressed.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from reportgen.write.certificates import subsets
from reportgen.write.certificates.finishing import brought, element, escaped, lines, page_object
from reportgen.write.certificates.model import PagePiece, Run, Shape
from reportgen.write.certificates.objects import HEAD, LEVEL, Parts, numbered, packed, plain, text

CATALOG, PAGES, TREE, PARENTS, TOP, INFO, METADATA, OUTLINE, FIRST = 1, 2, 3, 4, 5, 6, 7, 8, 9
FAN = 64  # pages below one node of the page tree
PACK = 300  # objects in one packed stream
ENTRY = struct.Struct(">BIH")  # of the table: kind, where, place in its pack
IN_FILE, IN_PACK = 1, 2
_NO_IDENTIFIER = (b'<rdf:Description rdf:about=""><dc:identifier>', b"</dc:identifier></rdf:Description>")


class PrintRun:
    """Given pages in list order: `with PrintRun(path, shapes, title) as run: run.add(page)`.

    Until all is written the file has another name; an error leaves nothing behind, and a run without pages no file.
    """

    def __init__(self, path: Path, shapes: Mapping[str, Shape], title: str) -> None:
        self.path, self.shapes, self.title = path, shapes, title
        self._part = path.with_name(f".{path.name}.part")
        self._file = self._part.open("wb")
        self._at = 0
        self._mark = hashlib.sha256()
        self._table = bytearray()
        self._pack: list[tuple[int, bytes]] = []
        self._letters: dict[int, dict[str, int]] = {}  # face -> letter -> glyph, in the order of their codes
        self._codes: dict[int, dict[str, int]] = {}
        self._fonts: dict[int, int] = {}  # face -> number of its first object
        self._shared: dict[bytes, int] = {}
        self._placed: dict[str, tuple[int, int]] = {}  # shape -> its stream, its resources
        self._resources: list[tuple[int, bytes, bytes]] = []
        self._intent = self._metadata = self._info = self._language = b""
        self._groups: list[tuple[int, list[int]]] = []  # nodes of the page tree with their pages
        self._owners: list[int] = []
        self._articles: list[int] = []
        self._bookmark: tuple[int, int, int, str] | None = None  # the last one, which waits for the next
        self._first_bookmark = 0
        self._put(HEAD)
        self._reserve(FIRST)

    def __enter__(self) -> PrintRun:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: TracebackType | BaseException | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def add(self, page: PagePiece) -> None:
        """One more page, behind those before it."""
        shape = self.shapes[page.shape]
        common, resources = self._placed.get(shape.key) or self._place(shape)
        self._take_letters(page.runs, shape)
        drawn = self._reserve(4 + len(shape.elements))
        code, number, owners, nodes = range(drawn + 1, drawn + 5)
        self._write(drawn, packed(zlib.compress(lines(page.runs, shape, self._codes), LEVEL)))
        contents = [common, drawn]
        if page.code:
            self._write(code, plain(page.code))
            contents.append(code)
        group = self._group(number)
        self._later(number, page_object(shape, group, contents, resources, len(self._owners)))
        self._later(owners, b"[%b]" % b" ".join(b"%d 0 R" % (nodes + owner) for owner in shape.owners))
        for place in range(len(shape.elements)):
            body = element(shape, place, nodes, number, TOP, page.description)
            # Each certificate is an article of the run.
            self._later(nodes + place, body.replace(b"/S/Document/", b"/S/Art/") if place == 0 else body)
        self._owners.append(owners)
        self._articles.append(nodes)
        self._mark_page(number, page.title)

    def close(self) -> None:
        """Writes what all pages share, brings the file to the disk and gives it its name."""
        if not self._owners:
            self.abandon()
            return
        try:
            self._end()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._part, self.path)
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)

    # -- pages

    def _take_letters(self, runs: Iterable[Run], shape: Shape) -> None:
        for run in runs:
            for piece in run.pieces:
                if brought(piece, shape):
                    continue
                letters = self._letters.setdefault(piece.face, {})
                codes = self._codes.setdefault(piece.face, {})
                if piece.face not in self._fonts:
                    self._fonts[piece.face] = self._reserve(6)
                for letter, glyph in zip(piece.words, piece.glyphs, strict=True):
                    if letter not in letters:
                        letters[letter] = glyph
                        codes[letter] = subsets.code_of(piece.face, glyph, len(letters))

    def _place(self, shape: Shape) -> tuple[int, int]:
        """Writes what the pages of a shape share; what another shape has brought is not written again."""
        numbers: dict[int, int] = {}
        for place in _leaves_first(shape.shared):
            body = _rendered(shape.shared[place], numbers)
            key = hashlib.sha256(body).digest()
            if key not in self._shared:
                self._shared[key] = self._reserve(1)
                self._write(self._shared[key], body)
            numbers[place] = self._shared[key]
        if not self._intent:
            before, between, after = shape.xmp
            between, after = between.removesuffix(_NO_IDENTIFIER[0]), after.removeprefix(_NO_IDENTIFIER[1])
            self._metadata = before + escaped(self.title) + between + after
            self._info = b"<<" + shape.info + b"/Title" + text(self.title) + b">>"
            self._intent, self._language = _rendered(shape.intent, numbers), text(shape.language)
        names = b"".join(b"%b %d 0 R" % (name, numbers[place]) for name, place in shape.fonts)
        resources = self._reserve(1)
        self._resources.append((resources, names, _rendered(shape.resources, numbers)[2:]))
        self._placed[shape.key] = numbers[0], resources
        return self._placed[shape.key]

    def _group(self, page: int) -> int:
        if not self._groups or len(self._groups[-1][1]) == FAN:
            self._groups.append((self._reserve(1), []))
        self._groups[-1][1].append(page)
        return self._groups[-1][0]

    def _mark_page(self, page: int, title: str) -> None:
        number = self._reserve(1)
        if self._bookmark:
            self._write_bookmark(number)
        before = self._bookmark[0] if self._bookmark else 0
        self._first_bookmark = self._first_bookmark or number
        self._bookmark = (number, before, page, title)

    def _write_bookmark(self, following: int) -> None:
        assert self._bookmark
        number, before, page, title = self._bookmark
        beside = (b"/Prev %d 0 R" % before if before else b"") + (
            b"/Next %d 0 R" % following if following else b""
        )
        self._later(
            number, b"<</Dest[%d 0 R/Fit]%b/Parent %d 0 R/Title%b>>" % (page, beside, OUTLINE, text(title))
        )

    # -- the end

    def _end(self) -> None:
        assert self._bookmark
        self._write_bookmark(0)
        for face, base in self._fonts.items():
            codes = [
                (self._codes[face][letter], glyph, letter) for letter, glyph in self._letters[face].items()
            ]
            for place, parts in enumerate(subsets.font(0, face, codes, hurry=True)):
                self._write(
                    base + place,
                    b"".join(
                        part if isinstance(part, bytes) else b"%d 0 R" % (base + part) for part in parts
                    ),
                )
        own = b"".join(b"/f%d %d 0 R" % (face, base) for face, base in self._fonts.items())
        for number, names, rest in self._resources:
            self._later(number, b"<</Font<<" + names + own + b">>" + rest)
        for number, pages in self._groups:
            self._later(
                number, b"<</Count %d/Kids[%b]/Parent %d 0 R/Type/Pages>>" % (len(pages), _list(pages), PAGES)
            )
        count = len(self._owners)
        nums = b" ".join(b"%d %d 0 R" % (key, owners) for key, owners in enumerate(self._owners))
        self._write(METADATA, plain(self._metadata, b"/Subtype/XML/Type/Metadata"))
        for number, body in (
            (
                CATALOG,
                b"<</Lang%b/MarkInfo<</Marked true>>/Metadata %d 0 R/Outlines %d 0 R/OutputIntents%b"
                b"/PageLabels<</Nums[0<</S/D>>]>>/PageMode/UseOutlines/Pages %d 0 R/StructTreeRoot %d 0 R/Type/Catalog"
                b"/ViewerPreferences<</DisplayDocTitle true>>>>"
                % (self._language, METADATA, OUTLINE, self._intent, PAGES, TREE),
            ),
            (
                PAGES,
                b"<</Count %d/Kids[%b]/Type/Pages>>" % (count, _list([number for number, _ in self._groups])),
            ),
            (
                TREE,
                b"<</K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d/Type/StructTreeRoot>>"
                % (TOP, PARENTS, count),
            ),
            (PARENTS, b"<</Nums[%b]>>" % nums),
            (TOP, b"<</K[%b]/P %d 0 R/S/Document/Type/StructElem>>" % (_list(self._articles), TREE)),
            (
                OUTLINE,
                b"<</Count %d/First %d 0 R/Last %d 0 R/Type/Outlines>>"
                % (count, self._first_bookmark, self._bookmark[0]),
            ),
            (INFO, self._info),
        ):
            self._later(number, body)
        self._flush()
        self._write_table()

    def _write_table(self) -> None:
        number, start = self._reserve(1), self._at
        ENTRY.pack_into(self._table, number * ENTRY.size, IN_FILE, start, 0)
        ENTRY.pack_into(self._table, 0, 0, 0, 65535)
        self._mark.update(self._table)
        name = self._mark.hexdigest()[:32].encode()
        entries = b"/ID[<%b><%b>]/Info %d 0 R/Root %d 0 R/Size %d/Type/XRef/W[1 4 2]" % (
            name,
            name,
            INFO,
            CATALOG,
            len(self._table) // ENTRY.size,
        )
        self._put(numbered(number, packed(zlib.compress(self._table, 6), entries)))
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)

    # -- objects

    def _reserve(self, count: int) -> int:
        """The first of so many numbers that nobody has; an object that is not written stays a free entry."""
        first = len(self._table) // ENTRY.size
        self._table += bytes(count * ENTRY.size)
        return first

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._mark.update(content)
        self._at += len(content)

    def _write(self, number: int, body: bytes) -> None:
        ENTRY.pack_into(self._table, number * ENTRY.size, IN_FILE, self._at, 0)
        self._put(numbered(number, body))

    def _later(self, number: int, body: bytes) -> None:
        """An object that is no stream: it is packed with others."""
        self._pack.append((number, body))
        if len(self._pack) == PACK:
            self._flush()

    def _flush(self) -> None:
        if not self._pack:
            return
        holder = self._reserve(1)
        index, at = [], 0
        for place, (number, body) in enumerate(self._pack):
            ENTRY.pack_into(self._table, number * ENTRY.size, IN_PACK, holder, place)
            index.append(b"%d %d" % (number, at))
            at += len(body) + 1
        head = b" ".join(index) + b"\n"
        content = head + b"\n".join(body for _, body in self._pack)
        entries = b"/First %d/N %d/Type/ObjStm" % (len(head), len(self._pack))
        self._write(holder, packed(zlib.compress(content, LEVEL), entries))
        self._pack.clear()


def _list(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _rendered(parts: Parts, numbers: Mapping[int, int]) -> bytes:
    return b"".join(part if isinstance(part, bytes) else b"%d 0 R" % numbers[part] for part in parts)


def _leaves_first(shared: Sequence[Parts]) -> Iterator[int]:
    """The places of the objects, each behind those that it points to."""
    seen: set[int] = set()

    def walk(place: int) -> Iterator[int]:
        if place in seen:
            return
        seen.add(place)
        for part in shared[place]:
            if isinstance(part, int):
                yield from walk(part)
        yield place

    for place in range(len(shared)):
        yield from walk(place)
