"""The same papers as editable files: an ODF 1.3 text document from the block tree that the PDF is made of.

odfdo knows the format; here stand which styles there are (`styles`, `measures`), how a block is written
(`blocks`: `reports`, `papers`, `sheets`, with `tables`, `grid`, `pictures`, `writer`) and how parts become a package of equal bytes (`package`).
"""

from reportgen.write.odt.document import beside, write

__all__ = ["beside", "write"]
