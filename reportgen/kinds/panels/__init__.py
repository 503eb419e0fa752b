"""Exhibition panels 成果與檔案巡迴展: sheets of their own size, new or made again from an archived one, and their page."""

from reportgen.model.kind import Kind

KIND = Kind(
    name="panels",
    composer="reportgen.kinds.panels.documents:document",
    documents="panels",
    besides=("exhibition",),
    writers={"": "sheet", "exhibition": "web"},
    files={
        "inputs/*/publication.toml": "reportgen.kinds.panels.plan:Exhibition",
        "inputs/*/items.toml": "reportgen.kinds.panels.items:Catalogue",
        "inputs/*/panels/*/panel.md": "reportgen.kinds.panels.plan:Panel",
    },
)
