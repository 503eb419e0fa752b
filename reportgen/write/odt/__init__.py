"""The same papers as editable files: an ODF 1.3 text document from the block tree that the PDF is made of.

odfdo knows the format; here stand which styles there are (`styles`, `measures`), how a block is written
(`blocks`, `writer`) and how parts become a package of equal bytes (`package`).
"""

from __future__ import annotations

from reportgen.write.odt.blocks import AS_TABLE
from reportgen.write.odt.document import beside, write
from reportgen.write.odt.measures import Measures, declared, official, report

__all__ = ["AS_TABLE", "Measures", "beside", "declared", "official", "report", "write"]
