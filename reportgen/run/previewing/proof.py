"""The pages that WeasyPrint made, as they would be delivered, drawn for a screen."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.model.job import Written
from reportgen.model.toml import Raw

if TYPE_CHECKING:
    import pypdfium2

    from reportgen.run.previewing.engine import Place

MM = 72 / 25.4  # points
LETTER_MM, LINE_MM = 1.8, 4.0  # about what a letter of a figure takes: the ledger says only where it begins


@dataclass(frozen=True)
class Proof:
    """A finished PDF and the records of its figures."""

    pdf: pypdfium2.PdfDocument
    sizes: tuple[tuple[float, float], ...]  # width and height of each page in points
    records: tuple[Raw, ...]

    @classmethod
    def of(cls, made: Written) -> Proof:
        import pypdfium2

        document = pypdfium2.PdfDocument(made.content)
        ledgers = [json.loads(body) for name, body in made.files.items() if name.endswith(".json")]
        sizes = tuple(document[page].get_size() for page in range(len(document)))
        return cls(document, sizes, tuple(one for each in ledgers for one in each.get("figures", ())))

    def png(self, page: int, scale: float) -> bytes:
        """A page from 0, `scale` pixels for a CSS pixel."""
        made = io.BytesIO()
        self.pdf[page].render(scale=scale * 96 / 72).to_pil().save(made, "PNG", compress_level=1)
        return made.getvalue()

    def figures(self, page: int) -> list[Place]:
        """Where the figures of a page from 0 stand on it, but those of charts: all of one chart are recorded at its corner."""
        width, height = self.sizes[page]
        here = [
            (one, at["x_mm"] * MM / width, at["y_mm"] * MM / height)
            for one in self.records
            for at in one["at"]
            if at["page"] == page + 1
        ]
        at_a_place = Counter((left, top) for _, left, top in here)
        return [
            (
                one["id"],
                left,
                top,
                max(len(one["printed"]), 2) * LETTER_MM * MM / width,
                LINE_MM * MM / height,
            )
            for one, left, top in here
            if at_a_place[left, top] == 1
        ]

    def record(self, number: int) -> Raw:
        return next((one for one in self.records if one["id"] == number), None)
