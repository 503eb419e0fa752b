"""Official papers 公文書: letters, memoranda, orders, notices, minutes, registers and what else an office sends in a year."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="papers",
    composer="reportgen.kinds.papers.documents:document",
    documents="papers",
    formats={"": ("pdf", "odt")},
    periods=True,
    files={"inputs/*/publication.toml": "reportgen.kinds.papers.plan:PapersPlan"},
)
