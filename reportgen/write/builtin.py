"""The writers that reportgen brings; `pyproject.toml` names each as an entry point."""

from reportgen.write.registry import Writer

PAGES = Writer(name="pages", module="reportgen.write.pages", editable=True)
SHEET = Writer(name="sheet", module="reportgen.write.sheet", press=True)
WEB = Writer(name="web", module="reportgen.write.web", stem="web/index", suffix="html")
CERTIFICATES = Writer(
    name="certificates", module="reportgen.write.certificates.writing", spreads=True, signs=True
)
ODT = Writer(name="odt", module="reportgen.write.odt", suffix="odt")
ODS = Writer(name="ods", module="reportgen.write.workbook", suffix="ods")
