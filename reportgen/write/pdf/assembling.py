"""The PDFs of the parts as one: pages, structure tree, named targets and outline."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reportgen.write.pdf.boxes import Layout, starts

if TYPE_CHECKING:
    import pikepdf


def assemble(contents: Sequence[bytes], parts: Sequence[Layout]) -> bytes:
    """One PDF of the parts; what is not of their pages is the first part's."""
    import pikepdf

    with contextlib.ExitStack() as stack:
        whole, *others = [stack.enter_context(pikepdf.open(io.BytesIO(content))) for content in contents]
        for other in others:
            _append(whole, other)
        _put_targets(whole, parts)
        _put_outline(whole, parts)
        return saved(whole)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The file, the same each time."""
    import pikepdf

    target = io.BytesIO()
    pdf.save(
        target,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    return target.getvalue()


def _append(whole: pikepdf.Pdf, other: pikepdf.Pdf) -> None:
    """The pages of another PDF behind these, their structure under the same root."""
    import pikepdf

    before = len(whole.pages)
    with warnings.catch_warnings():
        # pikepdf warns that named targets stay behind; `assemble` writes those of all parts.
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
        whole.pages.extend(other.pages)
    tree = whole.Root.StructTreeRoot
    more = whole.copy_foreign(other.Root.StructTreeRoot)
    shift = int(tree.ParentTreeNextKey)
    document = tree.K[0]
    for kid in more.K[0].K:
        kid.P = document
        document.K.append(kid)
    numbers = tree.ParentTree.Nums
    pairs = list(more.ParentTree.Nums)
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        numbers.append(int(key) + shift)
        numbers.append(value)
    tree.ParentTreeNextKey = shift + int(more.ParentTreeNextKey)
    for page in list(whole.pages)[before:]:
        page.obj.StructParents = int(page.obj.StructParents) + shift
        for annotation in page.obj.get("/Annots", []):
            annotation.StructParent = int(annotation.StructParent) + shift


def _put_targets(whole: pikepdf.Pdf, parts: Sequence[Layout]) -> None:
    """The named places that links lead to, in the order of their names."""
    import pikepdf

    pages, names = list(whole.pages), pikepdf.Array()
    targets = {
        anchor: (start + page, x, y)
        for start, part in zip(starts(parts), parts, strict=True)
        for anchor, (page, x, y) in part.targets.items()
    }
    for anchor, (page, x, y) in sorted(targets.items()):
        names.append(pikepdf.String(anchor))
        names.append(_target(pages[page], x, y))
    if names:
        whole.Root.Names.Dests = pikepdf.Dictionary(Names=names)


def _put_outline(whole: pikepdf.Pdf, parts: Sequence[Layout]) -> None:
    import pikepdf

    pages = list(whole.pages)
    with whole.open_outline() as outline:
        above = [outline.root]
        for start, part in zip(starts(parts), parts, strict=True):
            for level, label, page, x, y in part.bookmarks:
                item = pikepdf.OutlineItem(label, _target(pages[start + page], x, y))
                del above[level:]
                above[-1].append(item)
                above.append(item.children)


def _target(page: pikepdf.Page, x: float, y: float) -> pikepdf.Array:
    import pikepdf

    return pikepdf.Array([page.obj, pikepdf.Name.XYZ, round(x, 2), round(y, 2), 0])
