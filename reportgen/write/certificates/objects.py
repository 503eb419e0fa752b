"""PDF objects as bytes: what a finished file is put together from. Knows the syntax and no certificate."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

HEAD = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
LEVEL = 1  # of deflate, for what is made for each: 6 takes three times as long for 5 per cent less

# An object of a shape before its number is known: bytes, and between them the places of other objects.
Parts = tuple[bytes | int, ...]


def rendered(parts: Parts, base: int) -> bytes:
    """The object with its references: place 0 of the shape has the number `base`."""
    return b"".join(part if isinstance(part, bytes) else b"%d 0 R" % (base + part) for part in parts)


def numbered(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream as small as it gets, for what is made once. `entries` go into its dictionary."""
    return packed(zlib.compress(content, 9), entries)


def packed(deflated: bytes, entries: bytes = b"") -> bytes:
    """A stream of bytes that are compressed already."""
    return b"<</Filter/FlateDecode/Length %d%b>>\nstream\n%b\nendstream" % (len(deflated), entries, deflated)


def quick(content: bytes, entries: bytes = b"") -> bytes:
    """A stream of outlines, in which little repeats itself: two thirds of the time for 10 per cent more."""
    deflater = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_HUFFMAN_ONLY)
    return packed(deflater.compress(content) + deflater.flush(), entries)


def plain(content: bytes, entries: bytes = b"") -> bytes:
    """A stream as it is: of metadata, and of what is too short to be worth the time."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), entries, content)


def text(words: str) -> bytes:
    """A text string: as it is where it is simple, else UTF-16."""
    if words.isascii() and words.isprintable() and not set(words) & set("()\\"):
        return b"(%b)" % words.encode("ascii")
    return b"<feff%b>" % words.encode("utf-16-be").hex().encode("ascii")


def number(value: float) -> bytes:
    """With four decimals at most, without what says nothing."""
    said = f"{value:.4f}".rstrip("0").rstrip(".")
    return (said if said not in ("-0", "") else "0").encode("ascii")


def serialised(item: pikepdf.Object, places: Mapping[tuple[int, int], int]) -> Parts:
    """A pikepdf object as parts; `places` says where each indirect object stands. A stream's bytes stay as they are."""
    import pikepdf

    found: list[bytes | int] = []

    def put(value: object, top: bool = False) -> None:
        if not top and isinstance(value, pikepdf.Object) and value.is_indirect:
            found.append(places[value.objgen])
        elif isinstance(value, pikepdf.Stream):
            keys = {key: value[key] for key in value.keys() if key != "/Length"}  # noqa: SIM118
            raw = value.read_raw_bytes()
            put_dictionary(keys, b"/Length %d" % len(raw))
            found.append(b"\nstream\n%b\nendstream" % raw)
        elif isinstance(value, pikepdf.Dictionary):
            put_dictionary({key: value[key] for key in value.keys()})  # noqa: SIM118
        elif isinstance(value, pikepdf.Array):
            found.append(b"[")
            for place, kid in enumerate(value):
                if place:
                    found.append(b" ")
                put(kid)
            found.append(b"]")
        elif isinstance(value, pikepdf.Object):
            found.append(value.unparse())
        elif isinstance(value, bool):
            found.append(b"true" if value else b"false")
        elif value is None:
            found.append(b"null")
        elif isinstance(value, int | Decimal):
            found.append(str(value).encode("ascii"))
        else:
            raise TypeError(type(value).__name__)

    def put_dictionary(keys: Mapping[str, pikepdf.Object], more: bytes = b"") -> None:
        found.append(b"<<" + more)
        for key, kid in sorted(keys.items()):
            found.append(pikepdf.Name(key).unparse() + b" ")
            put(kid)
        found.append(b">>")

    put(item, top=True)
    return joined(found)


def joined(parts: Iterable[bytes | int]) -> Parts:
    """Neighbouring bytes as one."""
    found: list[bytes | int] = []
    for part in parts:
        if isinstance(part, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)
