"""Award announcements 頒獎公告、獎狀: letter, order, announcement, lists, decision sheets, report, and a certificate for each winner."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="awards",
    composer="reportgen.kinds.awards.documents:document",
    documents="papers",
    formats={"": ("pdf", "odt")},
    writers={"": "pages", "certificates": "certificates"},
    files={
        "inputs/*/publication.toml": "reportgen.kinds.awards.plan:AwardsPlan",
        "inputs/*/rules.toml": "reportgen.compute.rules.declaration:AwardRules",
    },
)
