"""Basic responsibility amounts 基本徵起責任金額核定表: the yearly target of every unit, from declared factors."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="targets",
    composer="reportgen.kinds.targets.documents:document",
    documents="papers",
    formats={"": ("pdf",), "approval": ("pdf", "ods")},
    files={
        "inputs/*/publication.toml": "reportgen.kinds.targets.plan:TargetsPlan",
        "inputs/*/targets.toml": "reportgen.compute.targets.declaration:TargetsFile",
    },
)
