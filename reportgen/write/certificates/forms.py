"""The form of a certificate for a printing office: the sheet without words, with its bleed, in the inks of the declared press.

The gold may be a plate of its own, in black, for a spot colour or a foil.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.model import Certificate
from reportgen.model.errors import RenderError
from reportgen.model.job import file_name
from reportgen.write import html, pdf
from reportgen.write.certificates.ornament import SLOT, form, frame
from reportgen.write.press import conditions, conversion, inspection

if TYPE_CHECKING:
    from reportgen.write.draft import Draft


def forms(draft: Draft, certificate: Certificate, emblem: str) -> Iterator[tuple[str, bytes]]:
    """Name and PDF/X-4 of each plate. RenderError with what the press cannot print."""
    bleed = certificate.bleed_mm
    if not bleed:
        return
    press, job = conditions.read_conditions(draft.job.project), draft.job
    plates = {"press": False, "foil": True} if certificate.foil else {"press": None}
    for plate, foil in plates.items():
        picture = frame(draft.design.theme, certificate.upright, bleed, not emblem, foil)
        page, css = _page(certificate.upright, bleed, html.data_uri(picture), "" if foil else emblem)
        file = file_name(f"{job.document}.{plate}", job.edition)
        name = f"{job.publication}/{file}"
        content = conversion.to_press(pdf.for_press(page, css, name, _no_picture), press, name, draft.dated)
        if problems := inspection.check(content, press, name).problems:
            raise RenderError(problems)
        yield file, content


def _no_picture(anchor: str) -> bytes:
    raise KeyError(anchor)


def _page(upright: bool, bleed: int, sheet: str, emblem: str) -> tuple[str, str]:
    """The HTML of a sheet with nothing but its drawing, and its style."""
    (wide, high), (top, size) = form(upright), SLOT[upright]
    css = (
        f"@page{{size:{wide:g}mm {high:g}mm;margin:0;bleed:{bleed}mm}}"
        f"body{{margin:0;position:relative;height:{high - 0.1:g}mm}}img{{position:absolute}}"
        f".sheet{{left:-{bleed}mm;top:-{bleed}mm;width:{wide + 2 * bleed:g}mm;height:{high + 2 * bleed:g}mm}}"
        f".emblem{{left:{(wide - size) / 2:g}mm;top:{top:g}mm;width:{size:g}mm;height:{size:g}mm;object-fit:contain}}"
    )
    mark = f'<img class="emblem" src="{emblem}" alt="">' if emblem else ""
    body = f'<body><img class="sheet" src="{sheet}" alt="">{mark}</body>'
    return f'<html lang="zh-Hant-TW"><head><title>certificate</title></head>{body}</html>', css
