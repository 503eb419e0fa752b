"""Appraisal tables 績效評比表: branches, officers and units scored from weighted items and bands."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="appraisal",
    composer="reportgen.kinds.appraisal.documents:document",
    documents="papers",
    monthly=True,
    formats={"": ("pdf",), "branches": ("pdf", "ods"), "forecast": ("pdf", "ods"), "overdue": ("pdf", "ods")},
    files={
        "inputs/*/publication.toml": "reportgen.kinds.appraisal.plan:AppraisalPlan",
        **dict.fromkeys(
            (f"inputs/*/{level}.toml" for level in ("branches", "officers", "units", "attitude")),
            "reportgen.compute.rules.declaration:AppraisalRules",
        ),
    },
)
