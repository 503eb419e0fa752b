"""The compilation of a ministerial meeting 部務會報重要事項彙編: one document, and two papers of it by themselves."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="compilation",
    composer="reportgen.kinds.compilation.documents:document",
    documents="papers",
    formats={"": ("pdf",), "minutes": ("pdf", "odt"), "signoff": ("pdf", "odt")},
    counted=("meeting.number", "meeting.on", "previous"),
    files={"inputs/*/publication.toml": "reportgen.kinds.compilation.plan:Plan"},
)
