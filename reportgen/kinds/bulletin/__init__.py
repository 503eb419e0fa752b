"""The annual performance bulletin 年度績效公報: key figures, tables, charts, computed sentences, rankings, annexes."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="bulletin",
    periods=True,
    composer="reportgen.kinds.bulletin.documents:document",
    files={"inputs/*/publication.toml": "reportgen.kinds.bulletin.plan:Plan"},
)
