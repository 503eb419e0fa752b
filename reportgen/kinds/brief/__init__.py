"""The brief 業務簡報: one A4 page of three figures, a chart and three sentences."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="brief",
    periods=True,
    composer="reportgen.kinds.brief.documents:document",
    files={"inputs/*/publication.toml": "reportgen.kinds.brief.plan:Brief"},
)
